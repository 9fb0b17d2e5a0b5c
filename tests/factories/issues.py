"""Issues of newsletters to test with."""

from __future__ import annotations

from datetime import date
from typing import Any

from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.mailing.models import Issue
from tests.factories.core import locale


def story(page: Any, *, text: str = "", picture: bool = False) -> tuple[str, dict[str, Any]]:
    return "story", {"page": page, "text": text, "picture": picture}


def make_issue(*body: tuple[str, Any], language: str = "fr", **fields: Any) -> Issue:
    """An issue of TOKTEN-info with these blocks; a paragraph that greets each reader where none are given."""
    issue = Issue(
        **{
            "issue_date": date(2026, 11, 23),
            "title": "Les experts reviennent",
            "locale": locale(language),
            **fields,
        }
    )
    issue.body = list(body) or [("paragraph", "<p>[[greeting]] voici des nouvelles.</p>")]
    issue.full_clean(exclude=["body"])
    issue.save()
    return issue


def in_language(issue: Issue, language: str, *body: tuple[str, Any], **fields: Any) -> Issue:
    """The words of an issue in another language."""
    other: Issue = issue.copy_for_translation(locale(language))
    for name, value in fields.items():
        setattr(other, name, value)
    if body:
        other.body = list(body)
    other.save()
    return other


def typed(*body: tuple[str, Any], **values: Any) -> dict[str, str]:
    """What the editor of an issue sends: this body, and values besides."""
    data: dict[str, str] = nested_form_data(
        {
            "series": "tokten_info",
            "number": "1",
            "issue_date": "2026-11-23",
            "title": "Les experts reviennent",
            "preheader": "",
            "activity": "",
            "body": streamfield(list(body)),
            **values,
        }
    )
    return data
