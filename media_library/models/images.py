"""Pictures as Wagtail knows them, and their sizes."""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, ImageQuerySet, get_upload_to
from wagtail.search import index

from media_library import validators
from media_library.models.assets import Asset, Kind
from media_library.models.rows import HeaderImageField, LibraryFile, WithAsset, place
from media_library.storage import originals, presets, render, renditions
from media_library.storage.metadata import Credit, read_credit
from media_library.storage.reading import Said, read_said

Focus = tuple[float, float]
#: How often sizes are made anew for words that change while they are made.
TRIES = 3


def _plain(name: str) -> str:
    """A name without what tells a file name from the title that a browser makes of it."""
    return re.sub(r"[\W_]+", " ", name).strip().lower()


class ImageManager(WithAsset, models.Manager.from_queryset(ImageQuerySet)):  # type: ignore[misc]
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
    avif_at = models.DateTimeField(null=True, blank=True, editable=False)
    # 64 bits that pictures which look alike share but for a few (dHash), as a signed number
    fingerprint = models.BigIntegerField(null=True, blank=True, editable=False)

    keywords: tuple[str, ...] = ()  # of a file that has just come in

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
        if self.asset_id:
            # whoever keeps sizes at this moment is waited for, or waits and then sees what they should carry
            Asset.objects.select_for_update(no_key=True).filter(pk=self.asset_id).first()
        french = (self.words or {}).get(settings.LANGUAGE_CODE)
        if french is not None:
            self.description = french.get("alt", "")[:255]
        before = self._credited(None) if self.asset_id else None
        super()._settle()
        if before is not None and before != self._credited(french):
            # the credit travels inside the bytes: all sizes are made again
            self.renditions.all().delete()
            self.prepared_at = self.avif_at = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.keywords and not self.tags.exists():
            self.tags.add(*self.keywords)

    def _read_words(self, content: Any, filename: str) -> None:
        said = read_said(content)
        about = dict(self.about or {})
        for name in ("credit", "copyright", "restriction", "place", "taken_at"):
            about[name] = about.get(name) or getattr(said, name)
        self.about = about
        french = (self.words or {}).get(settings.LANGUAGE_CODE)
        if french is not None and not french.get("decorative"):
            french["caption"] = french.get("caption") or said.caption
        given: str = self.title  # type: ignore[has-type]
        if said.title and _plain(given) in ("", _plain(filename), _plain(os.path.splitext(filename)[0])):
            self.title = said.title
        self.keywords = said.keywords

    def said(self) -> Said:
        """What the file says of itself."""
        with originals().open(self.file.name) as content:
            return read_said(content)

    def _credited(self, given: dict[str, Any] | None) -> tuple[str, str, str]:
        words = self.asset.text_in(settings.LANGUAGE_CODE) if given is None else None
        caption = given.get("caption", "") if given is not None else words.caption if words else ""
        return self.asset.credit, self.asset.copyright, caption

    def _new_bytes(self, facts: validators.Facts) -> None:
        self.width, self.height, self.fingerprint = facts.width, facts.height, facts.fingerprint
        self.prepared_at = self.avif_at = None
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
        """The extension of a variant's bytes (".webp"); all sizes of a drawing are the drawing."""
        if self.is_svg():
            return ".svg"
        if variant.format:
            return {"jpeg": ".jpg", "webp": ".webp", "avif": ".avif", "png": ".png"}[variant.format]
        source = os.path.splitext(self.file.name)[1]
        if variant.operation == "original":
            return ".png" if source == ".gif" else source
        return ".jpg" if source == ".jpg" else ".png"

    def content_type_of(self, variant: presets.Variant) -> str:
        """The media type of a variant's bytes."""
        extension = self.extension_of(variant)[1:]
        return "image/" + {"jpg": "jpeg", "svg": "svg+xml"}.get(extension, extension)

    def sizes_made(self) -> dict[str, int]:
        """The bytes of the sizes that are rendered, by spec; no query where `renditions` is prefetched."""
        rows = self.renditions.all()
        return {row.filter_spec: row.file_size for row in rows if row.focal_point_key == self.focus_key}

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
        the row of the earlier. None is kept that carries another credit, or shows another file, than the picture
        has by then: it is rendered again.
        """
        for _try in range(TRIES):
            if (kept := self._made(*filters)) is not None:
                return kept
            self.refresh_from_db()
        raise render.CannotRender(f"{self.pk} changes faster than it is rendered")

    def _made(self, *filters: Any) -> dict[Any, LibraryRendition] | None:
        """The renditions by filter, the missing ones made; None where the picture became another meanwhile."""
        variants = {self.variant(one): one for one in filters}
        found = {
            row.filter_spec: row
            for row in self.renditions.filter(
                filter_spec__in=[variant.spec for variant in variants], focal_point_key=self.focus_key
            )
        }
        missing = [variant for variant in variants if variant.spec not in found]
        if missing:
            carried = _carried(self.asset)
            with originals().open(self.file.name) as source:
                made = (
                    render.drawing(source, missing)
                    if self.is_svg()
                    else render.render(source, missing, words=self.credit_words(), focus=self.focus)
                )
                stored = [
                    (variant, self._store(data, extension), size) for variant, data, extension, size in made
                ]
            with transaction.atomic():
                asset = Asset.objects.select_for_update(of=("self",), no_key=True).get(pk=self.asset_id)
                if _carried(asset) != carried:
                    return None
                for variant, values, (width, height) in stored:
                    found[variant.spec], _created = LibraryRendition.objects.get_or_create(
                        image=self,
                        filter_spec=variant.spec,
                        focal_point_key=self.focus_key,
                        defaults={**values, "width": width, "height": height},
                    )
        return {asked: found[variant.spec] for variant, asked in variants.items()}

    def _store(self, data: bytes, extension: str) -> dict[str, Any]:
        """Write the bytes of a size under their digest; return the columns that name them."""
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{self.pk % 100:02d}/{self.pk}-{sha256[:20]}{extension}"
        storage = renditions()
        if not storage.exists(name):
            storage.save(name, ContentFile(data))
        return {"file": name, "sha256": sha256, "file_size": len(data)}

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
        """Whether it is a drawing: the public gets it cleaned (`storage.drawings`), in whatever size it is asked."""
        return bool(self.file.name.endswith(".svg"))


def _carried(asset: Asset) -> tuple[Any, ...]:
    """What a picture's sizes are made of: its bytes, and the words that go into them."""
    words = asset.text_in(settings.LANGUAGE_CODE)
    return asset.blob_id, asset.credit, asset.copyright, words.caption if words else ""


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
