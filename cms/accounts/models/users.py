import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cms.accounts.validators import normalise_email


class AccountManager(UserManager["User"]):
    """Django's manager, with an address that may be absent and is otherwise normalised."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str | None:  # type: ignore[override]
        return normalise_email(email) if email and email.strip() else None

    def get_by_natural_key(self, username: str | None) -> "User":
        # One account per name whatever the case, so that a telephone's capital letter lets its owner in.
        return self.get(username__iexact=username)


class User(AbstractUser):
    """Whoever signs in. The user name is the identity; an e-mail address is optional."""

    uid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(  # type: ignore[assignment]
        _("e-mail address"),
        unique=True,
        null=True,
        blank=True,
        default=None,
        error_messages={"unique": _("An account with this e-mail address already exists.")},
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        default="fr",
        help_text=_("Language of the administration and of mails."),
    )

    objects: ClassVar[AccountManager] = AccountManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")  # type: ignore[assignment]
        verbose_name_plural = _("accounts")  # type: ignore[assignment]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="one_account_per_username_whatever_the_case",
                violation_error_message=_("An account with this user name already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def clean(self) -> None:
        self.email = self.email or None
        super().clean()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # An empty string would be a value, and the second account without an address would clash.
        self.email = type(self).objects.normalize_email(self.email)
        super().save(*args, **kwargs)
