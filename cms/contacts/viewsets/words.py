"""Names of countries and languages, in the reader's language."""

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

HOME = "ML"
LANGUAGES = (("fr", _("French")), ("en", _("English")), ("bm", _("Bambara")))


def country_choices() -> list[tuple[str, str]]:
    """ISO 3166-1 codes and names, Mali first and then by name."""
    names = _territories()
    others = sorted((pair for pair in names.items() if pair[0] != HOME), key=lambda pair: _fold(pair[1]))
    return [(HOME, names[HOME]), *others]


def country_name(code: str) -> str:
    return _territories().get(code, code)


def language_name(code: str) -> str:
    return str(dict(LANGUAGES).get(code, code))


def _territories() -> dict[str, str]:
    try:
        locale = Locale.parse((get_language() or "fr").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("fr")
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"}
    }


def _fold(name: str) -> str:
    from cms.contacts.validators import name_key

    return name_key(name)
