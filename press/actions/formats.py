"""The formats of a release that take work (PDF, Word, card): made once for what they say, then kept.

What is kept is found by a hash of all that the file is made of: the page's and the release's lock versions, the
whole text as this reader has it at this instant, the files it shows, the letterhead. So nothing that has changed,
lifted or been withdrawn can be found again under its old words, and nobody finds what they could not have had made.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.cache import caches
from django.db import OperationalError, connection, transaction
from django.utils import translation
from wagtail.models import Site

from cms.core import links
from cms.core.api.references import References
from cms.core.registry import Context
from cms.pages.models import Organisation
from media_library.storage import presets
from media_library.storage.render import CannotRender
from press import exports, queries
from press.exports import card, paper, word, words

if TYPE_CHECKING:
    from cms.core.reader import Reader
    from press.models import ReleasePage

logger = logging.getLogger(__name__)
# Raised when a format's looks change: what was kept before is then made again.
LOOKS: Final = 1
LOCK: Final = 0x666F726D  # "form": a namespace of advisory locks
SLOTS: Final = 2  # how many files are made at once, whoever asks
BODY_PICTURE, CARD_PICTURE = presets.BY_NAME["web-720.jpg"], presets.BY_NAME["web-1280.jpg"]


class FormatsBusy(Exception):
    """Other files are being made: ask again in a few seconds."""


@dataclass(frozen=True)
class Format:
    """One format: its file's extension, its media type, and what makes it."""

    extension: str
    content_type: str
    make: Callable[[ReleasePage, exports.Around], bytes]


FORMATS: Final[dict[str, Format]] = {
    "pdf": Format("pdf", "application/pdf", paper.release_pdf),
    "docx": Format(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", word.release_docx
    ),
    "card": Format("jpg", "image/jpeg", card.release_card),
}


def around(page: ReleasePage, *, reader: Reader, now: datetime, watermark: str = "") -> exports.Around:
    """What stands around a release's text for `reader` at `now`: nothing of what they may not have.

    watermark: the name that stands across each page of an early reader's PDF. A bounded number of queries.
    """
    language = page.locale.language_code
    with translation.override(language):
        refs = References(Context(reader=reader, now=now, language=language))
        refs.gather_page(page)
        refs.resolve()

        def facts(row: Any) -> dict[str, Any] | None:
            return refs.asset(type(row), row.pk) if row is not None else None

        kit = queries.page_of_kit(page.release.kit, language=language, reader=reader, now=now)
        own = page.card_image
        return exports.Around(
            organisation=Organisation.for_site(Site.objects.get(is_default_site=True)),
            boilerplate=queries.boilerplate_of(page, language=language),
            contacts=queries.contacts_of(page, language=language),
            kit_url=kit.public_url if kit is not None else "",
            files=exports.Files(facts, partial(_picture, variant=BODY_PICTURE)),
            assets={said["UID"]: said for said in refs.assets.values() if said is not None},
            card_picture=_picture(own, CARD_PICTURE) if facts(own) is not None else "",
            short=links.short_address(page.uid),
            now=now,
            watermark=watermark,
        )


def _picture(image: Any, variant: presets.Variant) -> str:
    """A picture's public bytes in one size as a data address, or "" where they cannot be made."""
    try:
        row = next(iter(image.create_renditions(variant).values()))
        with row.file.open() as source:
            data = source.read()
    except (CannotRender, OSError) as error:
        logger.warning("a picture is left out of a release's file: %s", error)
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def key_of(page: ReleasePage, form: str, found: exports.Around) -> str:
    """The name under which a file is kept: a hash of all that it is made of."""
    own = found.organisation
    parts = [
        LOOKS,
        form,
        str(page.uid),
        page.version,
        page.release.version,
        found.text(page),
        [own.name, own.full_name, own.address, own.phone, own.email],
        sorted(json.dumps(_told(said), sort_keys=True, default=str) for said in found.assets.values()),
        bool(found.card_picture),
        found.short,
        "" if form == "card" else found.watermark,
    ]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """What a file may tell of an asset: not its sizes, whose bytes are known only once they are rendered."""
    return {name: value for name, value in said.items() if name != "scales"}


def format_file(page: ReleasePage, form: str, *, found: exports.Around) -> bytes:
    """The bytes of a format ("pdf", "docx", "card") of a release as `found` says it.

    Made at most once for the same words: who asks meanwhile waits for the one that is being made, a few seconds
    at most, and SLOTS files are made at once. Raises FormatsBusy, or PaperUnavailable where this machine makes no PDF.
    """
    key, kept = key_of(page, form, found), caches["formats"]
    if (data := kept.get(key)) is not None:
        return bytes(data)
    # Its pictures' sizes are made before: who keeps one holds the picture's row until the transaction ends, and two
    # files with the same pictures in another order would wait for each other.
    words.body_parts(page.body, found.files)
    with transaction.atomic():
        _wait_for_turn(key)
        if (data := kept.get(key)) is not None:
            return bytes(data)
        with translation.override(page.locale.language_code):
            made = FORMATS[form].make(page, found)
    try:
        kept.set(key, made)
        kept.set(f"{key}.size", len(made))
    except OSError as error:  # a full disk costs the next reader a second, not this one the file
        logger.warning("a release's file cannot be kept: %s", error)
    return made


def _wait_for_turn(key: str) -> None:
    """Hold one of the places where files are made until the transaction ends: the same file always has the same."""
    patience = f"{settings.FORMATS_PATIENCE_SECONDS * 1000:.0f}ms"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(key[:8], 16) % SLOTS])
    except OperationalError as error:
        raise FormatsBusy from error


def sizes(page: ReleasePage, found: exports.Around, forms: Iterable[str] = ("pdf", "docx")) -> dict[str, int]:
    """The bytes of those formats that are made already, without making any."""
    kept = caches["formats"].get_many([f"{key_of(page, form, found)}.size" for form in forms])
    names = {f"{key_of(page, form, found)}.size": form for form in forms}
    return {names[key]: size for key, size in kept.items()}


def release_pdf(page: ReleasePage, *, reader: Reader, now: datetime, watermark: str = "") -> bytes:
    """The letterhead PDF of a release as `reader` may have it at `now`, `watermark` across each page of it.

    Whether they may read the release is asked before, of `visible()`. Raises FormatsBusy and PaperUnavailable.
    """
    found = around(page, reader=reader, now=now, watermark=watermark)
    return format_file(page, "pdf", found=found)


def prepare_formats(page: ReleasePage, *, reader: Reader, now: datetime) -> int:
    """Make the files of a release as everybody will have it from its hour on; returns how many there are."""
    at = max(now, page.public_from or now)
    found = around(page, reader=reader, now=at)
    for form in FORMATS:
        format_file(page, form, found=found)
    return len(FORMATS)
