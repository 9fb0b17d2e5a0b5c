"""Mail of the demonstration: a sender, an issue being composed, and all that other apps queued, sent off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wagtail.models import Locale
from wagtail.rich_text import RichText

from cms.contacts.models import Frequency, Purpose, SignUp
from cms.core import formats
from cms.mailing import actions, queries
from cms.mailing.mail.reports import Finding, key_of
from cms.mailing.models import Delivery, Issue, Mailing, Report, Sender, Series

Kind, Reason = Report.Kind, Delivery.Reason
ADDRESS = "presse@tokten.example.org"
FRENCH = "Voici les nouvelles du programme : ce qui a paru, et ce qui vient."
ENGLISH = "Here is the news of the programme: what has come out, and what lies ahead."
FIGURES_FR = (
    "Le programme en chiffres",
    ("580", "experts inscrits au fichier"),
    ("864", "missions réalisées"),
)
FIGURES_EN = ("The programme in figures", ("580", "experts on file"), ("864", "missions carried out"))


def build(*, now: datetime) -> None:
    """Name the sender; once the other apps have built, compose an issue and send what is due.

    A second time changes nothing.
    """
    others_have_built = Sender.objects.filter(is_default=True).exists()
    sender()
    _ask(now)
    if others_have_built:
        issue(now)
    deliver_all(now)
    come_back(now)


def issue(now: datetime) -> None:
    """A draft of TOKTEN-info in French and English, from what is on the site."""
    if Issue.objects.exists():
        return
    french, english = (Locale.objects.get(language_code=code) for code in ("fr", "en"))
    first = Issue(locale=french, series=Series.TOKTEN_INFO, number=1, issue_date=formats.local(now).date())
    first.title, first.preheader = (
        "Le TOKTEN reprend ses missions",
        "Communiqués, rendez-vous et chiffres du programme.",
    )
    stories = queries.news_since_last(Series.TOKTEN_INFO, language="fr", now=now)
    told = [
        ("story", {"page": page, "text": "", "picture": place == 0}) for place, page in enumerate(stories[:6])
    ]
    first.body = [("paragraph", RichText(f"<p>[[greeting]]</p><p>{FRENCH}</p>")), *told, figures(*FIGURES_FR)]
    first.save()
    other = first.copy_for_translation(english)
    other.title, other.preheader = (
        "TOKTEN resumes its missions",
        "Releases, dates and figures of the programme.",
    )
    other.body = [
        ("paragraph", RichText(f"<p>[[greeting]]</p><p>{ENGLISH}</p>")),
        *told,
        figures(*FIGURES_EN),
    ]
    other.save()


def figures(title: str, *counted: tuple[str, str]) -> tuple[str, Any]:
    values = [{"value": value, "label": label} for value, label in counted]
    return "figures", {"title": title, "figures": values, "source": ""}


def sender() -> Sender:
    """The programme's sender, the default one. Apps that queue mail in their demo may call it first."""
    row, _created = Sender.objects.update_or_create(
        is_default=True,
        defaults={
            "name": "TOKTEN-Mali",
            "address": ADDRESS,
            "reply_to": "communication@tokten.example.org",
            "connections": 2,
        },
    )
    return row


def _ask(now: datetime) -> None:
    """Somebody has just asked for the newsletter, and has not confirmed yet."""
    if not SignUp.objects.exists():
        actions.sign_up(
            email="lectrice@example.org",
            name="",
            language="fr",
            purposes=[Purpose.NEWSLETTER],
            frequency=Frequency.ALL,
            topics=[],
            evidence="/fr/lettre-d-information/",
            now=now,
        )


def come_back(now: datetime) -> None:
    """Of the oldest press mailing, one mail came back from a full box, and a machine answered for another person."""
    mailing = Mailing.objects.filter(kind=Mailing.Kind.PRESS, state=Mailing.State.SENT).order_by("pk").first()
    rows = (
        list(mailing.deliveries.filter(sent_at__isnull=False).order_by("pk")[:2])
        if mailing is not None
        else []
    )
    said = (
        (Kind.BOUNCE, "5.2.2", Reason.BOX_FULL, "552 5.2.2 Mailbox full"),
        (Kind.AUTO_REPLY, "", Reason.AUTO_REPLY, "Absente jusqu’à lundi"),
    )
    for row, (kind, status, reason, detail) in zip(rows, said, strict=False):
        key = key_of("demo", row.uid.hex, kind)
        found = Finding(kind, key, row.uid, address=row.address, status=status, reason=reason, detail=detail)
        actions.take([found], source="demo", now=now)
    actions.apply_reports(now=now)


def deliver_all(now: datetime) -> int:
    """Send everything due at `now` in this process, one connection; return how many mails left."""
    number = 0
    for _round in range(100):
        due = actions.sweep(now=now)
        sent = sum(actions.drain(key, clock=lambda: now, connections=1).sent for key in due)
        number += sent
        if not sent:
            break
    return number
