"""What actions on mailings refuse, in sentences an officer can read."""

from django.utils.translation import gettext_lazy as _


class MailingError(Exception):
    """An action was refused and nothing changed; `str()` is a sentence for the officer."""

    message = _("This cannot be done with this mailing.")

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(self.message))


class WrongState(MailingError):
    """The mailing is not, or no longer, in a state that allows this."""

    message = _("This mailing has changed in the meantime: look at it again before acting.")


class NobodyToWriteTo(MailingError):
    """The audiences hold nobody with an address that may be written to."""

    message = _("Nobody in these audiences has an e-mail address that may be written to.")
