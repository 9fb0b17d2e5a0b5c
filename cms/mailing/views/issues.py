"""An issue of a newsletter as its mail shows it, while it is composed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.html import format_html

from cms.core import clock, formats
from cms.core.registry import Parts, Refused
from cms.mailing import queries
from cms.mailing.mail.issues import obstacle, sample
from cms.mailing.mail.layout import MAX_HTML_BYTES, too_heavy, weight
from cms.mailing.mail.placeholders import WORDS, sampled
from cms.mailing.models import Sender

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.mailing.models import Issue

# No sandbox: the editor's panel reads the height of what it shows. Nothing runs, nothing comes from elsewhere.
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_ON_A_DARK_SCREEN = "@media (prefers-color-scheme:dark)"


def preview(request: HttpRequest, issue: Issue, mode: str) -> HttpResponse:
    """The mail of an issue with samples for its placeholders; above it, what keeps it from leaving now."""
    now, sentence = clock.now(), ""
    if (refused := obstacle(issue, now=now)) is not None:
        sentence, now = str(refused), refused.until or now
    with translation.override(issue.language):
        parts = _sample(issue, now=now)
        html = sampled(parts.html, markup=True)
        text = sampled(parts.text, markup=False)
    if mode == "text":
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    else:
        if mode == "dark":
            html = html.replace(_ON_A_DARK_SCREEN, "@media all")
        response = HttpResponse(_with_note(html, sentence or too_heavy(parts)))
        response["Content-Security-Policy"] = PREVIEW_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response


def _sample(issue: Issue, *, now: datetime) -> Parts:
    sender = queries.default_sender() or Sender(name=settings.WAGTAIL_SITE_NAME)
    try:
        return sample(issue, sender=sender, now=now)
    except Refused as refused:
        return Parts(issue.title, str(refused), format_html("<p>{}</p>", str(refused)))


def _with_note(html: str, sentence: str) -> str:
    """The page of a preview with a note of ours above the mail, which is no part of it."""
    if not sentence:
        return html
    note = format_html(
        '<p style="margin:0;padding:12px 16px;background:#fbf1e0;color:#1b1713;font:15px/1.4 sans-serif;">{}</p>',
        sentence,
    )
    before, body, after = html.partition("<body")
    start, bracket, rest = after.partition(">")
    return f"{before}{body}{start}{bracket}{note}{rest}" if body else f"{note}{html}"


def state_of(issue: Issue, *, now: datetime) -> dict[str, Any]:
    """What the editor says beside the words: languages with their weight, what stands in the way, mailings, words.

    The weight is that of the HTML as it would leave now, or once what it shows may be read.
    """
    versions = []
    for language, row in queries.issue_versions(issue.translation_key).items():
        refused = obstacle(row, now=now)
        parts = _sample(row, now=(refused.until if refused else None) or now)
        versions.append(
            {
                "name": dict(settings.LANGUAGES).get(language, language),
                "issue": row,
                "weight": formats.filesize(weight(parts)),
                "sentence": str(refused) if refused else too_heavy(parts),
            }
        )
    return {
        "versions": versions,
        "most": formats.filesize(MAX_HTML_BYTES),
        "missing": [
            name
            for code, name in settings.LANGUAGES
            if code in queries.languages() and name not in {one["name"] for one in versions}
        ],
        "fallback": versions[0]["name"] if versions else "",
        "mailings": list(queries.mailings_of_issue(issue)[:10]),
        "words": WORDS.items(),
    }
