from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users import apps as wagtail_users

if TYPE_CHECKING:
    from cms.accounts.models import User


def _bearer(raw: str, now: datetime) -> "User | None":
    from cms.accounts.actions import authenticate_token

    token = authenticate_token(raw, now=now)
    if token is None:
        return None
    token.user.api_scopes = frozenset(token.scopes)  # type: ignore[attr-defined]  # bounds what the API lets it do
    return token.user


class AccountsConfig(AppConfig):
    name = "cms.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from cms.accounts.actions import take_resets
        from cms.accounts.mail import reset
        from cms.core import registry

        registry.owed_mail.register(take_resets, key="accounts.resets")
        registry.mailing_renderers.register(
            registry.Renderer(
                "accounts.reset",
                _("Accounts: new password"),
                reset,
                owed=True,
                subscription=False,
                secret=True,
            )
        )
        registry.authenticators.register(_bearer, key="api-token")


class AccountAdminConfig(wagtail_users.WagtailUsersAppConfig):
    """Wagtail's user administration, with our forms: stands in INSTALLED_APPS in the place of `wagtail.users`."""

    default = False  # not the configuration of `cms.accounts`
    user_viewset = "cms.accounts.viewsets.AccountViewSet"
    group_viewset = "cms.accounts.viewsets.RoleViewSet"
