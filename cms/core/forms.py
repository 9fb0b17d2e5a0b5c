"""The page form that also takes the first values of the thing a new page words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.utils.functional import cached_property

from cms.core import clock, registry
from cms.core.models.pages import SitePageForm


class ThingPageForm(SitePageForm):
    """A page form with extra, plain form fields for the thing's first values.

    Subclasses declare the fields and list them in `thing_fields`. They stay on the form until a page of the
    thing is first published: an editor's draft is kept every few seconds, so the thing exists long before its
    embargo is typed, and what is typed then must not be lost. From the first publication on the thing is
    changed by buttons with permissions of their own. Saving calls the page type's
    ``create_thing(values, user, now)`` once, then ``change_first_values(thing, values, user, now)``. A
    translation or alias of a published thing keeps it as it is.
    """

    thing_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.takes_first_values:
            if self.has_thing:
                self._show_first_values()
            return
        for name in self.thing_fields:
            self.fields.pop(name, None)

    @property
    def kind(self) -> registry.PageType:
        return registry.page_type_of(self.instance)

    @property
    def has_thing(self) -> bool:
        """Whether the page words a thing already."""
        return bool(getattr(self.instance, f"{self.instance.THING}_id", None))

    @cached_property
    def takes_first_values(self) -> bool:
        """Whether the thing is still to be made, or made by a draft that nobody outside has seen."""
        if not self.has_thing:
            return True
        if self.kind.change_first_values is None or self.kind.first_values is None:
            return False
        return not self.instance.thing.pages.filter(first_published_at__isnull=False).exists()

    def _show_first_values(self) -> None:
        if self.kind.first_values is not None:
            for name, value in self.kind.first_values(self.instance.thing).items():
                if name in self.fields:
                    self.fields[name].initial = value

    def _posted_values(self) -> dict[str, Any]:
        """What the form was posted with: a form that does not carry a field says nothing about it."""
        return {
            name: self.cleaned_data.get(name)
            for name, field in self.fields.items()
            if name in self.thing_fields
            and not field.widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))
        }

    def save(self, commit: bool = True) -> Any:
        """Save the words, making the thing or giving it its first values before."""
        with transaction.atomic():
            kind, now = self.kind, clock.now()
            if not self.has_thing:
                if kind.create_thing is None:
                    raise TypeError(f"{kind.type_name} names no create_thing")
                values = {name: self.cleaned_data.get(name) for name in self.thing_fields}
                setattr(self.instance, self.instance.THING, kind.create_thing(values, self.for_user, now))
            elif self.takes_first_values and kind.change_first_values is not None:
                kind.change_first_values(self.instance.thing, self._posted_values(), self.for_user, now)
            return super().save(commit=commit)
