"""Composing a mailing: whom it goes to, when, how many that is, and the second word before it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateTimeInput

from cms.contacts import queries as contacts
from cms.contacts.models import Audience
from cms.core import clock, formats, registry
from cms.mailing import actions, queries
from cms.mailing.models import Mailing, Sender
from cms.mailing.models.senders import one_line
from cms.mailing.tasks import ring_on_commit
from cms.mailing.views.admin import HOME, LIST, forbidden, may_look
from cms.mailing.views.findings import embargo_of, facts
from cms.plan.models import Activity

if TYPE_CHECKING:
    from django.http import HttpRequest

OPEN = (Mailing.State.DRAFT, Mailing.State.SCHEDULED)
NOW, AT = "now", "at"


class ComposeForm(forms.Form):
    """What an officer decides about a mailing that has not left."""

    title = forms.CharField(
        label=gettext_lazy("Title, for this list only"), max_length=255, validators=[one_line]
    )
    audiences = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Audiences"),
        queryset=Audience.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Somebody who is in several of them gets one mail."),
    )
    left_out = forms.ModelMultipleChoiceField(
        label=gettext_lazy("But nobody in"),
        queryset=Audience.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Whoever is in one of these gets no mail, in whatever other audience they are."
        ),
    )
    sender = forms.ModelChoiceField(
        label=gettext_lazy("Sender"), queryset=Sender.objects.none(), empty_label=None
    )
    activity = forms.ModelChoiceField(
        label=gettext_lazy("Activity of the plan"), queryset=Activity.objects.none(), required=False
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When it leaves"), widget=forms.RadioSelect, required=False, choices=[]
    )
    send_at = forms.DateTimeField(
        label=gettext_lazy("Hour"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("The hour of Bamako (GMT)."),
    )
    counts_clicks = forms.BooleanField(
        label=gettext_lazy("Count how often its links are opened"),
        required=False,
        help_text=Mailing._meta.get_field("counts_clicks").help_text,
    )
    at_any_hour = forms.BooleanField(
        label=gettext_lazy("Also in the sender's quiet hours"),
        required=False,
        help_text=gettext_lazy("For what cannot wait until the morning."),
    )

    def __init__(self, *args: Any, embargo: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audiences"].queryset = contacts.audiences().order_by("name")  # type: ignore[attr-defined]
        self.fields["left_out"].queryset = contacts.audiences().order_by("name")  # type: ignore[attr-defined]
        self.fields["sender"].queryset = Sender.objects.order_by("-is_default", "name")  # type: ignore[attr-defined]
        if not Sender.objects.exclude(quiet_from=None).exists():
            del self.fields["at_any_hour"]
        self.fields["activity"].queryset = Activity.objects.order_by("number")  # type: ignore[attr-defined]
        self.fields["when"].choices = hours(embargo)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An hour and the choice beside it say the same thing, so that nothing leaves at once by oversight."""
        values: dict[str, Any] = super().clean() or {}
        when, at = values.pop("when", ""), values.get("send_at")
        if when == AT and at is None and "send_at" not in self.errors:
            self.add_error("send_at", _("Choose the hour."))
        elif when not in ("", AT) and at is not None:
            self.add_error("when", _("An hour is written below: choose “At an hour”, or take the hour out."))
        elif at is not None and at <= clock.now():
            self.add_error("send_at", _("Choose an hour that lies ahead."))
        return values


def hours(embargo: datetime | None) -> list[tuple[str, str]]:
    """The choices of when: what is under embargo waits for it, whatever is chosen."""
    if embargo is None:
        return [(NOW, _("As soon as it is confirmed")), (AT, _("At an hour"))]
    lifts = _("When the embargo lifts, on %s") % formats.long_date(embargo)
    return [(NOW, lifts), (AT, _("At an hour (if the embargo has lifted by then, else when it lifts)"))]


class _OfAMailing(WagtailAdminTemplateMixin, TemplateView):
    """A page about a mailing that has not left."""

    header_icon = "mail"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request.user):
            return forbidden(request)
        self.mailing = get_object_or_404(Mailing.objects.select_related("sender"), pk=kwargs["pk"])
        if self.mailing.state not in OPEN:
            return redirect("mailing_detail", self.mailing.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.mailing.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, LIST, {"url": "", "label": self.mailing.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **facts(self.mailing, user=self.request.user, now=clock.now()), **kwargs
        )


def _waits(mailing: Mailing) -> bool:
    """Whether only an embargo keeps it: the hour that an officer asked for, if any, has come."""
    return mailing.hold_until is not None and mailing.send_at is not None and mailing.send_at <= clock.now()


class Compose(_OfAMailing):
    """Audiences, sender, hour; saving counts anew."""

    template_name = "mailing/admin/compose.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=kwargs.pop("form", None) or self.form(), **kwargs)

    def form(self, data: Any = None) -> ComposeForm:
        at = None if _waits(self.mailing) else self.mailing.send_at
        form = ComposeForm(
            data,
            embargo=embargo_of(self.mailing, now=clock.now()),
            initial={
                "title": self.mailing.title,
                "audiences": list(self.mailing.audiences.values_list("pk", flat=True)),
                "left_out": list(self.mailing.left_out.values_list("pk", flat=True)),
                "sender": self.mailing.sender_id,
                "activity": self.mailing.activity_id,
                "at_any_hour": self.mailing.at_any_hour,
                # Who waits for an embargo alone goes when it lifts: there is no hour left to choose.
                "when": NOW if at is None else AT,
                "send_at": at,
                "counts_clicks": self.mailing.counts_clicks,
            },
        )
        renderer = registry.mailing_renderers.get(self.mailing.renderer)
        if renderer is not None and renderer.audience is not None:
            del form.fields["audiences"], form.fields["left_out"]  # what it announces decides whom it goes to
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("mailing.change_mailing"):
            return forbidden(request)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            actions.edit(self.mailing, changes=form.cleaned_data, user=request.user, now=clock.now())
        except actions.MailingError as error:
            messages.error(request, str(error))
            return redirect("mailing_detail", self.mailing.pk)
        if "confirm" in request.POST:
            return redirect("mailing_confirm", self.mailing.pk)
        messages.success(request, _("Saved. Nothing has been sent."))
        return redirect("mailing_compose", self.mailing.pk)


class Confirm(_OfAMailing):
    """The second word: who, how many, from whom, when; then it leaves."""

    template_name = "mailing/admin/confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("mailing.send_mailing"):
            return forbidden(request)
        number, now = queries.reach(self.mailing).by_email, clock.now()
        if request.POST.get("expected") != str(number):
            messages.warning(
                request, _("The audience has changed in the meantime: please read the number again.")
            )
            return redirect("mailing_confirm", self.mailing.pk)
        try:
            if actions.needs_approval(number) and not actions.is_approved(self.mailing, now=now):
                return self.ask(request, now)
            if self.mailing.send_at is not None and not _waits(self.mailing):
                row = actions.schedule(self.mailing, send_at=self.mailing.send_at, user=request.user, now=now)
            else:
                row = actions.launch(self.mailing, user=request.user, now=now)
        except actions.MailingError as error:
            messages.error(request, str(error))
            return redirect("mailing_compose", self.mailing.pk)
        if row.state == Mailing.State.SCHEDULED:
            said = _("Scheduled. You can still change it until it leaves.")
            messages.success(request, f"{row.reason} {said}".strip())
            return redirect("mailing_compose", self.mailing.pk)
        ring_on_commit(self.mailing.pk)
        messages.success(
            request, _("It is leaving. You can close this page: the sending goes on without it.")
        )
        return redirect("mailing_detail", self.mailing.pk)

    def ask(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Above the rule's number the word of whoever sends is a request to a second person."""
        note = request.POST.get("note", "")
        asked = actions.ask_approval(self.mailing, user=request.user, now=now, note=note)
        if request.user.has_perm("mailing.approve_mailing"):
            messages.info(
                request, _("You asked for it; if nobody else can approve it, give the reason here.")
            )
            return redirect("mailing_decide", asked.pk)
        messages.success(
            request, _("Approval is asked for. It leaves as you chose once somebody has given it.")
        )
        return redirect("mailing_compose", self.mailing.pk)
