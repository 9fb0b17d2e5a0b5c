"""What the library knows of a picture, a document, a sound or a film; and what holds it back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale
from wagtail.search import index

from cms.core.models import Audience
from media_library.models.blobs import Blob

if TYPE_CHECKING:
    from media_library.models.files import LibraryDocument, LibraryMedia
    from media_library.models.images import LibraryImage


class Kind(models.TextChoices):
    """What an asset is."""

    IMAGE = "image", _("Picture")
    DOCUMENT = "document", _("Document")
    AUDIO = "audio", _("Sound")
    VIDEO = "video", _("Film")


class Licence(models.TextChoices):
    """What others may do with an asset."""

    PRESS = "press", _("Free for the press, with the credit")
    CC_BY = "cc-by-4.0", _("Creative Commons BY 4.0")
    CC_BY_SA = "cc-by-sa-4.0", _("Creative Commons BY-SA 4.0")
    PUBLIC_DOMAIN = "public-domain", _("Public domain")
    RESERVED = "reserved", _("All rights reserved")


class Asset(index.Indexed, models.Model):
    """One picture, document, sound or film, in all its sizes; its words are in `AssetText`.

    `policies.may_serve` alone decides from `released_at`, `expires_at`, `consent_ends_at`, `withdrawn_at` and the
    holds who may have its bytes. `consent_ends_at`: from then on a person shown does not agree. The row that
    Wagtail's choosers know points here (`image`, `document` or `media`).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="assets")
    filename = models.CharField(max_length=160)
    title = models.CharField(_("title"), max_length=255)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    copyright = models.CharField(_("copyright"), max_length=200, blank=True)
    rights_holder = models.CharField(_("rights holder"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=Licence, default=Licence.PRESS)
    restriction = models.CharField(_("restriction of use"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("taken on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("rights end on"), null=True, blank=True)
    # Nobody has the bytes, not the staff either, until the scanner has found nothing in them.
    quarantined_at = models.DateTimeField(null=True, blank=True, editable=False)
    consent_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_reason = models.TextField(_("reason for the withdrawal"), blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    search_fields = [
        index.SearchField("title", boost=4),
        index.AutocompleteField("title"),
        index.SearchField("credit"),
        index.SearchField("place"),
        index.RelatedFields("texts", [index.SearchField("alt"), index.SearchField("caption")]),
        index.FilterField("kind"),
        index.FilterField("licence"),
        index.FilterField("released_at"),
        index.FilterField("expires_at"),
        index.FilterField("consent_ends_at"),
        index.FilterField("withdrawn_at"),
        index.FilterField("taken_at"),
        index.FilterField("place"),
    ]

    if TYPE_CHECKING:
        image: LibraryImage
        document: LibraryDocument
        media: LibraryMedia

    class Meta:
        verbose_name = _("library item")
        verbose_name_plural = _("library items")
        permissions = [
            ("release_asset", "Can make library items public"),
            ("withdraw_asset", "Can withdraw library items"),
            ("see_unreleased_asset", "Can see library items that are not public"),
            ("share_asset", "Can hand out links to library items that are not public"),
        ]
        indexes = [models.Index(fields=["kind", "-released_at"], name="media_library_newest_of_a_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True)
                | Q(released_at__isnull=True)
                | Q(expires_at__gt=F("released_at")),
                name="media_library_asset_expires_after_its_release",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="media_library_asset_is_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file(self) -> Any:
        """The row that Wagtail knows: a LibraryImage, LibraryDocument or LibraryMedia."""
        if self.kind == Kind.IMAGE:
            return self.image
        return self.document if self.kind == Kind.DOCUMENT else self.media

    @property
    def url(self) -> str:
        """The guarded address of its public bytes in full size."""
        return f"{settings.MEDIA_URL}{self.uid.hex}/{quote(self.filename)}"

    @property
    def edit_path(self) -> str:
        """Where the staff change it."""
        kinds = {Kind.IMAGE: "wagtailimages:edit", Kind.DOCUMENT: "wagtaildocs:edit"}
        return reverse(kinds.get(Kind(self.kind), "wagtailmedia:edit"), args=[self.file.pk])

    def text_in(self, language: str) -> AssetText | None:
        """Its words in `language`, else in French, else None; one query, none where `texts__locale` is prefetched."""
        found = {text.locale.language_code: text for text in self._texts()}
        return found.get(language) or found.get(settings.LANGUAGE_CODE)

    def spoken(self) -> list[AssetText]:
        """Its words in each language that has any; one query, none where `texts__locale` is prefetched."""
        said = [text for text in self._texts() if text.alt or text.caption]
        return sorted(said, key=lambda text: text.locale.language_code)

    def _texts(self) -> list[AssetText]:
        prefetched = "texts" in getattr(self, "_prefetched_objects_cache", {})
        return list(self.texts.all() if prefetched else self.texts.select_related("locale"))


class AssetText(models.Model):
    """The words of an asset in one language. A decorative picture has no alternative text, on purpose."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="texts")
    locale = models.ForeignKey(Locale, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField(_("alternative text"), max_length=300, blank=True)
    caption = models.TextField(_("caption"), max_length=1000, blank=True)
    decorative = models.BooleanField(_("decorative"), default=False)

    class Meta:
        verbose_name = _("words of a library item")
        verbose_name_plural = _("words of library items")
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "locale"], name="media_library_assettext_is_one_in_a_language"
            ),
            models.CheckConstraint(
                condition=Q(decorative=False) | Q(alt=""),
                name="media_library_assettext_decorative_says_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.alt or self.caption[:80]


class Hold(models.Model):
    """A fact pushed down by an upper app: the thing `source_uid` keeps this asset from the public.

    Nobody outside has it until `until`, or until the hold is lifted where that is empty; from then on the readers
    of `audience` have it. Readers to whom the thing is granted have it already.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="holds")
    until = models.DateTimeField(null=True, blank=True)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.PUBLIC)
    source_uid = models.UUIDField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "source_uid"], name="media_library_hold_is_one_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} ← {self.source_uid}"
