"""What the mailing shows on a contact's card: all that was ever sent to them, by whichever way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils.translation import ngettext

from cms.mailing.models import Delivery, Diffusion
from cms.mailing.queries import figures
from cms.mailing.views.admin import may_look
from cms.mailing.views.figures import number

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from cms.contacts.models import Contact

PER_PAGE = 20
OTHER_WAYS = 20


def sent_to(request: HttpRequest, contact: Contact) -> dict[str, Any] | None:
    """Every mail by card or address, the newest first, and what left beside; for who may look at mailings."""
    if not may_look(request.user):
        return None
    mails = figures.sent_to(contact.pk, contact.emails.values_list("address", flat=True))
    beside = Diffusion.objects.filter(contacts=contact).select_related("mailing").order_by("-at", "-pk")
    return {
        "rows": Paginator(mails, PER_PAGE).get_page(request.GET.get("sent")),
        "summary": _summary(mails),
        "beside": list(beside[:OTHER_WAYS]),
    }


def _summary(mails: QuerySet[Delivery]) -> str:
    """How many, and what became of them."""
    found = mails.order_by().aggregate(
        total=Count("pk"),
        taken=Count("pk", filter=Q(state=Delivery.State.SENT)),
        refused=Count("pk", filter=Q(state__in=[Delivery.State.FAILED, Delivery.State.BOUNCED])),
    )
    said = [ngettext("%s mail", "%s mails", found["total"]) % number(found["total"])]
    if found["taken"]:
        said.append(ngettext("%s taken", "%s taken", found["taken"]) % number(found["taken"]))
    if found["refused"]:
        refused = ngettext("%s refused or come back", "%s refused or come back", found["refused"])
        said.append(refused % number(found["refused"]))
    return ", ".join(said) + "."
