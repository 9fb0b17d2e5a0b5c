"""A mailing as one person would get it: on a screen, on a telephone, as text, and in a real mailbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.contacts import queries as contacts
from cms.core import clock
from cms.core.registry import Refused
from cms.mailing import actions, queries
from cms.mailing.actions.compose import EDITABLE
from cms.mailing.mail.rehearsal import Rehearsal, language_name, rehearse
from cms.mailing.models import Mailing, Trial
from cms.mailing.views.admin import HOME, LIST, forbidden, framed, marked, may_look

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.contacts.models import Contact

MATCHES = 8
#: What a mail is looked at on: a telephone, and the column of a mail program.
WIDTHS = {"360": gettext_lazy("Telephone"), "640": gettext_lazy("Computer")}
_KEY = re.compile(r"[0-9]{1,18}")


def languages_of(mail: Rehearsal | None, contact: Contact | None) -> dict[str, str]:
    """In which language the words are, and the contact's own where it is another."""
    if mail is None:
        return {}
    other = contact is not None and contact.language != mail.written_in
    return {
        "written": language_name(mail.written_in),
        "theirs": language_name(contact.language) if contact is not None and other else "",
    }


class TrialForm(forms.Form):
    """Where a test goes."""

    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2, "autocomplete": "email"}),
        help_text=gettext_lazy("Five at most, with a comma or a line between them."),
    )

    def clean_addresses(self) -> list[str]:
        return [one for one in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if one]


def readable(mailing: Mailing, user: Any) -> Any:
    """The contacts as whom this user may read a mailing: all where they may see contacts, else its recipients."""
    if user.has_perm("contacts.view_contact"):
        return contacts.contacts()
    return queries.everybody(mailing)


def contact_of(request: HttpRequest, mailing: Mailing, key: str | None) -> Contact | None:
    """The contact a request names, where its user may read as them; without one, none."""
    if not key or not _KEY.fullmatch(key):
        return None
    found: Contact | None = (
        readable(mailing, request.user).select_related("organisation").filter(pk=int(key)).first()
    )
    return found


class Preview(WagtailAdminTemplateMixin, TemplateView):
    """What one person would get, and tests to a few addresses."""

    template_name = "mailing/admin/preview.html"
    header_icon = "view"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request.user):
            return forbidden(request)
        self.mailing = get_object_or_404(
            Mailing.objects.select_related("sender").exclude(kind=Mailing.Kind.OWED), pk=kwargs["pk"]
        )
        if self.mailing.state not in EDITABLE:
            return redirect("mailing_detail", self.mailing.pk)  # what people received is there, frozen
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("What they will read")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        back = {"url": reverse("mailing_detail", args=[self.mailing.pk]), "label": self.mailing.title}
        return [HOME, LIST, back, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        contact = contact_of(self.request, self.mailing, asked.get("contact"))
        wanted = " ".join(asked.get("q", "")[:100].replace("\0", "").split())
        recipients = queries.reached(self.mailing)
        if contact is None and not wanted:
            contact = recipients.select_related("organisation").first()
        shown, refused = self.rehearsal(contact)
        return super().get_context_data(
            mailing=self.mailing,
            contact=contact,
            wanted=wanted,
            matches=self.matches(wanted) if wanted else [],
            samples=self.samples(recipients),
            mail=shown,
            refused=refused,
            **languages_of(shown, contact),
            files=[(name, len(content)) for name, _kind, content in shown.parts.attachments] if shown else [],
            in_audience=contact is not None and recipients.filter(pk=contact.pk).exists(),
            width=asked.get("width") if asked.get("width") in WIDTHS else "360",
            widths=WIDTHS.items(),
            form=kwargs.pop("form", None)
            or TrialForm(initial={"addresses": getattr(self.request.user, "email", None) or ""}),
            may_send=self.request.user.has_perm("mailing.send_mailing"),
            trials=list(queries.trials(self.mailing, user=self.request.user)[:MATCHES]),
            **kwargs,
        )

    def rehearsal(self, contact: Contact | None) -> tuple[Rehearsal | None, str]:
        """The mail as this contact gets it, or the sentence why there is none."""
        sender = self.mailing.sender or queries.default_sender()
        if sender is None:
            return None, _("No sender is chosen.")
        try:
            return rehearse(self.mailing, contact=contact, sender=sender, now=clock.now()), ""
        except Refused as refused:
            return None, str(refused)

    def own_address(self) -> str:
        return getattr(self.request.user, "email", None) or ""

    def matches(self, wanted: str) -> list[Any]:
        found = contacts.search_contacts(readable(self.mailing, self.request.user), wanted)
        return list(found.select_related("organisation").order_by("family_name", "name", "pk")[:MATCHES])

    def samples(self, recipients: Any) -> list[Any]:
        """One recipient of each language, to look at what differs."""
        rows = recipients.order_by("language", "pk").distinct("language").values_list("pk", flat=True)
        return list(contacts.contacts().filter(pk__in=list(rows)).order_by("-language")[:MATCHES])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("mailing.send_mailing"):
            return forbidden(request)
        form = TrialForm(request.POST)
        contact = contact_of(request, self.mailing, request.POST.get("contact"))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            rows = actions.try_out(
                self.mailing,
                addresses=form.cleaned_data["addresses"],
                contact=contact,
                user=request.user,
                now=clock.now(),
            )
        except actions.MailingError as error:
            form.add_error("addresses", str(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        say(request, rows)
        query = f"?{urlencode({'contact': contact.pk})}" if contact is not None else ""
        return redirect(reverse("mailing_rehearsal", args=[self.mailing.pk]) + query)


def say(request: HttpRequest, rows: list[Trial]) -> None:
    """What came of a test, in one sentence a kind."""
    taken = [row.address for row in rows if row.outcome == Trial.Outcome.TAKEN]
    if taken:
        words = ngettext("The test has left for %s.", "The tests have left for %s.", len(taken))
        messages.success(request, words % ", ".join(taken))
    for row in rows:
        if row.outcome == Trial.Outcome.REFUSED:
            messages.error(
                request,
                _("%(address)s: the mail server refused (%(said)s).")
                % {"address": row.address, "said": row.said},
            )
        elif row.outcome == Trial.Outcome.BEGUN:
            messages.warning(request, _("%s: the test was not tried any more.") % row.address)
        elif row.outcome == Trial.Outcome.DOUBT:
            messages.warning(request, _("%s: nobody knows whether the test arrived.") % row.address)


def letter(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The HTML of a mailing when it leaves: as the contact of ``?contact=`` gets it, else its places marked."""
    if not may_look(request.user):
        return forbidden(request)
    mailing = get_object_or_404(
        Mailing.objects.select_related("sender").exclude(kind=Mailing.Kind.OWED), pk=pk
    )
    sender = mailing.sender or queries.default_sender()
    if sender is None or language not in queries.languages():
        return framed("")
    contact = contact_of(request, mailing, request.GET.get("contact"))
    try:
        mail = rehearse(mailing, contact=contact, sender=sender, now=clock.now(), language=language)
    except Refused as refused:
        return framed(f"<p>{refused}</p>")
    return framed(mail.html if contact is not None else marked(mail.parts.html))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """Where the personal links of a test lead: a page that says so. POST, as of a way out, does nothing either."""
    response = render(request, "mailing/trial.html", {"noindex": True})
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
