import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cms.accounts.validators import normalise_email


@pytest.mark.parametrize(
    "given, kept",
    [
        ("Awa@Example.ORG", "awa@example.org"),
        ("  awa@example.org\u00a0", "awa@example.org"),
        ("awa@bücher.example", "awa@xn--bcher-kva.example"),
        ("a.w+presse@sub.example.org", "a.w+presse@sub.example.org"),
    ],
)
def test_an_address_has_one_form(given: str, kept: str) -> None:
    assert normalise_email(given) == kept
    assert normalise_email(kept) == kept


@pytest.mark.parametrize(
    "given, code",
    [
        ("", "required"),
        ("   ", "required"),
        ("awa@example.org\r\nBcc: all@example.org", "line_break"),
        ("awa@example.org\n", "line_break"),
        ("awa@example.org\u2028", "line_break"),
        ("awa@example.org\x00", "line_break"),
        ("awa@example.org,ali@example.org", "several"),
        ("awa@example.org; ali@example.org", "several"),
        ("awa@example.org ali@example.org", "several"),
        ("awa@example.org,", "several"),
        ("Awa <awa@example.org>", "display_name"),
        ('"a"@example.org', "display_name"),
        ("awa", "invalid"),
        ("awa@", "invalid"),
        ("@example.org", "invalid"),
        ("awa@example..org", "invalid"),
        ("awa@-example.org", "invalid"),
        ("a" * 65 + "@example.org", "too_long"),
        ("a@" + "b" * 60 + "." + ("c" * 60 + ".") * 4 + "org", "too_long"),
    ],
)
def test_what_is_not_one_address_is_refused(given: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalise_email(given)
    assert refused.value.code == code


def test_the_refusal_is_said_in_french() -> None:
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        normalise_email("awa@example.org, ali@example.org")
    assert "une seule adresse" in refused.value.messages[0]
