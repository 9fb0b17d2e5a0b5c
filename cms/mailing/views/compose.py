"""Composing a mailing: whom it goes to, when, how many that is, and the second word before it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateTimeInput

from cms.contacts import queries as contacts
from cms.contacts.models import Audience
from cms.core import clock
from cms.core.registry import Refused
from cms.mailing import actions, queries
from cms.mailing.mail.letters import refusal, write
from cms.mailing.models import Mailing, Sender
from cms.mailing.models.senders import one_line
from cms.mailing.tasks import ring_on_commit
from cms.mailing.views.admin import HOME, LIST, forbidden, framed, marked, may_look
from cms.plan.models import Activity

if TYPE_CHECKING:
    from django.http import HttpRequest

OPEN = (Mailing.State.DRAFT, Mailing.State.SCHEDULED)


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
    sender = forms.ModelChoiceField(
        label=gettext_lazy("Sender"), queryset=Sender.objects.none(), empty_label=None
    )
    activity = forms.ModelChoiceField(
        label=gettext_lazy("Activity of the plan"), queryset=Activity.objects.none(), required=False
    )
    send_at = forms.DateTimeField(
        label=gettext_lazy("Send at"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Leave it empty to send as soon as you confirm."),
    )
    counts_clicks = forms.BooleanField(
        label=gettext_lazy("Count how often its links are opened"),
        required=False,
        help_text=Mailing._meta.get_field("counts_clicks").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audiences"].queryset = contacts.audiences().order_by("name")  # type: ignore[attr-defined]
        self.fields["sender"].queryset = Sender.objects.order_by("-is_default", "name")  # type: ignore[attr-defined]
        self.fields["activity"].queryset = Activity.objects.order_by("number")  # type: ignore[attr-defined]

    def clean_send_at(self) -> datetime | None:
        at = self.cleaned_data["send_at"]
        if at is not None and at <= clock.now():
            raise forms.ValidationError(_("Choose an hour that lies ahead."))
        return at


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
        reach = queries.reach(self.mailing)
        now, at = clock.now(), self.mailing.send_at
        refused = refusal(self.mailing, now=max(at, now) if at is not None else now)
        return super().get_context_data(
            mailing=self.mailing,
            refused=refused,
            waits=refused is not None and refused.until is not None,
            reach=reach,
            send_label=send_label(reach.by_email),
            may_send=self.request.user.has_perm("mailing.send_mailing"),
            may_change=self.request.user.has_perm("mailing.change_mailing"),
            languages=[(code, name) for code, name in settings.LANGUAGES if code in queries.languages()],
            **kwargs,
        )


def send_label(number: int) -> str:
    """The button that says how many it concerns."""
    return ngettext("Send to %d contact", "Send to %d contacts", number) % number


def _waits(mailing: Mailing) -> bool:
    """Whether only an embargo keeps it: the hour that an officer asked for, if any, has come."""
    return mailing.hold_until is not None and mailing.send_at is not None and mailing.send_at <= clock.now()


class Compose(_OfAMailing):
    """Audiences, sender, hour; saving counts anew."""

    template_name = "mailing/admin/compose.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=kwargs.pop("form", None) or self.form(), **kwargs)

    def form(self, data: Any = None) -> ComposeForm:
        return ComposeForm(
            data,
            initial={
                "title": self.mailing.title,
                "audiences": list(self.mailing.audiences.values_list("pk", flat=True)),
                "sender": self.mailing.sender_id,
                "activity": self.mailing.activity_id,
                # Who waits for an embargo alone goes when it lifts: there is no hour left to choose.
                "send_at": None if _waits(self.mailing) else self.mailing.send_at,
                "counts_clicks": self.mailing.counts_clicks,
            },
        )

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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = queries.recipients(self.mailing).filter(is_suppressed=False)
        return super().get_context_data(
            sample=list(people.select_related("organisation")[:8]),
            audiences=list(self.mailing.audiences.all()),
            **kwargs,
        )

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


def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """What a mailing would say when it leaves, in one language, placeholders marked."""
    if not may_look(request.user):
        return forbidden(request)
    mailing = get_object_or_404(Mailing.objects.select_related("sender"), pk=pk)
    sender = mailing.sender or queries.default_sender()
    if sender is None or language not in queries.languages():
        return framed("")
    now = max(clock.now(), mailing.send_at or clock.now())
    if (refused := refusal(mailing, now=now)) is not None and refused.until is not None:
        now = refused.until
    try:
        return framed(marked(write(mailing, language=language, sender=sender, now=now).html))
    except Refused as refused:
        return framed(f"<p>{refused}</p>")
