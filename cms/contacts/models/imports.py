import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.contacts.models.audiences import Audience
from cms.contacts.models.contacts import Contact


class ContactImport(models.Model):
    """A list brought in from a file. Nothing of it is a contact until somebody confirms what the preview showed.

    `columns` names what each column of the file holds (a key of `imports.columns.COLUMNS`, or nothing).
    `defaults` are language, country and kind of who has none in the file. `purposes` are what the people of the
    list agreed to, as its `evidence` shows. `version` counts what was asked: a confirmation names the one it saw.
    """

    class State(models.TextChoices):
        READ = "read", _("Columns to be checked")
        CHECKED = "checked", _("To be confirmed")
        DONE = "done", _("Brought in")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    filename = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    form = models.CharField(max_length=60)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    defaults = models.JSONField(default=dict)
    audience = models.ForeignKey(
        Audience,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("put into the list"),
    )
    purposes = models.JSONField(default=list)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READ)
    outcome = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("read"))
    done_at = models.DateTimeField(_("brought in"), null=True, blank=True)

    class Meta:
        verbose_name = _("list brought in")
        verbose_name_plural = _("lists brought in")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
                name="a_list_brought_in_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(purposes=[]) | ~Q(evidence=""),
                name="an_agreement_brought_in_has_its_evidence",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """A line of such a list: its cells, what they say, whom it may repeat, what to do and what was done.

    `errors` are [heading, sentence] pairs. `candidates` are {"contact": key} or {"line": number} with "why", the
    surest first. `choice` is what an officer decided; `target` the place among the candidates it is merged into.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        KNOWN = "known", _("Already on file")
        SIMILAR = "similar", _("Perhaps on file")
        WRONG = "wrong", _("To be corrected")

    class Choice(models.TextChoices):
        SKIP = "skip", _("Leave out")
        MERGE = "merge", _("Complete the card")
        CREATE = "create", _("Enter as new")

    class Result(models.TextChoices):
        CREATED = "created", _("Entered")
        COMPLETED = "completed", _("Card completed")
        UNCHANGED = "unchanged", _("Nothing to add")
        SKIPPED = "skipped", _("Left out")
        OVERTAKEN = "overtaken", _("Came in meanwhile, left out")
        WRONG = "wrong", _("Not brought in: to be corrected")

    listing = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    choice = models.CharField(max_length=10, choices=Choice, blank=True)
    target = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("line of a list")
        verbose_name_plural = _("lines of a list")
        default_permissions = ()
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "line"], name="a_line_stands_once_in_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}:{self.line}"
