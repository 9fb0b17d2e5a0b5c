"""Rules for what identifies a person: one e-mail address, normalised once, on entry."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

MAX_ADDRESS_LENGTH = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
MAX_LOCAL_LENGTH = 64  # RFC 5321 section 4.5.3.1.1
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_valid = EmailValidator(message=_("Enter a valid e-mail address, such as name@example.org."), code="invalid")


def normalise_email(value: str) -> str:
    """Return the one form under which an address is stored and compared.

    Lower case, outer spaces removed, domain in IDNA (ASCII). Raises ValidationError on an empty value, a line
    break or control character (header injection), several addresses in one field, a display name, or an
    address that RFC 5321 would not let through.
    """
    # Outer blanks come with every copy and paste; a line break is never stripped, for it may be an attack.
    address = value.strip(" \u00a0\u202f\u200b\ufeff")
    if not address:
        raise ValidationError(_("Enter an e-mail address."), code="required")
    if _CONTROL.search(address):
        raise ValidationError(_("An e-mail address holds no line break."), code="line_break")
    if address.count("@") > 1 or any(mark in address for mark in ",;"):
        raise ValidationError(_("Enter one e-mail address only in this field."), code="several")
    if any(mark in address for mark in '<>"'):
        raise ValidationError(
            _("Enter the address alone, without a name or angle brackets."), code="display_name"
        )
    local, at, domain = address.rpartition("@")
    if at and domain:
        try:
            domain = domain.lower().encode("idna").decode("ascii")
        except UnicodeError:
            raise ValidationError(_valid.message, code="invalid") from None
    address = f"{local.lower()}{at}{domain}"
    if len(local) > MAX_LOCAL_LENGTH or len(address) > MAX_ADDRESS_LENGTH:
        raise ValidationError(_("This e-mail address is too long."), code="too_long")
    _valid(address)
    return address
