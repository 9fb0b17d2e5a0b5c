"""The words of mail about abstracts: to their authors, to their reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from cms.core import formats, links
from cms.core.registry import Parts
from events.mail.letters import button_of, title_in
from events.models import Reviewer, Submission

CONFIRM, RECEIVED, DECISION = "events.paper_confirm", "events.paper_received", "events.paper_decision"
SPEAKER, REVIEWER = "events.paper_speaker", "events.reviewer"


def _link(purpose: str, letter: str, values: Mapping[str, Any], key: str) -> str:
    token = links.make(purpose, UUID(values[key]), int(values["generation"]))
    return f"{settings.PUBLIC_URL}/{letter}/{token}"


def _parts(
    values: Mapping[str, Any], *, subject: str, before: list[str], button: str, after: list[str], link: str
) -> Parts:
    """Paragraphs, which paper it is about, one button: as text and as HTML, everything escaped."""
    lines = [_("Hello [[name]],"), *before]
    about = values.get("paper_title", "")
    text = [*lines, *([f"« {about} »"] if about else []), f"{button} :\n{link}", *after]
    html = [
        format_html("<h1>{}</h1>", subject),
        format_html_join("", "<p>{}</p>", ((line,) for line in lines)),
        format_html("<p><strong>{}</strong></p>", about) if about else "",
        button_of(link, button),
        format_html_join("", "<p>{}</p>", ((line,) for line in after)),
    ]
    return Parts(subject, "\n\n".join(text), "\n".join(map(str, html)), (), {})


def _to_authors(values: Mapping[str, Any], **said: Any) -> Parts:
    return _parts(values, link=_link(Submission.LINK_PURPOSE, "a", values, "paper"), **said)


def confirm_paper(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks whether the abstract is the address's owner's."""
    values = delivery.values
    return _to_authors(
        values,
        subject=_("Confirm your abstract: %(title)s") % {"title": title_in(values)},
        before=[
            _("Someone, probably you, sent us an abstract with this address. Confirm it, and it is received.")
        ],
        button=_("Confirm my abstract"),
        after=[
            _("If it was not you, do nothing: the abstract is erased within a week."),
        ],
    )


def received(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the abstract has its number, and where it is followed."""
    values = delivery.values
    return _to_authors(
        values,
        subject=_("Abstract no. %(number)s received: %(title)s")
        % {"number": values["number"], "title": title_in(values)},
        before=[
            _("Your abstract is received under number %(number)s.") % {"number": values["number"]},
        ],
        button=_("See or change my abstract"),
        after=[_("You may change it until the call closes. This link is yours alone: keep it.")],
    )


def _said(verdict: str) -> tuple[str, str, str]:
    """Subject, first sentence and button of a verdict."""
    if verdict == "accept":
        return (
            _("Abstract accepted: %(title)s"),
            _("The committee has accepted your abstract no. %(number)s. Tell us whether its speaker comes."),
            _("Say that the speaker comes"),
        )
    if verdict == "revise":
        return (
            _("Abstract to be revised: %(title)s"),
            _("The committee asks you to revise your abstract no. %(number)s."),
            _("Revise my abstract"),
        )
    return (
        _("Your abstract: %(title)s"),
        _("The committee could not keep your abstract no. %(number)s. We thank you for sending it."),
        _("See my abstract"),
    )


def decision(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the verdict, the committee's word, and what the reviewers write to the authors, unsigned."""
    values = delivery.values
    subject, sentence, button = _said(values["verdict"])
    facts = {"title": title_in(values), "number": values["number"]}
    before = [sentence % facts]
    if values.get("note"):
        before.append(values["note"])
    if values.get("until"):
        day = formats.day(date.fromisoformat(values["until"]), language)
        before.append(_("Please send it by %(day)s.") % {"day": day})
    notes = [_("What the reviewers write to you:"), *values["notes"]] if values.get("notes") else []
    return _to_authors(values, subject=subject % facts, before=before, button=button, after=notes)


def speaker(delivery: Any, language: str, now: datetime) -> Parts:
    """Confirms that the speaker comes."""
    values = delivery.values
    return _to_authors(
        values,
        subject=_("Speaker confirmed: %(title)s") % {"title": title_in(values)},
        before=[
            _("Thank you: we count on the speaker of abstract no. %(number)s, who is registered too.")
            % {"number": values["number"]}
        ],
        button=_("See my abstract"),
        after=[_("Should nobody be able to come, please withdraw it on the same page.")],
    )


def reviewer(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks a reviewer to judge what waits for them."""
    values = delivery.values
    before = [
        _("The committee asks you to judge abstracts. %(n)s wait for you.") % {"n": values["waiting"]},
    ]
    if values.get("until"):
        day = formats.day(date.fromisoformat(values["until"]), language)
        before.append(_("Please judge them by %(day)s.") % {"day": day})
    return _parts(
        values,
        subject=_("Abstracts to judge: %(title)s") % {"title": title_in(values)},
        before=before,
        button=_("Read and judge"),
        after=[
            _("Where you know the authors too well to judge, say so on the page: another reviewer is asked."),
            _("This link is yours alone; no account is needed."),
        ],
        link=_link(Reviewer.LINK_PURPOSE, "e", values, "reviewer"),
    )
