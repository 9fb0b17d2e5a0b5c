"""Beside e-mail: labels and letters, numbers for an SMS operator, a text to copy for WhatsApp, and what left so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from cms.core import clock, formats, registry
from cms.core.registry import Refused
from cms.mailing import actions, documents, exports, queries
from cms.mailing.mail.layout import language_name
from cms.mailing.models import Diffusion, Mailing
from cms.mailing.queries import beside
from cms.mailing.views.admin import HOME, LIST, forbidden

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 100
CHANNEL = Diffusion.Channel
#: Characters that nobody sees, by the words for them.
UNSEEN = {
    "\u00a0": gettext_lazy("no-break space"),
    "\u202f": gettext_lazy("narrow no-break space"),
    "\u2011": gettext_lazy("no-break hyphen"),
    "\t": gettext_lazy("tabulation"),
    "\u200b": gettext_lazy("invisible space"),
    "\ufeff": gettext_lazy("invisible mark"),
}


def may_print(user: Any) -> bool:
    return bool(user.has_perm("mailing.send_mailing"))


def may_call(user: Any) -> bool:
    """Numbers leave in a file: the right to send, and the right to take contacts away."""
    return may_print(user) and bool(user.has_perm("contacts.export_contact"))


def may_share(user: Any) -> bool:
    return bool(user.has_perm("mailing.change_mailing") or user.has_perm("mailing.send_mailing"))


class _Part(forms.Form):
    """Which part of many people one file is for."""

    part = forms.TypedChoiceField(label=gettext_lazy("Which of them"), coerce=int, required=False)

    def __init__(self, *args: Any, number: int, at_once: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_once = at_once
        if number <= at_once:
            del self.fields["part"]
            return
        self.fields["part"].choices = [  # type: ignore[attr-defined]
            (first // at_once, f"{first + 1} – {min(first + at_once, number)}")
            for first in range(0, number, at_once)
        ]

    def slice(self) -> slice:
        first = int(self.cleaned_data.get("part") or 0) * self.at_once
        return slice(first, first + self.at_once)


class LabelsForm(_Part):
    """A format, and where a used sheet begins."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheets"))
    start = forms.IntegerField(
        label=gettext_lazy("First free label of the sheet"),
        min_value=1,
        initial=1,
        help_text=gettext_lazy("Counted line by line, from the top left. 1: a new sheet."),
    )
    field_order = ["part", "sheet", "start"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(key, one.label) for key, one in documents.SHEETS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        sheet = documents.SHEETS.get(self.cleaned_data.get("sheet", ""))
        if sheet is not None and self.cleaned_data.get("start", 1) > sheet.places:
            self.add_error("start", _("This sheet has %d labels only.") % sheet.places)
        return self.cleaned_data


class LettersForm(_Part):
    """What stands around the words of a letter."""

    place = forms.CharField(label=gettext_lazy("Written at"), max_length=60, initial="Bamako")
    dated = forms.DateField(label=gettext_lazy("Dated"), widget=AdminDateInput)
    function = forms.CharField(
        label=gettext_lazy("Function of the signatory"), max_length=120, required=False
    )
    name = forms.CharField(label=gettext_lazy("Signatory"), max_length=120)
    field_order = ["part", "place", "dated", "function", "name"]


class _OfAMailing(WagtailAdminTemplateMixin, TemplateView):
    """A page of a mailing to people, whatever its state."""

    header_icon = "mail"
    words: Any = ""

    def may(self, user: Any) -> bool:
        return may_print(user)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.may(request.user):
            return forbidden(request)
        self.mailing = get_object_or_404(
            Mailing.objects.select_related("sender", "activity").exclude(kind=Mailing.Kind.OWED),
            pk=kwargs["pk"],
        )
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.words)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        mailing = {"url": reverse("mailing_detail", args=[self.mailing.pk]), "label": self.mailing.title}
        return [HOME, LIST, mailing, {"url": "", "label": str(self.words)}]

    def refused(self, request: HttpRequest, error: Exception, **forms: Any) -> HttpResponse:
        messages.error(request, str(error))
        return self.render_to_response(self.get_context_data(**forms), status=422)


class Paper(_OfAMailing):
    """Labels and letters for those of a mailing who have no e-mail address."""

    template_name = "mailing/admin/paper.html"
    words = gettext_lazy("Labels and letters")

    @cached_property
    def dead_too(self) -> bool:
        return self.request.GET.get("dead") == "1"

    def people(self, channel: str) -> Any:
        fresh = channel if self.request.GET.get("fresh") == "1" else ""
        return beside.on_paper(self.mailing, dead_too=self.dead_too, fresh_for=fresh)

    def form(self, channel: str, data: Any = None) -> Any:
        number = beside.with_postal_address(self.people(channel)).count()
        initial = beside.last_options(channel)
        if channel == CHANNEL.LABELS:
            return LabelsForm(
                data, prefix="labels", initial=initial, number=number, at_once=actions.LABELS_AT_ONCE
            )
        initial |= {"dated": formats.local(clock.now()).date()}
        return LettersForm(
            data, prefix="letters", initial=initial, number=number, at_once=actions.LETTERS_AT_ONCE
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = kwargs.pop("labels", None) or self.form(CHANNEL.LABELS)
        letters = kwargs.pop("letters", None) or self.form(CHANNEL.LETTERS)
        sheet = documents.SHEETS.get(labels["sheet"].value() or "", next(iter(documents.SHEETS.values())))
        found = list(beside.with_postal_address(self.people(CHANNEL.LABELS))[: actions.LABELS_AT_ONCE])
        missing = beside.without_postal_address(beside.on_paper(self.mailing, dead_too=self.dead_too))
        return super().get_context_data(
            mailing=self.mailing,
            labels=labels,
            letters=letters,
            number_of_labels=beside.with_postal_address(self.people(CHANNEL.LABELS)).count(),
            number_of_letters=beside.with_postal_address(self.people(CHANNEL.LETTERS)).count(),
            sample=found[:6],
            too_long=[
                one for one in found if not documents.fits(documents.addressee(one, short=True).lines, sheet)
            ],
            sheet=sheet,
            missing=list(missing[:SHOWN]),
            number_missing=missing.count(),
            may_edit=self.request.user.has_perm("contacts.change_contact"),
            lacking=documents.lacking(),
            dead_too=self.dead_too,
            fresh=self.request.GET.get("fresh") == "1",
            history=beside.diffusions(self.mailing)[:20],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        what, _sep, trial = request.POST.get("do", "").partition("-")
        if what not in (CHANNEL.LABELS, CHANNEL.LETTERS):
            raise Http404
        form = self.form(what, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{what: form}), status=422)
        people = beside.with_postal_address(self.people(what))[form.slice()]
        given = {"people": people, "user": request.user, "now": clock.now(), "trial": bool(trial)}
        data = form.cleaned_data
        try:
            if what == CHANNEL.LABELS:
                content = actions.print_labels(
                    self.mailing, sheet=data["sheet"], start=data["start"], **given
                )
            else:
                signature = actions.Signature(data["place"], data["dated"], data["name"], data["function"])
                content = actions.print_letters(self.mailing, signature=signature, **given)
        except actions.MailingError as error:
            return self.refused(request, error, **{what: form})
        name = _("labels") if what == CHANNEL.LABELS else _("letters")
        return _file(
            HttpResponse(content, content_type="application/pdf"), f"{name}-{self.mailing.title}", "pdf"
        )


def _file(response: Any, name: str, ending: str) -> Any:
    stem = slugify(name)[:60].strip("-")
    response["Content-Disposition"] = f'attachment; filename="{stem}-{clock.now():%Y-%m-%d}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class TextMessagesForm(forms.Form):
    """A text in each language; who reads one that has none gets the first."""

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speaks = get_language() or settings.LANGUAGE_CODE
        for place, code in enumerate(languages):
            self.fields[code] = forms.CharField(
                label=_("Text in %(language)s") % {"language": language_name(code, inside=speaks)},
                required=place == 0,
                max_length=1500,
                strip=True,
                widget=forms.Textarea(attrs={"rows": 4, "data-sms": "", "lang": code}),
            )

    def clean(self) -> dict[str, Any]:
        for code, text in list(self.cleaned_data.items()):
            if text.lstrip().startswith(("=", "+", "-", "@")):
                self.add_error(
                    code,
                    _(
                        "Begin with a letter or a figure: a spreadsheet runs a text that begins with = + - or @."
                    ),
                )
        return self.cleaned_data

    def texts(self) -> dict[str, str]:
        return {code: text for code, text in self.cleaned_data.items() if text}


class TextMessages(_OfAMailing):
    """Numbers with a text, as a file for an SMS operator."""

    template_name = "mailing/admin/text_messages.html"
    words = gettext_lazy("Numbers for an SMS operator")

    def may(self, user: Any) -> bool:
        return may_call(user)

    @cached_property
    def all_numbers(self) -> bool:
        return self.request.GET.get("all") == "1"

    def form(self, data: Any = None) -> TextMessagesForm:
        languages = queries.languages()
        initial = {}
        for code in languages:
            brief = _brief_of(self.mailing, code)
            if brief is not None:
                initial[code] = f"{brief.title}\n{brief.url}".strip()
        return TextMessagesForm(data, languages=languages, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = beside.by_telephone(self.mailing, all_numbers=self.all_numbers)
        form = kwargs.pop("form", None) or self.form()
        languages = list(people.order_by().values_list("language", flat=True))
        first, *others = form.fields
        heads = {code: languages.count(code) for code in others}
        heads[first] = len(languages) - sum(heads.values())
        return super().get_context_data(
            mailing=self.mailing,
            form=form,
            fields=[
                (form[code], heads[code], exports.measure(form[code].value() or "")) for code in form.fields
            ],
            number=len(languages),
            left_out=beside.left_out_of_calls(self.mailing),
            sample=list(people[:6]),
            all_numbers=self.all_numbers,
            basic=exports.GSM_BASIC,
            extended=exports.GSM_EXTENDED,
            unseen=json.dumps({char: str(words) for char, words in UNSEEN.items()}),
            history=beside.diffusions(self.mailing)[:20],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        people = beside.by_telephone(self.mailing, all_numbers=self.all_numbers)
        try:
            lines = actions.hand_over_numbers(
                self.mailing, people=people, texts=form.texts(), user=request.user, now=clock.now()
            )
        except actions.MailingError as error:
            return self.refused(request, error, form=form)
        return _file(
            StreamingHttpResponse(lines, content_type="text/csv"), f"sms-{self.mailing.title}", "csv"
        )


def _brief_of(mailing: Mailing, language: str) -> registry.Brief | None:
    """The mailing's thing in a few lines, where everybody may read it."""
    source = registry.shareables.get(mailing.renderer)
    if source is None or mailing.source_uid is None:
        return None
    try:
        return source.brief(mailing.source_uid, language, clock.now())
    except Refused:
        return None


class Share(WagtailAdminTemplateMixin, TemplateView):
    """A thing's words for WhatsApp: changed at will, copied, and kept in the follow-up."""

    template_name = "mailing/admin/share.html"
    header_icon = "clipboard-list"
    page_title = gettext_lazy("Copy for WhatsApp")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_share(request.user):
            return forbidden(request)
        found = registry.shareables.get(kwargs["source"])
        if found is None:
            raise Http404
        self.source = found
        self.language = request.GET.get("language", "")
        if self.language not in queries.languages():
            self.language = queries.languages()[0]
        self.brief, self.sentence = None, ""
        try:
            self.brief = found.brief(kwargs["uid"], self.language, clock.now())
        except Refused as refused:
            self.sentence = str(refused)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        title = self.brief.title if self.brief is not None else str(self.source.title)
        return [HOME, LIST, {"url": "", "label": title}, {"url": "", "label": _("Copy for WhatsApp")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = kwargs.pop("text", None)
        if text is None:
            text = exports.for_whatsapp(self.brief) if self.brief is not None else ""
        return super().get_context_data(
            brief=self.brief,
            sentence=self.sentence,
            text=text,
            length=len(text),
            most=exports.WHATSAPP_MOST,
            language=self.language,
            languages=[(code, name) for code, name in settings.LANGUAGES if code in queries.languages()],
            history=beside.diffusions(source_uid=self.kwargs["uid"]).filter(channel=CHANNEL.WHATSAPP)[:20],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.brief is None:
            messages.error(request, self.sentence)
            return self.render_to_response(self.get_context_data(), status=422)
        text = request.POST.get("text", "")
        try:
            actions.note_copied(
                source=self.source.key,
                source_uid=kwargs["uid"],
                brief=self.brief,
                text=text,
                user=request.user,
                now=clock.now(),
            )
        except actions.MailingError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data(text=text), status=422)
        messages.success(request, _("Kept in the follow-up. Paste the text into WhatsApp."))
        return redirect(request.get_full_path())
