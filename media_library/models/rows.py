"""Where bytes enter: the fields, and what all rows that Wagtail knows share.

Whatever door bytes come in by (a form, several forms at once, a chooser, an action), `save()` is the narrow
place: the bytes are examined, stored once under their digest, and given an asset; or ValidationError is raised
and nothing is stored.
"""

from __future__ import annotations

import io
import os
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile
from wagtail.models import Locale

from cms.core import clock
from media_library import validators
from media_library.models.assets import Asset, AssetText, Kind
from media_library.models.blobs import Blob
from media_library.models.versions import AssetVersion
from media_library.storage import originals, render
from media_library.storage.files import sha256_of
from media_library.validators import boxes


def place(instance: Any, filename: str) -> str:
    """Remember the uploaded name on the row; the storage names the file by its content."""
    instance.upload_name = os.path.basename(filename)
    return "file" + os.path.splitext(filename)[1].lower()[:8]


class HeaderImageFieldFile(WagtailImageFieldFile):
    """Sizes from the header, upright; Wagtail's own way decodes the whole picture (156 ms, 93 MB measured)."""

    @property
    def url(self) -> str:
        """The guarded address of the row."""
        return str(self.instance.url)

    def get_image_dimensions(self) -> tuple[int | None, int | None]:
        close = self.closed
        self.open()
        try:
            return render.upright_size(self.file)
        except render.CannotRender:
            return None, None
        finally:
            if close:
                self.close()
            else:
                self.seek(0)


class HeaderImageField(WagtailImageField):
    """An image field that never decodes what it holds."""

    attr_class = HeaderImageFieldFile


class GuardedFieldFile(FieldFile):
    @property
    def url(self) -> str:
        """The guarded address of the row, or of its poster."""
        row: Any = self.instance
        return str(row.poster_url if self.field.name == "thumbnail" else row.url)


class GuardedFileField(models.FileField):
    """A file whose `url` is the guarded address."""

    attr_class = GuardedFieldFile

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


class LibraryFile:
    """What image, document and media rows share. `about` holds values for the asset, and `words` those of its
    texts by language, to be written with the next save: forms and actions fill them. `is_edited`: somebody has seen
    what the file says of itself and corrected it, so that it fills no blanks any more."""

    KIND: Kind
    asset: Any
    asset_id: Any
    file: Any
    about: dict[str, Any] | None = None
    words: dict[str, dict[str, Any]] | None = None
    upload_name: str = ""
    replaced_by: Any = None
    is_edited: bool = False

    def kind_of_asset(self) -> Kind:
        return self.KIND

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row with its asset and blob in one transaction. Raises ValidationError for bad bytes."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)  # type: ignore[misc]
            return
        with transaction.atomic():
            self._settle()
            super().save(*args, **kwargs)  # type: ignore[misc]
            self._write_words()

    def _settle(self) -> None:
        file = self.file
        asset: Asset = self.asset if self.asset_id else Asset(kind=self.kind_of_asset())
        if not (asset.blob_id and file._committed and asset.blob.name == file.name):
            before = (asset.blob, asset.filename) if asset.blob_id else None
            asset.blob, asset.filename = self._take_bytes(file, asset)
            self._keep_version(asset, before)
        asset.title = self.title  # type: ignore[attr-defined]
        asset.uploaded_by = asset.uploaded_by or self.uploaded_by_user  # type: ignore[attr-defined]
        about = self.about or {}
        for name, value in about.items():
            setattr(asset, name, value)
        self.about = None
        to_be_scanned = settings.CLAMAV_URL and (asset.blob.checked_at is None or asset.blob.finding)
        if to_be_scanned:
            asset.quarantined_at = clock.now()
        said = {*about, "quarantined_at"} if to_be_scanned else {*about}
        asset.save(update_fields=_unguarded(said) if asset.pk else None)
        self.asset = asset

    def _keep_version(self, asset: Asset, before: tuple[Blob, str] | None) -> None:
        """Write down which bytes the item had until now; the same bytes sent again replace nothing, nor does a
        clean copy what it was made of."""
        if before is None or before[0].pk == asset.blob_id:
            return
        if not Blob.objects.filter(pk=before[0].pk, cleaned=asset.blob).exists():
            AssetVersion.objects.create(
                asset=asset,
                blob=before[0],
                filename=before[1],
                replaced_at=clock.now(),
                replaced_by=self.replaced_by,
            )

    def _take_bytes(self, file: Any, asset: Asset) -> tuple[Blob, str]:
        if not file._committed:
            self.upload_name = os.path.basename(file.name)
        name = self.upload_name or os.path.basename(file.name)
        file.open("rb")
        try:
            facts = validators.examine(file.file, name, kind=asset.kind)
        except ValidationError as error:
            raise ValidationError({"file": error}) from error
        if not self.asset_id and not self.is_edited:
            self._read_words(file.file, name)
        blob = keep(self._as_kept(file.file, facts), facts)
        if file._committed and file.name != blob.name and not Blob.objects.filter(name=file.name).exists():
            transaction.on_commit(lambda name=file.name: originals().remove(name))  # type: ignore[misc]
        if not file._committed or file.name != blob.name:
            self.file = blob.name
            self._new_bytes(facts)
        return blob, validators.safe_name(name, facts.extension)

    def _as_kept(self, content: Any, facts: validators.Facts) -> Any:
        """The bytes that are stored: films and sounds go out as they are kept, so they do not say where they
        were recorded; of documents a clean copy goes out, and what was sent is kept beside it; pictures are kept
        whole, and what goes out is derived from them."""
        if facts.clean is not None:
            return clean_copy(content, facts)
        if facts.extension not in (".mp4", ".m4a"):
            return content
        return boxes.without_place(content)

    def _read_words(self, content: Any, filename: str) -> None:
        """Called once, when a file has just been examined: what it says of itself fills what nobody has said."""

    def _new_bytes(self, facts: validators.Facts) -> None:
        """Called when the row has been given other bytes."""

    def _write_words(self) -> None:
        for language, words in (self.words or {}).items():
            locale = Locale.objects.filter(language_code=language).first()
            if locale is not None:
                AssetText.objects.update_or_create(asset=self.asset, locale=locale, defaults=words)
        self.words = None

    @property
    def filename(self) -> str:
        """The name under which people download it."""
        return self.asset.filename if self.asset_id else os.path.basename(self.file.name)  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        """The guarded address."""
        return self.asset.url


# What actions write under the row's lock: whoever opened the form before saves over none of it.
_GUARDED = frozenset({"released_at", "quarantined_at", "consent_ends_at", "withdrawn_at", "withdrawn_reason"})


def _unguarded(said: set[str]) -> list[str]:
    """The columns of an asset that a save of its row writes: what decides who may have it only where it is `said`."""
    columns = [field.name for field in Asset._meta.concrete_fields if not field.primary_key]
    return [name for name in columns if name in said or name not in _GUARDED]


def keep(content: Any, facts: validators.Facts) -> Blob:
    """Store bytes under their digest and return their Blob, locked until the transaction ends.

    The lock meets the sweep's: bytes on their way out are either kept for us or stored again by us.
    """
    digest, size = sha256_of(content)
    storage = originals()
    name = storage.name_for(digest, facts.extension)
    blob, _created = Blob.objects.select_for_update().get_or_create(
        sha256=digest, defaults={"size": size, "content_type": facts.content_type, "name": name}
    )
    if blob.unused_since is not None:
        blob.unused_since = None
        blob.save(update_fields=["unused_since"])
    if not storage.exists(blob.name):
        content.seek(0)
        storage.save(blob.name, File(content))
    return blob


def clean_copy(content: Any, facts: validators.Facts) -> Any:
    """Keep the bytes of a document and the clean copy that was made of them, each saying so; return the copy. What
    is itself such a copy is not copied again."""
    sent = keep(content, facts)
    if sent.cleaned_id == sent.pk:
        return content
    copy = io.BytesIO(facts.clean or b"")
    made = keep(copy, facts)
    Blob.objects.filter(pk__in=[sent.pk, made.pk]).update(cleaned=made)
    return copy


class WithAsset:
    """Brings the asset and its blob along: without it a row has neither address nor size."""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("asset__blob")  # type: ignore[misc]
