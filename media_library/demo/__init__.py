"""The demo's library: pictures drawn here, documents, a tune, and the médiathèque to find them in."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.auth import get_user_model

from cms.pages import actions as pages
from cms.pages.models import HomePage
from media_library import actions
from media_library.demo import paper, scenes, sound, words
from media_library.models import Asset
from media_library.storage.metadata import Credit, clean_jpeg


def build(*, now: datetime) -> None:
    """Take the demo's files in through the library's own action; a second run changes nothing."""
    user = get_user_model().objects.filter(username="officer").first()
    pages.lay_site(user=user, now=now)
    home = HomePage.objects.get(slug="fr", locale__language_code="fr")
    actions.lay_library(home, user=user, now=now, words={"fr": words.PAGE, "en": words.PAGE_EN})
    present = set(Asset.objects.values_list("filename", flat=True))
    for picture in words.PICTURES:
        if picture.filename not in present:
            _picture(picture, user=user, now=now)
    for document in words.DOCUMENTS:
        if document.filename not in present:
            _take(
                paper.paper(document.title, document.caption, document.sections),
                document.filename,
                document.title,
                document.day,
                caption=document.caption,
                caption_en=document.caption_en,
                user=user,
                now=now,
            )
    if words.TUNE["filename"] not in present:
        tune: dict[str, Any] = dict(words.TUNE)
        _take(
            sound.tune(),
            tune.pop("filename"),
            tune.pop("title"),
            tune.pop("day"),
            duration=sound.duration(),
            user=user,
            now=now,
            **tune,
        )
    for filename, name, function, basis, note in words.PERSONS:
        shown = Asset.objects.get(filename=filename)
        if not shown.consents.exists():
            actions.note_person(
                asset=shown,
                person=None,
                name=name,
                function=function,
                basis=basis,
                note=note,
                user=user,
                now=now,
            )


def _picture(shown: words.Shown, *, user: Any, now: datetime) -> None:
    out = io.BytesIO()
    scenes.draw(shown.scene).save(out, "JPEG", quality=88)
    credit = Credit(credit=words.CREDIT, copyright="TOKTEN-Mali", caption=shown.caption)
    asset = _take(
        clean_jpeg(out.getvalue(), credit),
        shown.filename,
        shown.title,
        shown.day,
        alt=shown.alt,
        caption=shown.caption,
        alt_en=shown.alt_en,
        caption_en=shown.caption_en,
        place=shown.place,
        released=shown.released,
        user=user,
        now=now,
    )
    actions.prepare(asset.image, now=now)


def _take(
    data: bytes,
    filename: str,
    title: str,
    day: date,
    *,
    alt_en: str = "",
    caption_en: str = "",
    **fields: Any,
) -> Asset:
    fields.setdefault("released", True)
    return actions.import_file(
        fileobj=io.BytesIO(data),
        filename=filename,
        title=title,
        credit=words.CREDIT if filename.endswith(".jpg") else "TOKTEN-Mali",
        copyright="TOKTEN-Mali",
        taken_at=datetime.combine(day, time(10), tzinfo=UTC),
        translations={"en": {"alt": alt_en, "caption": caption_en}},
        **fields,
    )
