"""The call for papers of a conference: abstracts, their authors, who reviews them, what was decided."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from media_library.storage import PrivateStorage


def paper_storage() -> PrivateStorage:
    """Where files sent with abstracts lie: a private folder without addresses."""
    return PrivateStorage("papers")


def paper_name(instance: Any, filename: str) -> str:
    """A name of our own with the extension that the bytes earned; the sender's name may tell who wrote it."""
    return f"{uuid.uuid4().hex}.{filename.rpartition('.')[2].lower()}"


class Call(models.Model):
    """One event's call for papers: when it is open, what is asked, how it is judged.

    `themes` and `prizes` are one to a line. `blind`: reviewers are shown neither names nor files. `wanted` is how
    many reviews each abstract gets. `revise_until` is the last day for authors who are asked to revise.
    """

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="call", verbose_name=_("event")
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    reviews_until = models.DateField(_("reviews are due on"), null=True, blank=True)
    revise_until = models.DateField(_("revised abstracts are due on"), null=True, blank=True)
    blind = models.BooleanField(
        _("reviewers do not see who wrote"),
        default=True,
        help_text=_("Neither names nor files are shown to them, since files often name their authors."),
    )
    wanted = models.PositiveSmallIntegerField(_("reviews of each abstract"), default=2)
    most_words = models.PositiveSmallIntegerField(_("words of an abstract at most"), default=300)
    themes = models.TextField(_("themes"), blank=True, max_length=2000, help_text=_("One to a line."))
    prizes = models.TextField(
        _("prizes"), blank=True, max_length=1000, help_text=_("One to a line; awarded after the conference.")
    )
    words_fr = models.TextField(_("text of the call in French"), blank=True, max_length=3000)
    words_en = models.TextField(_("text of the call in English"), blank=True, max_length=3000)
    book_public = models.BooleanField(
        _("the book of abstracts is public"),
        default=False,
        help_text=_("The event's page then leads to it. Only abstracts whose speaker comes are in it."),
    )

    class Meta:
        verbose_name = _("call for papers")
        verbose_name_plural = _("calls for papers")
        default_permissions = ()
        permissions = [
            ("manage_papers", _("Can keep a call for papers: reviewers, decisions, book of abstracts"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="events_a_call_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(wanted__gte=1, wanted__lte=5), name="events_a_call_wants_one_to_five_reviews"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}"

    def is_open(self, now: datetime) -> bool:
        """Whether abstracts are taken at `now`."""
        return self.opens_at <= now < self.closes_at

    @property
    def theme_list(self) -> list[str]:
        return [line.strip() for line in self.themes.splitlines() if line.strip()]

    @property
    def prize_list(self) -> list[str]:
        return [line.strip() for line in self.prizes.splitlines() if line.strip()]

    def words(self, language: str) -> str:
        """The text of the call in `language`, else in the other one."""
        first, second = (self.words_fr, self.words_en) if language != "en" else (self.words_en, self.words_fr)
        return first or second


class PaperState(models.TextChoices):
    """What becomes of an abstract."""

    PENDING = "pending", _("Address to be confirmed")
    SUBMITTED = "submitted", _("Received")
    REVISE = "revise", _("To be revised")
    ACCEPTED = "accepted", _("Accepted")
    CONFIRMED = "confirmed", _("Speaker comes")
    REJECTED = "rejected", _("Not kept")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PaperForm(models.TextChoices):
    """How it is given."""

    TALK = "talk", _("Talk")
    POSTER = "poster", _("Poster")
    SYMPOSIUM = "symposium", _("Mini-symposium")
    PLENARY = "plenary", _("Plenary")


#: What people may propose; a plenary is given by the committee.
PROPOSED = (PaperForm.TALK, PaperForm.POSTER, PaperForm.SYMPOSIUM)


class Submission(models.Model):
    """One abstract. The authors' link is derived from `uid` and `generation`, never stored.

    `registration` is the speaker's, from when it is said that they come. `number` is given when the address is
    confirmed ("12"), one after the other within the call. `key` is the form's own: posted twice it is one abstract.
    `version` rises with each change and each decision; a review notes which version it judged.
    """

    LINK_PURPOSE = "paper"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=PaperState, default=PaperState.PENDING)
    language = models.CharField(_("language"), max_length=10, default="fr")
    name = models.CharField(_("who writes to us"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254)
    title_fr = models.CharField(_("title in French"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    abstract_fr = models.TextField(_("abstract in French"), blank=True)
    abstract_en = models.TextField(_("abstract in English"), blank=True)
    theme = models.CharField(_("theme"), max_length=200, blank=True)
    form = models.CharField(_("form"), max_length=20, choices=PaperForm, default=PaperForm.TALK)
    file = models.FileField(_("file"), storage=paper_storage, upload_to=paper_name, blank=True)
    created_at = models.DateTimeField(_("sent"))
    submitted_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decision_note = models.TextField(_("word to the authors"), blank=True, max_length=2000)
    prize = models.CharField(_("prize"), max_length=200, blank=True)
    registration = models.ForeignKey(
        "events.Registration",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="papers",
        verbose_name=_("registration"),
    )

    class Meta:
        verbose_name = _("abstract")
        verbose_name_plural = _("abstracts")
        default_permissions = ()
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["call", "state"], name="events_paper_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "number"], name="events_a_number_is_given_to_one_abstract"
            ),
            models.CheckConstraint(
                condition=(~Q(title_fr="") & ~Q(abstract_fr="")) | (~Q(title_en="") & ~Q(abstract_en="")),
                name="events_an_abstract_is_whole_in_one_language",
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(number__isnull=False),
                name="events_an_abstract_received_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["revise", "accepted", "confirmed", "rejected"])
                | Q(decided_at__isnull=False),
                name="events_a_verdict_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(prize="") | Q(state="confirmed"), name="events_a_prize_goes_to_who_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'}. {self.title('fr')}"

    def title(self, language: str) -> str:
        """The title in `language`, else in the other one."""
        first, second = (self.title_fr, self.title_en) if language != "en" else (self.title_en, self.title_fr)
        return first or second

    def abstract(self, language: str) -> str:
        first, second = (
            (self.abstract_fr, self.abstract_en) if language != "en" else (self.abstract_en, self.abstract_fr)
        )
        return first or second

    def may_be_changed(self, now: datetime) -> bool:
        """Whether its authors may change it at `now`: until the call closes, or while they are asked to revise."""
        if self.state in (PaperState.PENDING, PaperState.SUBMITTED):
            return self.call.is_open(now)
        until = self.call.revise_until
        return self.state == PaperState.REVISE and (until is None or now.date() <= until)


class Author(models.Model):
    """Somebody named on an abstract, in the order in which they sign; one of them presents it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="authors")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=200)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    presents = models.BooleanField(_("presents it"), default=False)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        default_permissions = ()
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "order"], name="events_authors_sign_in_an_order"),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(presents=True), name="events_one_author_presents"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation})" if self.organisation else self.name


class Reviewer(models.Model):
    """Somebody who judges abstracts of one call, by a personal link, derived and revocable; without an account.

    Who was dropped after judging stays with their verdicts (`dropped_at`) and is given and written nothing more.
    """

    LINK_PURPOSE = "reviewer"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="reviewers")
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.PROTECT, related_name="+", verbose_name=_("contact")
    )
    themes = models.TextField(_("themes"), blank=True, help_text=_("One to a line; empty for all."))
    written_at = models.DateTimeField(_("written to"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        default_permissions = ()
        ordering = ["contact__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "contact"], name="events_a_reviewer_is_named_once_in_a_call"
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)

    @property
    def theme_list(self) -> list[str]:
        return [line.strip() for line in self.themes.splitlines() if line.strip()]


class Verdict(models.TextChoices):
    """What a reviewer advises."""

    ACCEPT = "accept", _("Accept")
    REVISE = "revise", _("Ask to revise")
    REJECT = "reject", _("Do not keep")


class Review(models.Model):
    """One abstract given to one reviewer: a verdict, or a conflict of interest, or nothing yet."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Reviewer, on_delete=models.CASCADE, related_name="reviews")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    note = models.TextField(_("word to the authors"), blank=True, max_length=3000)
    private_note = models.TextField(_("word to the committee alone"), blank=True, max_length=3000)
    conflict = models.CharField(_("conflict of interest"), max_length=300, blank=True)
    judged_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    assigned_at = models.DateTimeField(_("given"))
    done_at = models.DateTimeField(_("judged"), null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        default_permissions = ()
        ordering = ["assigned_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reviewer"], name="events_a_reviewer_judges_an_abstract_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(conflict="", done_at__isnull=False),
                name="events_who_has_a_conflict_gives_no_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} – {self.reviewer}: {self.verdict or '…'}"
