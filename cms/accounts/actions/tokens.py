"""Bearer tokens: issue, check, revoke."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from cms.accounts.models import ApiToken, Scope, User

MARK = "kun_"  # so that a leaked token is recognised for what it is by people and by scanners
LAST_USED_EVERY = timedelta(minutes=1)  # a busy client must not write a row at each request


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def issue_token(
    *,
    user: User,
    name: str,
    now: datetime,
    scopes: Iterable[str] = (Scope.READ,),
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Create a token of 256 random bits; return its row and the secret, which is never to be had again."""
    raw = MARK + secrets.token_urlsafe(32)
    chosen = sorted({Scope(scope).value for scope in scopes})
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=raw[: len(MARK) + 6],
        digest=_digest(raw),
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    return token, raw


def revoke_token(token: ApiToken, *, now: datetime) -> ApiToken:
    """End a token at once; a second time changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    token.refresh_from_db()
    return token


def authenticate_token(raw: str, *, now: datetime) -> ApiToken | None:
    """The token that this secret opens, with its account, or None: unknown, expired, revoked, account closed.

    Looked up by the digest of a 256-bit secret, so that no comparison leaks anything through its duration.
    """
    if not raw.startswith(MARK) or len(raw) > 100:
        return None
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(raw), revoked_at=None)
        .filter(user__is_active=True)
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token
