"""Releases begun otherwise than in the editor: out of a Word document, and in one breath from a telephone."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from media_library import actions as library
from press.actions.releases import PressError, create_release
from press.actions.rooms import word_release
from press.imports.word import Imported
from press.models import Release, ReleaseIndexPage, ReleaseKind, ReleasePage


@dataclass(frozen=True)
class Draft:
    """A page begun, with the number of its pictures, of those without words, and of those the library refused."""

    page: ReleasePage
    pictures: int = 0
    undescribed: int = 0
    refused: int = 0


@transaction.atomic
def draft_from_word(
    found: Imported, *, parent: ReleaseIndexPage, user: Any, now: datetime, kind: str = ReleaseKind.RELEASE
) -> Draft:
    """Begin a release with what a document said; nobody outside has it. Its pictures go through the library's door.

    A picture that the library refuses (too big, damaged, of another kind) is left out and counted.
    """
    body: list[tuple[str, Any]] = []
    taken = undescribed = refused = 0
    for name, value in found.blocks:
        if name != "image":
            body.append((name, value))
        elif (image := _taken_in(found, value, user=user, now=now)) is None:
            refused += 1
        else:
            taken += 1
            undescribed += not found.pictures[value].alt
            body.append(("image", {"image": image, "caption": "", "decorative": False}))
    release = create_release(user=user, now=now, kind=kind)
    words: dict[str, Any] = {"title": found.title, "lead": found.lead, "body": body}
    page = word_release(release, parent=parent, user=user, now=now, publish=False, **words)
    return Draft(page, taken, undescribed, refused)


def _taken_in(found: Imported, number: int, *, user: Any, now: datetime) -> Any:
    """A picture of a document as the library's image, or None where it is not taken."""
    picture = found.pictures[number]
    words = {"number": number + 1, "title": found.title}
    try:
        with transaction.atomic():
            asset = library.import_file(
                fileobj=io.BytesIO(picture.data),
                filename=f"image-{number + 1}.{picture.extension}",
                title=picture.alt or _("Picture %(number)s of “%(title)s”") % words,
                alt=picture.alt,
                user=user,
                now=now,
            )
    except ValidationError:
        return None
    return asset.image


def _body(text: str) -> tuple[str, list[tuple[str, Any]]]:
    """A typed text as its lead, the first paragraph, and the blocks of the rest."""
    lead, *rest = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    markup = "".join(f"<p>{escape(part).replace(chr(10), '<br/>')}</p>" for part in rest)
    return lead, [("paragraph", markup)] if markup else []


def _key_of(sending: UUID, *words: str, photo: IO[bytes] | None) -> UUID:
    """The name of what is sent: the form's own, and what it says. Changed and sent again, it is something else."""
    said = hashlib.sha256("\0".join(words).encode())
    if photo is not None:
        said.update(hashlib.file_digest(photo, "sha256").digest())  # type: ignore[arg-type]
        photo.seek(0)
    return uuid5(sending, said.hexdigest())


def _written(key: UUID | None) -> ReleasePage | None:
    """The page of what was sent under `key` before, or None. PressError where it was deleted since."""
    release = Release.objects.filter(idempotency_key=key).first() if key is not None else None
    if release is None:
        return None
    page = release.pages.order_by("pk").first()
    if page is None:
        raise PressError(_("This text was sent once already, and deleted since."))
    return page


@transaction.atomic
def write_at_once(
    *,
    parent: ReleaseIndexPage,
    title: str,
    text: str,
    user: Any,
    now: datetime,
    publish: bool,
    kind: str = ReleaseKind.NOTE,
    photo: IO[bytes] | None = None,
    photo_name: str = "",
    photo_words: str = "",
    sending: UUID | None = None,
) -> ReleasePage:
    """Write a release of a title, a few lines and a photograph, and publish it, or ask for its approval.

    The first paragraph is the lead. The same words under the same `sending`, twice or at once, are one release, whose
    page is returned. Raises ValidationError for a picture that the library refuses; nothing is kept then.
    """
    key = _key_of(sending, title, text, kind, photo_words, str(parent.pk), photo=photo) if sending else None
    try:
        with transaction.atomic():
            # first of all: the same one sent again waits here for the first, and then finds its page
            release = create_release(user=user, now=now, kind=kind, idempotency_key=key)
    except IntegrityError:
        if (page := _written(key)) is not None:
            return page
        raise
    lead, body = _body(text)
    image = None
    if photo is not None:
        image = library.import_file(
            fileobj=photo, filename=photo_name, title=title, alt=photo_words, user=user, now=now
        ).image
        body.insert(0, ("image", {"image": image, "caption": photo_words, "decorative": False}))
    words: dict[str, Any] = {"title": title, "lead": lead, "body": body, "card_image": image}
    page = word_release(release, parent=parent, user=user, now=now, publish=publish, **words)
    if not publish and (workflow := page.get_workflow()) is not None:
        workflow.start(page, user)
    return page
