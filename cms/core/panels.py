"""Editor panels for the thing behind a page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel, PublishingPanel
from wagtail.admin.widgets.datetime import AdminDateTimeInput

from cms.core import registry


class ThingPanel(Panel):
    """Shows the thing's state beside the words, with its buttons, once it exists.

    The template and context come from the page type's ``state_panel(page, request)``; what other apps know of the
    thing follows, from `registry.thing_sections`. Buttons are links to admin pages that ask and POST (a form cannot
    stand inside the editor's own form).
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", _("State"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "core/thing_panel.html"

        def is_shown(self) -> bool:
            if not super().is_shown() or not self.instance.pk or self.instance.thing is None:
                return False
            return registry.page_type_of(self.instance).state_panel is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context) or {}
            kind = registry.page_type_of(self.instance)
            shown = kind.state_panel(self.instance, self.request) if kind.state_panel else None
            template, state = shown if shown else ("", {})
            sections = [
                (one.template, said)
                for one in sorted(registry.thing_sections, key=lambda one: one.order)
                if (said := one.context(self.request, self.instance)) is not None
            ]
            return {**context, "state_template": template, "thing_sections": sections, **state}


class SchedulePanel(PublishingPanel):
    """When the words go out by themselves; their end belongs to the thing, not to a page."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "data-controller": "w-action",
            "data-action": "w-dialog:hidden->w-action#reset",
            "data-w-dialog-target": "notify",
        }
        widget = AdminDateTimeInput(js_overlay_parent_selector="#schedule-publishing-dialog", attrs=attrs)
        kwargs.setdefault("children", [FieldPanel("go_live_at", widget=widget)])
        super().__init__(**kwargs)


class FirstValuesPanel(MultiFieldPanel):
    """The thing's first values, on the form of a page until it is first published."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(super().is_shown() and getattr(self.form, "takes_first_values", True))
