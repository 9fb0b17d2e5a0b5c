"""File fields that examine what they are given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.documents.fields import WagtailDocumentField
from wagtail.images.fields import WagtailImageField

from media_library import validators


class ExaminedFile:
    """A file field that believes only what the bytes say; see `validators.examine`."""

    kind: str

    def to_python(self, data: Any) -> Any:
        found: Any = forms.FileField.to_python(self, data)  # type: ignore[arg-type]
        if found is None:
            return None
        facts = validators.examine(found.file, found.name, kind=self.kind)  # type: ignore[arg-type]
        found.content_type = facts.content_type  # type: ignore[attr-defined]
        return found


class PictureField(ExaminedFile, WagtailImageField):
    """An upload of a picture."""

    kind = "image"
    default_validators: list[Any] = []


class DocumentField(ExaminedFile, WagtailDocumentField):
    """An upload of a document."""

    kind = "document"


class RecordingField(ExaminedFile, forms.FileField):
    """An upload of a sound or film (`kind`), or of the picture shown before it plays."""

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)


def replaced(given: Any, field: Any) -> Any:
    """Our field in the place, and with the label, widget and initial value, of Wagtail's."""
    field.label, field.widget, field.required = given.label, given.widget, given.required
    field.initial = given.initial
    widget = field.widget
    widget.is_required = given.required
    formats = sorted(name for name, (kind, _type) in validators.FORMATS.items() if kind == field.kind)
    if isinstance(widget, forms.FileInput):
        widget.attrs["accept"] = ",".join(f".{name}" for name in formats)
    limit = validators.LIMITS[field.kind]
    field.max_upload_size = limit
    field.help_text = _("Accepted: %(formats)s; at most %(limit)s MB.") % {
        "formats": ", ".join(formats),
        "limit": limit // 1_000_000,
    }
    return field
