"""What each publication said, kept so that a correction can show what it changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation

from press.exports.words import Files, body_parts
from press.models import Wording


def text_of(page: Any) -> str:
    """A page's words as plain text: title, lead, body.

    Nothing of its files: whether their titles and captions may be read is asked anew each time, of kept words never.
    """
    with translation.override(page.locale.language_code):
        body, _markup = body_parts(page.body, Files(facts=lambda row: None))
    return "\n\n".join(part for part in (page.title, page.lead, body) if part)


def keep_wording(page: Any, *, now: datetime) -> None:
    """Keep the published words of a page where they differ from those published before.

    Called in the transaction that publishes it, by who holds the release's row. The same words twice are one row.
    """
    language, text = page.locale.language_code, text_of(page)
    last = Wording.objects.filter(release_id=page.release_id, language=language).last()
    if last is None or last.text != text:
        Wording.objects.create(release_id=page.release_id, language=language, text=text, at=now)
