"""The history of a card in words: who, when, which field from what to what."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.history import HistoryView

from cms.contacts.models import Contact, ContactKind, Organisation, OrganisationKind
from cms.contacts.viewsets import words
from cms.core.models import ThingLog

ACTIONS = {
    "created": gettext_lazy("Card entered"),
    "changed": gettext_lazy("Card changed"),
    "imported": gettext_lazy("Entered from a file"),
    "completed": gettext_lazy("Completed from a file"),
    "merged": gettext_lazy("Another card was merged into this one"),
    "merged_away": gettext_lazy("Merged into another card"),
    "put_aside": gettext_lazy("Put aside"),
    "taken_back": gettext_lazy("Taken back"),
    "forgotten": gettext_lazy("Values of the history forgotten"),
}
# What is no column of the row itself.
LABELS = {
    "emails": gettext_lazy("e-mail addresses"),
    "phones": gettext_lazy("telephone numbers"),
    "topics": gettext_lazy("topics"),
    "lists": gettext_lazy("lists"),
}
MODELS = {model._meta.label: model for model in (Contact, Organisation)}
KINDS = {Contact: dict(ContactKind.choices), Organisation: dict(OrganisationKind.choices)}


def uids_of(row: Contact | Organisation) -> list[UUID]:
    """The row itself and, of a contact, those merged into it: their past is its past."""
    merged = row.merged.values_list("uid", flat=True) if isinstance(row, Contact) else ()
    return [row.uid, *merged]


def lines_of(row: Contact | Organisation) -> QuerySet[ThingLog]:
    """The lines of the row's history, the latest first."""
    return ThingLog.objects.filter(thing_uid__in=uids_of(row)).select_related("user")


def in_words(lines: Iterable[ThingLog]) -> Iterator[dict[str, Any]]:
    """Each line as {"at", "who", "what", "reason", "changes": [(label, before, after), …]}."""
    for entry in lines:
        yield {
            "at": entry.at,
            "who": who_of(entry),
            "what": what_of(entry),
            "reason": entry.reason,
            "changes": changes_of(entry),
        }


def who_of(entry: ThingLog) -> str:
    """The name of whoever did it; what came in by a public form was done by the site itself."""
    if entry.user is None:
        return _("The site itself")
    return str(entry.user.get_full_name() or entry.user.get_username())


def what_of(entry: ThingLog) -> str:
    return str(ACTIONS.get(entry.action, entry.action))


def changes_of(entry: ThingLog) -> list[tuple[str, str, str]]:
    """(label, before, after) of each field, in the reader's language; what was forgotten is not told as empty."""
    model = MODELS.get(entry.thing_type, Contact)
    if entry.changes and all(pair == [None, None] for pair in entry.changes.values()):
        return [(_label(model, name), _("forgotten"), _("forgotten")) for name in entry.changes]
    return [
        (_label(model, name), _shown(model, name, before), _shown(model, name, after))
        for name, (before, after) in entry.changes.items()
    ]


def _label(model: Any, name: str) -> str:
    return capfirst(str(LABELS.get(name) or model._meta.get_field(name).verbose_name))


def _shown(model: Any, name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("empty")
    if name == "kind":
        return str(KINDS[model].get(value, value))
    if name == "country":
        return words.country_name(value)
    if name == "language":
        return words.language_name(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class ChangeColumn(Column):
    """What was done, with the fields it changed."""

    cell_template_name = "contacts/admin/change_cell.html"

    def get_cell_context_data(self, instance: ThingLog, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {
            **context,
            "what": what_of(instance),
            "reason": instance.reason,
            "changes": changes_of(instance),
        }


class CardHistoryView(HistoryView):
    """All lines of a card's history, for whoever sees the card."""

    any_permission_required = ["add", "change", "delete", "view"]
    filterset_class = None
    paginate_by = 30
    index_results_url_name: str | None = None
    inspect_url_name: str | None = None

    @cached_property
    def columns(self) -> list[Column]:
        return [
            ChangeColumn("what", label=_("What changed"), accessor=what_of),
            Column("who", label=_("Who"), accessor=who_of, width="20%"),
            DateColumn("at", label=_("When"), width="15%"),
        ]

    @cached_property
    def verbose_name(self) -> Any:
        return _("change")

    @cached_property
    def verbose_name_plural(self) -> Any:
        return _("changes")

    @cached_property
    def header_buttons(self) -> list[Any]:
        return super().header_buttons if self.user_has_permission("change") else []

    def get_base_queryset(self) -> QuerySet[ThingLog]:
        return lines_of(self.object)
