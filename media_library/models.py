"""The library's models in their smallest form, so that the other apps can point to them."""

from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtailmedia.models import AbstractMedia


class LibraryImage(AbstractImage):
    admin_form_fields = Image.admin_form_fields


class LibraryRendition(AbstractRendition):
    image = models.ForeignKey(LibraryImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class LibraryDocument(AbstractDocument):
    admin_form_fields = Document.admin_form_fields


class LibraryMedia(AbstractMedia):
    admin_form_fields = ("title", "file", "collection")
