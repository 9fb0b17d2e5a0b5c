"""The public registration: form, summary, what happens next. No account, no script, nothing cached."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.client import client_network
from cms.core.evenly import evenly
from cms.core.registry import accepts
from events import actions, queries, tasks
from events.forms import Asked, QuestionsForm, RegistrationForm
from events.models import Category, EventPage, Occurrence, Question
from events.policies import Desk
from events.views import asking
from events.views.agenda import desk_words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context

OPEN = (Desk.OPEN, Desk.WAITING_LIST)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@dataclass
class Visit:
    """Somebody at the form of an event: its dates and categories as they stand."""

    request: HttpRequest
    page: EventPage
    ctx: Context
    rows: list[Any] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.look()

    def look(self) -> None:
        """Read the dates (again), with where registration for each stands."""
        self.rows = list(queries.public_dates(self.page.event, now=self.ctx.now))
        for row in self.rows:
            row.desk, row.desk_class = desk_words(row, self.ctx.now)

    @property
    def open_rows(self) -> list[Any]:
        return [row for row in self.rows if row.desk in OPEN]

    @cached_property
    def has_categories(self) -> bool:
        return queries.categories_of(self.page.event).exists()

    @cached_property
    def categories(self) -> list[Category]:
        """Those in which anybody may ask for a place; of an event with one date, with what is taken of each."""
        found = queries.public_categories(self.page.event)
        taken = queries.taken_by_category(self.rows[0], now=self.ctx.now) if len(self.rows) == 1 else {}
        for one in found:
            one.is_full = one.quota is not None and taken.get(one.pk, 0) >= one.quota
        return found

    @cached_property
    def questions(self) -> list[Question]:
        return list(queries.questions_of(self.page.event).filter(is_asked=True))

    def questions_for(self, data: Any) -> list[Question]:
        """The questions asked of who typed `data`; without it, those asked of everybody."""
        chosen = data.get("category") if data else None
        known = [one for one in self.categories if one.uid.hex == chosen or len(self.categories) == 1]
        return queries.applicable(
            self.questions,
            category_id=known[0].pk if known else None,
            chosen=lambda question: set(data.getlist(question.field_name)) if data else set(),
        )

    def fields_of(self, questions: list[Question]) -> list[Asked]:
        has_limits = any(one.places for question in questions for one in question.choices.all())
        alone = has_limits and len(self.rows) == 1
        return asking.asked_of(
            questions,
            language=self.ctx.language,
            taken=queries.taken_by_choice(self.rows[0], now=self.ctx.now) if alone else {},
            full=_("full, waiting list") if self.page.event.has_waiting_list else "",
        )

    def form(self, rows: list[Any], data: Any = None, **initial: Any) -> RegistrationForm:
        """The form for these dates, with the questions that follow from what is in it."""
        self.asked = self.questions_for(data)
        questions = self.fields_of(asking.split(self.asked)[0])
        dates = [(row.uid.hex, self._label(row)) for row in rows]
        categories = None
        if self.has_categories:
            categories = [(one.uid.hex, self._category_label(one)) for one in self.categories]
        return RegistrationForm(
            data, dates=dates, categories=categories, questions=questions, initial=initial
        )

    def unseen(self) -> list[str]:
        """The fields that follow from what was just typed, and that were not in the form it was typed in."""
        seen = set(self.request.POST.get("asked", "").split())
        return [one.field_name for one in asking.split(self.asked)[0] if one.field_name not in seen]

    def files_form(self, *, sent: bool) -> QuestionsForm | None:
        """The last step's fields for files; None where none is asked."""
        files = asking.split(self.asked)[1]
        if not files:
            return None
        given = (self.request.POST, self.request.FILES) if sent else ()
        return QuestionsForm(
            *given, asked=self.fields_of(files), kinds=actions.FILE_KINDS, limit=actions.FILE_BYTES
        )

    def answers(self, form: RegistrationForm, files: QuestionsForm | None = None) -> list[actions.Said]:
        typed = {**form.cleaned_data, **(files.cleaned_data if files else {})}
        questions = self.asked if files else asking.split(self.asked)[0]
        return asking.said_of(questions, typed, language=self.ctx.language)

    def _label(self, row: Any) -> str:
        words: str = row.when(self.ctx.language)
        return f"{words} – {_('waiting list')}" if row.desk == Desk.WAITING_LIST else words

    def _category_label(self, category: Category) -> str:
        words = [category.title(self.ctx.language)]
        if category.amount_xof:
            words.append(formats.fcfa(category.amount_xof, self.ctx.language))
        if category.needs_approval:
            words.append(_("on approval"))
        if category.is_full:
            words.append(_("waiting list") if self.page.event.has_waiting_list else _("full"))
        return " – ".join(words)

    def date_of(self, form: RegistrationForm) -> Any:
        return next(row for row in self.rows if row.uid.hex == form.cleaned_data["occurrence"])

    def category_of(self, form: RegistrationForm) -> Category | None:
        chosen = form.cleaned_data.get("category")
        return next((one for one in self.categories if one.uid.hex == chosen), None) if chosen else None

    # Answers ---------------------------------------------------------------------------------------------------
    def answer(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        common = {"page": self.page, "ctx": self.ctx, "noindex": True, "event": self.page.event}
        return _private(
            TemplateResponse(self.request, f"events/{template}.html", {**common, **context}, status=status)
        )

    def closed(self, status: int = 200) -> HttpResponse:
        return self.answer("registration_closed", status, row=self.rows[0] if self.rows else None)

    def asks(self, form: RegistrationForm, status: int = 200, *, more: bool = False) -> HttpResponse:
        """The form, offering the dates that are open; `more`: with questions that follow from the answers."""
        only = self.open_rows
        if only:
            form.offer([(row.uid.hex, self._label(row)) for row in only])
        row = only[0] if len(only) == 1 else None
        return self.answer("registration_form", status, form=form, row=row, asked=self._names(), more=more)

    def _names(self) -> str:
        return " ".join(one.field_name for one in self.asked)

    def sums_up(self, form: RegistrationForm, files: QuestionsForm | None) -> HttpResponse:
        category = self.category_of(form)
        return self.answer(
            "registration_summary",
            422 if files is not None and files.errors else 200,
            form=form,
            files=files,
            asked=self._names(),
            answers=asking.in_words(self.answers(form), language=self.ctx.language),
            said=form.cleaned_data,
            row=self.date_of(form),
            category=category,
            category_title=category.title(self.ctx.language) if category else "",
        )

    def refused(self, *, full: bool) -> HttpResponse:
        """409: the date chosen is taken or closed by now. The dates still open are offered, with what was typed."""
        self.look()
        offered = self.open_rows
        if not offered:
            return self.closed(409)
        data = self.request.POST.copy()
        data["occurrence"] = offered[0].uid.hex if len(offered) == 1 else ""
        form = self.form(offered, data)
        if full:
            words = _("The last seat has just been taken, and there is no waiting list for this date.")
        else:
            words = _("Registration for this date has just closed.")
        form.add_error(None, words)
        return self.asks(form, 409)

    def thanks(self, *, by_phone: bool) -> HttpResponse:
        """See other (RFC 9110, 15.4.4): reloading the answer sends nothing again."""
        return _private(
            HttpResponseRedirect(f"{self.request.path}?sent={'phone' if by_phone else 'mail'}", status=303)
        )


@accepts("GET", "HEAD", "POST")
@evenly
def register(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """GET: the form. POST `step=check`: a summary; POST `step=send`: registered, then what happens next.

    Known and unknown addresses get the same answer. A robot that fills in the trap gets it too.
    """
    visit = Visit(request, page, ctx)
    if "sent" in request.GET and request.method != "POST":
        return visit.answer("registered", by_phone=request.GET["sent"] == "phone")
    sends = request.method == "POST" and request.POST.get("step") == "send"
    # What is sent is judged by the action, under the lock: a second click on « send » finds its first one there,
    # even where that one took the last seat.
    offered = visit.rows if sends else visit.open_rows
    if not offered or (visit.has_categories and not visit.categories):
        return visit.closed()
    if request.method != "POST":
        return visit.asks(visit.form(offered, occurrence=request.GET.get("date", "")))
    form = visit.form(offered, request.POST)
    if form.is_trapped:
        return visit.thanks(by_phone=False)
    if request.POST.get("step") == "edit":
        return visit.asks(form, 200 if form.is_valid() else 422)
    if unseen := visit.unseen():
        form.forgive(unseen)
        return visit.asks(form, 422 if form.errors else 200, more=True)
    if not form.is_valid():
        return visit.asks(form, 422)
    files = visit.files_form(sent=sends)
    if not sends or (files is not None and not files.is_valid()):
        return visit.sums_up(form, files)
    return _send(visit, form, files)


def _send(visit: Visit, form: RegistrationForm, files: QuestionsForm | None) -> HttpResponse:
    said, now = form.cleaned_data, visit.ctx.now
    occurrence: Occurrence = visit.date_of(form)
    person = said["email"] or said["phone"]
    before = list(queries.made_by_form(said["key"], date=occurrence, reach=person))
    if not before and occurrence.desk not in OPEN:
        return visit.refused(full=occurrence.desk == Desk.FULL)
    try:
        network = client_network(visit.request)
        actions.note_try(kind="network", value=network, limit=actions.PER_NETWORK, now=now)
    except actions.TooManyTries:
        if any(one.occurrence_id == occurrence.pk and one.reach == person for one in before):
            return visit.thanks(by_phone=not said["email"])
        form.add_error(
            None, _("Too many registrations came from your network. Try again in an hour, or call us.")
        )
        return visit.asks(form, 429)
    try:
        actions.note_try(kind="person", value=person, limit=actions.PER_PERSON, now=now)
        _register(visit, form, files, occurrence)
    except actions.TooManyTries:
        pass  # this address was written to enough; the answer tells nothing about it
    except actions.OccurrenceFull:
        return visit.refused(full=True)
    except actions.OutletFull:
        form.add_error(
            "organisation",
            _("The places of this newsroom are taken: agree with your colleagues, or call us."),
        )
        return visit.asks(form, 409)
    except actions.RegistrationClosed:
        return visit.refused(full=False)
    if said["email"]:
        tasks.ring("events.confirm_address")
    return visit.thanks(by_phone=not said["email"])


def _register(
    visit: Visit, form: RegistrationForm, files: QuestionsForm | None, occurrence: Occurrence
) -> None:
    said = {name: form.cleaned_data[name] for name in ("name", "email", "phone", "organisation", "key")}
    actions.register(
        occurrence=occurrence,
        category=visit.category_of(form),
        answers=visit.answers(form, files),
        language=visit.ctx.language,
        now=visit.ctx.now,
        **said,
    )
