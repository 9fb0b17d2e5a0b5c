"""The words of the mail that lets a person choose a new password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.html import format_html
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.accounts.models import User
from cms.core.registry import Parts, Refused


class _Asked(PasswordResetTokenGenerator):
    """Django's token, as it was made when it was asked for: kept nowhere, and the same at every attempt."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def _now(self) -> datetime:
        return timezone.make_naive(self.at, timezone.get_default_timezone())


def reset(delivery: Any, language: str, now: datetime) -> Parts:
    """The link to a new password. Raises Refused where the account is closed, or has another address by now."""
    user = User.objects.filter(
        uid=delivery.values["account"], is_active=True, email__iexact=delivery.address
    ).first()
    if user is None:
        raise Refused(_("This account is closed, or has another address."))
    path = reverse(
        "wagtailadmin_password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": _Asked(delivery.created_at).make_token(user),
        },
    )
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    link, button = f"{settings.PUBLIC_URL}{path}", _("Choose a new password")
    hello = _("Hello [[name]],")
    before = _("Somebody, probably you, asked for a new password. The user name of your account is: %s") % (
        user.get_username()
    )
    after = [
        ngettext("The link works once, for %d day.", "The link works once, for %d days.", days) % days,
        _("If it was not you, do nothing: your password stays as it is."),
    ]
    html = format_html(
        '<h1>{}</h1><p>{}</p><p>{}</p><p><a class="button" href="{}">{}</a></p><p>{}</p><p>{}</p>',
        *(button, hello, before, link, button),
        *after,
    )
    return Parts(button, "\n\n".join([hello, before, f"{button} :\n{link}", *after]), str(html))
