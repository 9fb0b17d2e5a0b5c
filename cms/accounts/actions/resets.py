"""A new password asked for: counted in the database, so that it holds with Redis gone, and mailed by the outbox.

What is asked for is written alike for every address. Whether an account has it is looked up by the worker, so
neither the answer nor its time says so, and a silent mail server holds nobody up.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings

from cms.accounts.models import ResetRequest, ResetTry, User
from cms.core.registry import OwedMail

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
PER_ADDRESS = 3
# A ministry's people share one address of the network.
PER_NETWORK = 20


def note_reset(*, email: str, network: str, now: datetime) -> bool:
    """Count that `network` asked for a new password of `email`; False where no mail should go out for it.

    Too many mails to one address are a nuisance to its owner, and many addresses from one network a search for
    those that have an account. Neither address is kept, only a keyed hash.
    """
    ResetTry.objects.filter(at__lt=now - KEPT).delete()
    allowed = True
    for kind, value, limit in (
        ("email", email.strip().casefold(), PER_ADDRESS),
        ("network", network, PER_NETWORK),
    ):
        bucket = hmac.new(settings.SECRET_KEY.encode(), f"{kind}\0{value}".encode(), sha256).hexdigest()
        allowed &= ResetTry.objects.filter(bucket=bucket, at__gt=now - WINDOW).count() < limit
        ResetTry.objects.create(bucket=bucket, at=now)
    return allowed


def ask_reset(*, email: str, network: str, now: datetime) -> None:
    """Note that a new password was asked for; what is too many is dropped."""
    if note_reset(email=email, network=network, now=now):
        ResetRequest.objects.create(email=email.strip(), at=now)


def take_resets(now: datetime) -> list[OwedMail]:
    """Forget what was asked for, and return the mails owed for it. In a transaction, which writes them."""
    asked = list(ResetRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:100])
    ResetRequest.objects.filter(pk__in=[row.pk for row in asked]).delete()
    return [
        OwedMail(
            renderer="accounts.reset",
            recipient_key=f"{user.uid.hex}:reset:{row.pk}",
            address=user.email or "",
            name=str(user),
            language=user.language,
            values={"account": user.uid.hex},
        )
        for row in asked
        for user in User.objects.filter(email__iexact=row.email, is_active=True)
        if user.has_usable_password()
    ]
