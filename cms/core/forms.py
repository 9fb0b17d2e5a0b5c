"""The page form that also takes the first values of the thing a new page words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from wagtail.admin.forms import WagtailAdminPageForm

from cms.core import clock, registry


class ThingPageForm(WagtailAdminPageForm):
    """A page form with extra, plain form fields for the thing's first values.

    Subclasses declare the fields and list them in `thing_fields`; they are there on creation only: afterwards
    the thing is changed by buttons with permissions of their own. Saving calls the page type's
    ``create_thing(cleaned_data, user, now)`` once and points the page at the row it returns. A working copy or
    translation, which has its thing already, keeps it. Autosaved drafts may leave every one of them empty.
    """

    thing_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.has_thing:
            for name in self.thing_fields:
                self.fields.pop(name, None)

    @property
    def has_thing(self) -> bool:
        """Whether the page words a thing already."""
        return bool(getattr(self.instance, f"{self.instance.THING}_id", None))

    def save(self, commit: bool = True) -> Any:
        """Save the words, making the thing first where there is none."""
        with transaction.atomic():
            if not self.has_thing:
                values = {name: self.cleaned_data.get(name) for name in self.thing_fields}
                kind = registry.page_type_of(self.instance)
                if kind.create_thing is None:
                    raise TypeError(f"{kind.type_name} names no create_thing")
                thing = kind.create_thing(values, self.for_user, clock.now())
                setattr(self.instance, self.instance.THING, thing)
            return super().save(commit=commit)
