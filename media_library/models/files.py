"""The rows that Wagtail's and wagtailmedia's choosers know, each standing for one asset.

Whatever door bytes come in by (a form, several forms at once, a chooser, an action), `save()` is the narrow
place: the bytes are examined, stored once under their digest, and given an asset; or ValidationError is raised
and nothing is stored.
"""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Filter,
    ImageQuerySet,
    WagtailImageField,
    WagtailImageFieldFile,
    get_upload_to,
)
from wagtail.models import Locale
from wagtail.search import index
from wagtailmedia.models import AbstractMedia, MediaQuerySet

from media_library import validators
from media_library.models.assets import Asset, AssetText, Kind
from media_library.models.blobs import Blob
from media_library.storage import originals, presets, render, renditions
from media_library.storage.files import sha256_of
from media_library.storage.metadata import Credit, read_credit

Focus = tuple[float, float]


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
        return str(self.instance.poster_url if self.field.name == "thumbnail" else self.instance.url)  # type: ignore[attr-defined]


class GuardedFileField(models.FileField):
    """A file whose `url` is the guarded address."""

    attr_class = GuardedFieldFile

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


class LibraryFile:
    """What image, document and media rows share. `about` holds values for the asset, and `words` those of its
    texts by language, to be written with the next save: forms and actions fill them."""

    KIND: Kind
    about: dict[str, Any] | None = None
    words: dict[str, dict[str, Any]] | None = None
    upload_name: str = ""

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
        file = self.file  # type: ignore[attr-defined]
        asset: Asset = self.asset if self.asset_id else Asset(kind=self.kind_of_asset())  # type: ignore[attr-defined, has-type]
        if not (asset.blob_id and file._committed and asset.blob.name == file.name):  # type: ignore[attr-defined]
            asset.blob, asset.filename = self._take_bytes(file, asset)
        asset.title = self.title  # type: ignore[attr-defined]
        asset.uploaded_by = asset.uploaded_by or self.uploaded_by_user  # type: ignore[attr-defined]
        for name, value in (self.about or {}).items():
            setattr(asset, name, value)
        self.about = None
        asset.save()
        self.asset = asset

    def _take_bytes(self, file: Any, asset: Asset) -> tuple[Blob, str]:
        if not file._committed:
            self.upload_name = os.path.basename(file.name)
        name = self.upload_name or os.path.basename(file.name)
        file.open("rb")
        try:
            facts = validators.examine(file.file, name, kind=asset.kind)
        except ValidationError as error:
            raise ValidationError({"file": error}) from error
        blob = keep(file.file, facts)
        if file._committed and file.name != blob.name and not Blob.objects.filter(name=file.name).exists():
            transaction.on_commit(lambda name=file.name: originals().remove(name))  # type: ignore[misc]
        if not file._committed or file.name != blob.name:
            self.file = blob.name
            self._new_bytes(facts)
        return blob, validators.safe_name(name, facts.extension)

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


class _WithAsset:
    """Brings the asset and its blob along: without it a row has neither address nor size."""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("asset__blob")  # type: ignore[misc]


class ImageManager(_WithAsset, models.Manager.from_queryset(ImageQuerySet)):  # type: ignore[misc]
    pass


class DocumentManager(_WithAsset, models.Manager.from_queryset(DocumentQuerySet)):  # type: ignore[misc]
    pass


class MediaManager(_WithAsset, models.Manager.from_queryset(MediaQuerySet)):  # type: ignore[misc]
    pass


class LibraryImage(LibraryFile, AbstractImage):
    """A picture as Wagtail knows it. Its renditions are those of the closed lists in `storage.presets`."""

    KIND = Kind.IMAGE

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="image", editable=False)
    file = HeaderImageField(
        verbose_name=_("file"),
        upload_to=get_upload_to,
        storage=originals,
        width_field="width",
        height_field="height",
        max_length=255,
    )
    prepared_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ImageManager()

    admin_form_fields = (
        "title",
        "file",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [*AbstractImage.search_fields, index.FilterField("asset_id")]

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_image", "Can choose image")]

    def get_upload_to(self, filename: str) -> str:
        return place(self, filename)

    def _settle(self) -> None:
        if french := (self.words or {}).get(settings.LANGUAGE_CODE):
            self.description = french.get("alt", "")[:255]
        super()._settle()

    def _new_bytes(self, facts: validators.Facts) -> None:
        self.width, self.height = facts.width, facts.height
        self.prepared_at = None
        if self.pk:
            self.renditions.all().delete()

    # The words ---------------------------------------------------------------------------------------------
    @property
    def default_alt_text(self) -> str:
        """The alternative text in the active language, else the French one; empty for a decorative picture."""
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        if language == settings.LANGUAGE_CODE:
            return self.description
        words = self.asset.text_in(language)
        return words.alt if words is not None else ""

    # The sizes ---------------------------------------------------------------------------------------------
    @property
    def focus(self) -> Focus | None:
        """The focal point as fractions of width and height."""
        if self.focal_point_x is None or self.focal_point_y is None:
            return None
        return self.focal_point_x / self.width, self.focal_point_y / self.height

    @property
    def focus_key(self) -> str:
        """Changes with the focal point."""
        return f"{self.focal_point_x}-{self.focal_point_y}"[:16] if self.focus else ""

    def variant(self, wanted: Any) -> presets.Variant:
        """The variant of a spec, Filter or Variant; InvalidFilterSpecError outside the closed lists."""
        if isinstance(wanted, presets.Variant):
            return wanted
        spec = wanted.spec if isinstance(wanted, Filter) else str(wanted)
        spec = "|".join(part for part in spec.split("|") if part != "preserve-svg")
        if (found := presets.BY_SPEC.get(spec)) is None:
            raise InvalidFilterSpecError(f"{spec!r} is not one of the library's sizes")
        return found

    def extension_of(self, variant: presets.Variant) -> str:
        """The extension of a variant's bytes (".webp")."""
        if variant.format:
            return {"jpeg": ".jpg", "webp": ".webp", "png": ".png"}[variant.format]
        source = os.path.splitext(self.file.name)[1]
        if variant.operation == "original":
            return ".png" if source == ".gif" else source
        return ".jpg" if source == ".jpg" else ".png"

    def name_of(self, variant: presets.Variant) -> str:
        """The file name under which people download a variant."""
        return os.path.splitext(self.asset.filename)[0] + self.extension_of(variant)

    def address(self, variant: presets.Variant) -> str:
        """The guarded address of a variant, whether it has been rendered yet or not."""
        return f"{settings.MEDIA_URL}{self.asset.uid.hex}/{variant.name}/{quote(self.name_of(variant))}"

    def get_rendition(self, filter: Any) -> LibraryRendition:
        """A promise of a rendition: its size and address are known from the row alone, without a query; the
        bytes are made when the address is first asked for, or before by `actions.prepare`."""
        variant = self.variant(filter)
        width, height = variant.size_of(self.width, self.height)
        return LibraryRendition(image=self, filter_spec=variant.spec, width=width, height=height)

    def get_renditions(self, *filters: Any) -> dict[str, LibraryRendition]:
        return {self.variant(one).spec: self.get_rendition(one) for one in filters}

    def create_rendition(self, filter: Any) -> LibraryRendition:
        return next(iter(self.create_renditions(filter).values()))

    def create_renditions(self, *filters: Any) -> dict[Any, LibraryRendition]:
        """Render what is missing of `filters`: one decode (`draft`), then a cascade from large to small.

        Returns the rows by filter. Raises `render.CannotRender`. Two at once have one effect: the later finds
        the row of the earlier and its own file is removed.
        """
        variants = {self.variant(one): one for one in filters}
        found = {
            row.filter_spec: row
            for row in self.renditions.filter(
                filter_spec__in=[variant.spec for variant in variants], focal_point_key=self.focus_key
            )
        }
        missing = [variant for variant in variants if variant.spec not in found]
        if missing:
            with originals().open(self.file.name) as source:
                made = render.render(source, missing, words=self.credit_words(), focus=self.focus)
                for variant, data, extension, (width, height) in made:
                    found[variant.spec] = self._keep_rendition(variant, data, extension, width, height)
        return {asked: found[variant.spec] for variant, asked in variants.items()}

    def _keep_rendition(
        self, variant: presets.Variant, data: bytes, extension: str, width: int, height: int
    ) -> LibraryRendition:
        row = LibraryRendition(
            image=self,
            filter_spec=variant.spec,
            focal_point_key=self.focus_key,
            width=width,
            height=height,
            sha256=hashlib.sha256(data).hexdigest(),
            file_size=len(data),
        )
        name = f"{self.pk % 100:02d}/{self.pk}-{row.sha256[:20]}{extension}"
        storage = renditions()
        if not storage.exists(name):
            storage.save(name, ContentFile(data))
        row.file = name  # type: ignore[assignment]
        kept, _created = LibraryRendition.objects.get_or_create(
            image=self,
            filter_spec=row.filter_spec,
            focal_point_key=row.focal_point_key,
            defaults={
                "file": name,
                "width": width,
                "height": height,
                "sha256": row.sha256,
                "file_size": row.file_size,
            },
        )
        return kept

    def credit_words(self) -> Credit:
        """The credit that goes into public bytes: the library's own, and the orientation of the source."""
        with originals().open(self.file.name) as source:
            orientation = read_credit(source).orientation
        caption = self.asset.text_in(settings.LANGUAGE_CODE)
        return Credit(
            credit=self.asset.credit,
            copyright=self.asset.copyright,
            caption=caption.caption if caption else "",
            orientation=orientation,
        )

    def is_svg(self) -> bool:
        """No SVG is ever taken in."""
        return False


class LibraryRendition(AbstractRendition):
    """The public bytes of a picture in one size and format."""

    image = models.ForeignKey(LibraryImage, on_delete=models.CASCADE, related_name="renditions")
    file = HeaderImageField(storage=renditions, width_field="width", height_field="height", max_length=160)
    sha256 = models.CharField(max_length=64)
    file_size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("size of a picture")
        verbose_name_plural = _("sizes of pictures")
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"],
                name="media_library_rendition_is_one_per_size",
            )
        ]

    def __str__(self) -> str:
        return f"{self.image_id} {self.filter_spec}"

    @property
    def url(self) -> str:
        """The guarded address."""
        return self.image.address(presets.BY_SPEC[self.filter_spec])


class LibraryDocument(LibraryFile, AbstractDocument):
    """A document as Wagtail knows it."""

    KIND = Kind.DOCUMENT

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="document", editable=False)
    file = GuardedFileField(verbose_name=_("file"), upload_to=place, storage=originals, max_length=255)  # type: ignore[assignment]

    objects = DocumentManager()

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        base_manager_name = "objects"
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]


class LibraryMedia(LibraryFile, AbstractMedia):
    """A sound or a film as wagtailmedia knows it. Its poster is rendered anew, so that nothing hides in it."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="media", editable=False)
    file = GuardedFileField(verbose_name=_("file"), upload_to=place, storage=originals, max_length=255)  # type: ignore[assignment]
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

    admin_form_fields = ("title", "file", "collection", "duration", "thumbnail", "tags")

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("sound or film")
        verbose_name_plural = _("sounds and films")

    def kind_of_asset(self) -> Kind:
        return Kind.AUDIO if self.type == "audio" else Kind.VIDEO

    def _settle(self) -> None:
        name = self.upload_name
        super()._settle()
        self.upload_name = name
        if not self.thumbnail:
            self.poster = None
        elif self.poster is None or self.thumbnail.name != self.poster.name:
            self.thumbnail.open("rb")
            try:
                validators.examine(self.thumbnail.file, self.thumbnail.name, kind="image")  # type: ignore[arg-type]
                _variant, data, extension, _size = next(
                    render.render(self.thumbnail.file, [presets.BY_NAME["web-1280.jpg"]], words=Credit())
                )
            except (ValidationError, render.CannotRender) as error:
                raise ValidationError({"thumbnail": getattr(error, "messages", [str(error)])}) from error
            self.poster = keep(io.BytesIO(data), validators.Facts("image", "image/jpeg", extension))
            self.thumbnail = self.poster.name

    @property
    def poster_url(self) -> str:
        """The guarded address of the poster, or ""."""
        return f"{settings.MEDIA_URL}{self.asset.uid.hex}/poster/poster.jpg" if self.poster_id else ""
