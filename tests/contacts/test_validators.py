import pytest
from django.core.exceptions import ValidationError

from cms.contacts.validators import name_key, normalise_country, normalise_phone, tidy


@pytest.mark.parametrize(
    "given, country, kept",
    [
        ("76 00 00 00", "ML", "+22376000000"),
        ("+223 76-00-00-00", "ML", "+22376000000"),
        ("00223 76 00 00 00", "ML", "+22376000000"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("\u202f+33\u00a06\u00a012 34 56 78", "ML", "+33612345678"),
    ],
)
def test_a_number_is_kept_in_e164(given: str, country: str, kept: str) -> None:
    assert normalise_phone(given, country) == kept
    assert normalise_phone(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "7",
        "76 00 00 00 / 66 00 00 00",
        "76000000,66000000",
        "76000000\n66000000",
        "appelez-moi",
        "+999 123",
    ],
)
def test_what_is_not_one_number_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        normalise_phone(given)


def test_two_spellings_of_a_name_have_one_key() -> None:
    assert name_key("  Aminata TRAORÉ ") == name_key("aminata\u00a0traore") == "aminata traore"
    assert name_key("N'Diaye") == name_key("N’Diaye")


def test_a_name_holds_no_line_break() -> None:
    assert tidy("Awa\r\nBcc: x\x00") == "Awa Bcc: x"


def test_a_country_is_two_letters() -> None:
    assert normalise_country("ml") == "ML"
    with pytest.raises(ValidationError):
        normalise_country("Mali")
