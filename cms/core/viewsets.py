"""What the admin's lists of rows share: a first word when empty, safe exports, putting aside instead of deleting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import DeleteView, IndexView
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.coreutils import multigetattr
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from cms.core import clock
from cms.core.exports import stream_csv, write_xlsx

#: What a table taken away in a file leaves in the site's history (Reports).
EXPORTED = "core.export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class GuardedChooserViewSet(ChooserViewSet):
    """A chooser whose every address answers the holders of `permission` ("app.codename") alone.

    Wagtail's asks for a permission on creating only: whoever enters the admin would read all that can be chosen.
    """

    permission: str

    def construct_view(self, view_class: Any, **kwargs: Any) -> Any:
        view = super().construct_view(view_class, **kwargs)

        @wraps(view)
        def guarded(request: Any, *args: Any, **parts: Any) -> Any:
            if not request.user.has_perm(self.permission):
                raise PermissionDenied
            return view(request, *args, **parts)

        return guarded


class SearchedByKeys:
    """A list of what the search backend indexes, whose finds are sorted and narrowed by the database.

    The backend sorts and filters by indexed columns alone: a search sorted by another column was a 500.
    """

    MOST = 2000

    def search_queryset(self, queryset: Any) -> Any:
        if not self.is_searching:  # type: ignore[attr-defined]
            return queryset
        found = super().search_queryset(queryset.model._default_manager.order_by())  # type: ignore[misc]
        return queryset.filter(pk__in=[row.pk for row in found[: self.MOST]])


class OfficeIndexView(IndexView):
    """A list that says how to begin while it is empty, and exports cells that no spreadsheet runs.

    search_fields: where each word asked for is looked for, accents or not, whatever the order and the filters.
    empty_text: a sentence or two, shown instead of an empty table. export_permission: "app.codename", or None
    for whoever sees the list. exports: (heading, attribute path or callable of a row) for each column.
    """

    results_template_name = "core/admin/index_results.html"
    empty_text: Any = ""
    export_permission: str | None = None
    exports: Sequence[tuple[Any, str | Callable[[Any], Any]]] = ()

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for word in self.search_query.split()[:8] if self.is_searching else ():
            found = Q()
            for field in self.search_fields:
                found |= Q(**{f"{field}__unaccent__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    @cached_property
    def show_export_buttons(self) -> bool:
        return bool(self.exports) and self._may_export()

    def _may_export(self) -> bool:
        return self.export_permission is None or self.request.user.has_perm(self.export_permission)

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponse:
        """Wagtail's own CSV writes formulas as they are; this one does not."""
        if not self.show_export_buttons:
            raise PermissionDenied
        self._note_export(queryset, spreadsheet_format)
        headings = [capfirst(str(heading)) for heading, _source in self.exports]
        name = f"{self.get_filename()}-{clock.now():%Y-%m-%d}"
        response: Any
        if spreadsheet_format == self.FORMAT_CSV:
            response = StreamingHttpResponse(
                stream_csv(headings, self._rows(queryset)), content_type="text/csv"
            )
        else:
            response = HttpResponse(write_xlsx(headings, self._rows(queryset)), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.{spreadsheet_format}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _note_export(self, queryset: QuerySet[Any], spreadsheet_format: str) -> None:
        """Write down who took how many rows away, narrowed by what: no row of the list itself is named."""
        asked = {name: self.request.GET.getlist(name) for name in self.request.GET if name != "export"}
        ModelLogEntry.objects.create(
            content_type=ContentType.objects.get_for_model(self.model),
            object_id="0",
            label=str(capfirst(self.model._meta.verbose_name_plural)),
            action=EXPORTED,
            timestamp=clock.now(),
            user=self.request.user,
            data={"format": spreadsheet_format, "number": queryset.count(), "asked": asked},
        )

    def _rows(self, queryset: QuerySet[Any]) -> Iterator[list[Any]]:
        for item in queryset:
            yield [
                source(item) if callable(source) else multigetattr(item, source)
                for _heading, source in self.exports
            ]

    def get_filename(self) -> str:
        return str(self.model._meta.model_name)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "empty_text": self.empty_text}


class PutAsideView(DeleteView):
    """What a delete button does to rows that mails and registrations point to: they leave the lists, and stay."""

    template_name = "core/admin/confirm_put_aside.html"
    page_title = _("Put aside")
    success_message = _("%(object)s was put aside.")
    put_aside: Callable[..., Any] | None = None

    @property
    def confirmation_message(self) -> str:
        return str(
            _(
                "It leaves every list and choice. What was sent or registered stays, and it can be taken back "
                "from the list's filter."
            )
        )

    def get_usage_url(self) -> None:
        # Rows are not deleted, so that nothing that points to them stands in the way.
        return None

    def delete_action(self) -> None:
        assert self.put_aside is not None
        self.put_aside(self.object, now=clock.now())
        log(instance=self.object, action="wagtail.delete", title=str(self.object), deleted=False)


class TakeBackView(DeleteView):
    """Undo a putting aside: a question, and its POST."""

    template_name = "core/admin/confirm_take_back.html"
    page_title = _("Take back")
    success_message = _("%(object)s is back in the lists.")
    take_back: Callable[..., Any] | None = None

    @property
    def confirmation_message(self) -> str:
        return str(_("It comes back into the lists, choices and audiences that it was in."))

    def get_usage_url(self) -> None:
        return None

    def delete_action(self) -> None:
        assert self.take_back is not None
        self.take_back(self.object, now=clock.now())
        log(instance=self.object, action="wagtail.edit")


class OfficeViewSet(ModelViewSet):
    """A list and its forms, without copying and without counting usage."""

    index_view_class = OfficeIndexView
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 25


class StraightToTheList(ChooseParentView):
    """Where a language has one list for a kind of page, a new page begins in it; nobody is asked for a parent."""

    def get_valid_parent_pages(self, user: Any) -> Any:
        parents = super().get_valid_parent_pages(user)
        language = self.request.GET.get("locale") or settings.LANGUAGE_CODE
        of_language = parents.filter(locale__language_code=language)
        return of_language if len(of_language[:2]) == 1 else parents
