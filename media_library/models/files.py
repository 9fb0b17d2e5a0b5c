"""Documents, sounds and films as Wagtail and wagtailmedia know them."""

from __future__ import annotations

import io
import os
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtailmedia.models import AbstractMedia, MediaQuerySet

from media_library import validators
from media_library.models.assets import Asset, Kind
from media_library.models.blobs import Blob
from media_library.models.recordings import Preparation, Recording, RecordingVersion, recording_of
from media_library.models.rows import GuardedFileField, LibraryFile, WithAsset, keep, place
from media_library.storage import av, originals, presets, render
from media_library.storage.metadata import Credit


class DocumentManager(WithAsset, models.Manager.from_queryset(DocumentQuerySet)):  # type: ignore[misc]
    pass


class MediaManager(WithAsset, models.Manager.from_queryset(MediaQuerySet)):  # type: ignore[misc]
    pass


class LibraryDocument(LibraryFile, AbstractDocument):
    """A document as Wagtail knows it. `poster` is the first page of a PDF, drawn after it came in (`looked_at`)."""

    KIND = Kind.DOCUMENT

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="document", editable=False)
    file = GuardedFileField(verbose_name=_("file"), upload_to=place, storage=originals, max_length=255)
    poster = models.ForeignKey(
        Blob, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="first_pages"
    )
    page_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DocumentManager()

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        base_manager_name = "objects"
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]

    def _new_bytes(self, facts: validators.Facts) -> None:
        self.poster, self.page_count, self.looked_at = None, None, None
        self.file_size, self.file_hash = None, ""  # of the bytes that leave; Wagtail counts when it is asked

    @property
    def poster_url(self) -> str:
        """The guarded address of its first page as a picture, or ""."""
        return f"{settings.MEDIA_URL}{self.asset.uid.hex}/poster/poster.jpg" if self.poster_id else ""


class LibraryMedia(LibraryFile, AbstractMedia):
    """A sound or a film as wagtailmedia knows it. Its poster is rendered anew, so that nothing hides in it."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="media", editable=False)
    file = GuardedFileField(verbose_name=_("file"), upload_to=place, storage=originals, max_length=255)
    thumbnail = GuardedFileField(
        verbose_name=_("picture shown before playing"),
        upload_to=place,
        storage=originals,
        max_length=255,
        blank=True,
    )
    poster = models.ForeignKey(
        Blob, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="posters"
    )

    objects = MediaManager()

    admin_form_fields = ("title", "file", "collection", "thumbnail", "tags")

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("sound or film")
        verbose_name_plural = _("sounds and films")

    def kind_of_asset(self) -> Kind:
        return Kind.AUDIO if self.type == "audio" else Kind.VIDEO

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As `LibraryFile.save`; in the same transaction it is noted that other bytes wait to be prepared."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            asset = self.asset
            if not Recording.objects.filter(asset=asset, source=asset.blob.sha256).exists():
                self._await(asset)

    def _await(self, asset: Asset) -> None:
        extension = os.path.splitext(asset.blob.name)[1]
        with originals().open(asset.blob.name) as content:
            plain = av.is_plain(content, extension)
        fresh = {
            "source": asset.blob.sha256,
            "plain": plain,
            "state": Preparation.WAITING,
            "failure": "",
            "attempts": 0,
            "claimed_until": None,
            "prepared_at": None,
            "poster": None,
        }
        RecordingVersion.objects.filter(asset=asset).delete()
        Recording.objects.update_or_create(asset=asset, defaults=fresh)

    def _settle(self) -> None:
        name = self.upload_name
        super()._settle()
        self.upload_name = name
        if not self.thumbnail:
            self.poster = None
        elif self.poster is None or self.thumbnail.name != self.poster.name:
            self.thumbnail.open("rb")
            try:
                validators.examine(self.thumbnail.file, self.thumbnail.name or "", kind="image")
                _variant, data, extension, _size = next(
                    render.render(self.thumbnail.file, [presets.BY_NAME["web-1280.jpg"]], words=Credit())
                )
            except (ValidationError, render.CannotRender) as error:
                raise ValidationError({"thumbnail": getattr(error, "messages", [str(error)])}) from error
            self.poster = keep(io.BytesIO(data), validators.Facts("image", "image/jpeg", extension))
            self.thumbnail = self.poster.name

    @property
    def poster_url(self) -> str:
        """The guarded address of the poster, or ""; the officer's own comes before the one taken from the film."""
        if self.poster_id is None:
            recording = recording_of(self.asset)
            if recording is None or recording.poster_id is None or recording.source != self.asset.blob.sha256:
                return ""
        return f"{settings.MEDIA_URL}{self.asset.uid.hex}/poster/poster.jpg"

    @property
    def shown_poster(self) -> Blob | None:
        """The bytes behind `poster_url`."""
        if not self.poster_url:
            return None
        return self.poster if self.poster_id is not None else self.asset.recording.poster
