"""One recipient's mail in the administration: its life, and its words.

The links of a mail are each for their holder (a registration, the way out of a list). Who only looks at mailings
reads the mail with its addresses blanked; with them it is for who may send.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core import clock, registry
from cms.core.exports import stream_csv, write_xlsx
from cms.core.registry import Refused
from cms.core.viewsets import XLSX
from cms.mailing import queries
from cms.mailing.mail.letters import in_browser, message_of, parts_of, personal, renderer_of, write_owed
from cms.mailing.models import Delivery, Letter, Mailing
from cms.mailing.queries import figures
from cms.mailing.queries.timelines import timeline
from cms.mailing.views.admin import HOME, LIST, forbidden, framed, may_look

if TYPE_CHECKING:
    from django.http import HttpRequest


def may_have_links(user: Any, delivery: Delivery) -> bool:
    """May this person read another's personal links, as the mail carries them? Of a secret mail, nobody may."""
    renderer = registry.mailing_renderers.get(delivery.mailing.renderer)
    return bool(user.has_perm("mailing.send_mailing")) and not (renderer and renderer.secret)


class DeliveryDetail(WagtailAdminTemplateMixin, TemplateView):
    """One mail to one person: its life, and the mail itself."""

    template_name = "mailing/admin/delivery.html"
    header_icon = "mail"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request.user):
            return forbidden(request)
        self.delivery = get_object_or_404(
            Delivery.objects.select_related("mailing__sender", "contact").prefetch_related("events__user"),
            pk=kwargs["pk"],
        )
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.delivery.values.get("name") or self.delivery.address

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        mailing = self.delivery.mailing
        return [
            HOME,
            LIST,
            {"url": reverse("mailing_detail", args=[mailing.pk]), "label": mailing.title},
            {"url": "", "label": self.delivery.address},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            delivery=self.delivery,
            steps=timeline(self.delivery),
            may_see_contact=self.request.user.has_perm("contacts.view_contact"),
            may_download=may_have_links(self.request.user, self.delivery),
            **kwargs,
        )


def delivery_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML that this person was sent; its addresses blanked for who may not have them."""
    if not may_look(request.user):
        return forbidden(request)
    row = get_object_or_404(Delivery.objects.select_related("mailing__sender"), pk=pk)
    sender = row.mailing.sender or queries.default_sender()
    if sender is None:
        raise Http404
    try:
        links = may_have_links(request.user, row)
        return framed(in_browser(row, sender=sender, now=row.dated_at or clock.now(), links=links))
    except (Refused, Letter.DoesNotExist) as error:
        return framed(f"<p>{error}</p>" if isinstance(error, Refused) else "")


def delivery_eml(request: HttpRequest, pk: int) -> HttpResponse:
    """The very bytes of a mail, as a file that any mail program opens; with its links, so for who may send."""
    if not may_look(request.user):
        return forbidden(request)
    row = get_object_or_404(Delivery.objects.select_related("mailing__sender"), pk=pk)
    if not may_have_links(request.user, row):
        return forbidden(request)
    sender = row.mailing.sender or queries.default_sender()
    if sender is None or row.dated_at is None:
        raise Http404
    renderer = renderer_of(row.mailing)
    if renderer.owed:
        parts = write_owed(row, sender=sender, now=row.dated_at)
    else:
        parts = parts_of(
            get_object_or_404(row.mailing.letters, language=row.language, version=row.template_version)
        )
    message = message_of(parts, mailing=row.mailing, sender=sender, renderer=renderer, language=row.language)
    response = HttpResponse(message.render(personal(row)), content_type="message/rfc822")
    name = re.sub(r"[^a-z0-9.@-]", "_", row.address)
    response["Content-Disposition"] = f'attachment; filename="{name}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


EXPORTS: tuple[tuple[Any, Callable[[Delivery], Any]], ...] = (
    (gettext_lazy("Name"), lambda row: row.values.get("name", "")),
    (gettext_lazy("Organisation"), lambda row: row.values.get("organisation", "")),
    (gettext_lazy("Address"), lambda row: row.address),
    (gettext_lazy("Language"), lambda row: row.language),
    (gettext_lazy("State"), lambda row: str(row.get_state_display())),
    (gettext_lazy("State, as a code"), lambda row: row.state),
    (gettext_lazy("Reason"), lambda row: str(row.get_reason_display()) if row.reason else ""),
    (gettext_lazy("Sent at"), lambda row: row.sent_at),
    (gettext_lazy("Answer of the server"), lambda row: row.smtp_text),
)


def recipients_file(request: HttpRequest, pk: int, form: str) -> Any:
    """The recipients as the page narrows them, as a table: addresses leave the house, so for who exports contacts."""
    if not (may_look(request.user) and request.user.has_perm("contacts.export_contact")):
        return forbidden(request)
    mailing = get_object_or_404(Mailing, pk=pk)
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "reason", "q")}
    rows = figures.narrowed(
        mailing.deliveries.order_by("pk"), states=[asked["state"]], reasons=[asked["reason"]], text=asked["q"]
    )
    headings = [str(heading) for heading, _source in EXPORTS]
    table = ([source(row) for _heading, source in EXPORTS] for row in rows.iterator(chunk_size=1000))
    response: Any
    if form == "csv":
        response = StreamingHttpResponse(stream_csv(headings, table), content_type="text/csv")
    elif form == "xlsx":
        response = HttpResponse(write_xlsx(headings, table), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{_("recipients")}-{mailing.pk}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
