"""Rules for what a contact is reached by, and for what tells two names apart."""

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.accounts.validators import normalise_email

__all__ = [
    "name_key",
    "normalise_country",
    "normalise_email",
    "normalise_phone",
    "tidy",
    "validate_country",
]

HOME_COUNTRY = "ML"
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")
_BREAKS = re.compile(r"[\r\n\x00]")


def normalise_phone(value: str, country: str = HOME_COUNTRY) -> str:
    """Return a telephone number in E.164 ("+22376000000").

    A number without a country code is read as one of `country` (ISO 3166-1 alpha-2). Raises ValidationError
    on anything that is not one possible number; the numbering plan's fine print is not enforced, because
    operators open new ranges before anybody's tables know them.
    """
    text = value.strip(" \u00a0\u202f")
    if not text:
        raise ValidationError(_("Enter a telephone number."), code="required")
    if _BREAKS.search(text) or any(mark in text for mark in ",;") or re.search(r"[^\W\d_]{2,}", text):
        raise ValidationError(_("Enter one telephone number only in this field."), code="several")
    try:
        number = phonenumbers.parse(text, country or HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        raise ValidationError(
            _("Enter a telephone number, such as 76 00 00 00 or +33 6 12 34 56 78."), code="invalid"
        ) from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValidationError(_("This telephone number has too many or too few digits."), code="invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_country(value: str) -> str:
    """Return an ISO 3166-1 alpha-2 code in capitals, or raise ValidationError."""
    code = value.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValidationError(_("A country is given by its code of two letters, such as ML."), code="invalid")
    return code


def validate_country(value: str) -> None:
    """Raise ValidationError unless `value` is a country's code."""
    normalise_country(value)


def tidy(value: str) -> str:
    """One line, single spaces, no control characters: what a name or a subject may hold."""
    text = _SPACES.sub(" ", value).strip()
    return "".join(character for character in text if unicodedata.category(character) != "Cc")


def name_key(value: str) -> str:
    """The form under which two spellings of a name are the same: no case, accents or punctuation."""
    folded = unicodedata.normalize("NFKD", tidy(value).casefold())
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return _NOT_WORD.sub(" ", bare).strip()[:200]
