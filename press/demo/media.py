"""The demo's press review: invented outlets, what they said of the releases of 2017 to 2019, and three orders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cms.plan.models import Activity
from press import actions
from press.models import Coverage, Diffusion, ReleasePage

#: outlet, medium, programme, title, days after the release, language, seconds, page, tone, people reached
SAID: tuple[tuple[str, str, str, str, int, str, int | None, str, str, int | None], ...] = (
    (
        "Le Fleuve",
        "print",
        "Société",
        "Les compétences de la diaspora reviennent",
        1,
        "fr",
        None,
        "5",
        "favourable",
        8_000,
    ),
    (
        "Radio Baobab",
        "radio",
        "Journal de midi",
        "Retour sur le programme TOKTEN",
        0,
        "bm",
        150,
        "",
        "favourable",
        120_000,
    ),
    (
        "Télé Sahel",
        "television",
        "Journal de 20 heures",
        "Des experts maliens au pays",
        0,
        "fr",
        95,
        "",
        "neutral",
        400_000,
    ),
    (
        "mali-nouvelles.example",
        "online",
        "",
        "TOKTEN : ce que disent les chiffres",
        2,
        "fr",
        None,
        "",
        "neutral",
        15_000,
    ),
    (
        "Radio Daande",
        "radio",
        "Matinale",
        "Les missions expliquées en peul",
        1,
        "ff",
        240,
        "",
        "favourable",
        None,
    ),
    (
        "L’Écho de Kayes",
        "print",
        "Régions",
        "Des missions encore trop rares à l’intérieur",
        3,
        "fr",
        None,
        "2",
        "critical",
        3_000,
    ),
)
#: outlet, support, subject, language, hours, passages, seconds, terms, FCFA, number of the plan's activity
ORDERED: tuple[tuple[str, str, str, str, str, int, int | None, str, int, int], ...] = (
    (
        "Radio Baobab",
        "spot",
        "Missions de sensibilisation",
        "bm",
        "7 h 15, 12 h 45, 19 h 30",
        45,
        60,
        "paid",
        450_000,
        6,
    ),
    (
        "Télé Sahel",
        "magazine",
        "Le court métrage du programme",
        "fr",
        "20 h 45",
        3,
        780,
        "paid",
        2_400_000,
        6,
    ),
    ("Radio Daande", "report", "Une mission d’information à Mopti", "ff", "", 2, 900, "negotiated", 0, 10),
)
LINKS = (("facebook", "https://facebook.example/tokten/1"), ("x", "https://x.example/tokten/2"))


def build(*, user: Any, now: datetime) -> None:
    """Enter the review once: a second run changes nothing."""
    if Coverage.objects.exists() or Diffusion.objects.exists():
        return
    found = ReleasePage.objects.filter(locale__language_code="fr", release__withdrawn_at=None)
    dated = found.filter(dateline_date__lt=now.date()).exclude(release__embargo_until__gt=now)
    pages = list(dated.select_related("release").order_by("dateline_date", "pk"))
    for place, page in enumerate(pages):
        for facts in (SAID[place % len(SAID)], SAID[(place + 2) % len(SAID)]):
            _say(page, facts, user=user)
    for place, order in enumerate(ORDERED):
        _order(pages[place] if place < len(pages) else None, order, user=user)
    if pages:
        for network, link in LINKS:
            actions.log_post(pages[-1].release, network=network, link=link, posted_at=now, user=user, now=now)


def _say(page: ReleasePage, facts: Any, *, user: Any) -> None:
    outlet, medium, programme, title, after, language, seconds, number, tone, reach = facts
    Coverage.objects.create(
        outlet=outlet,
        medium=medium,
        programme=programme,
        title=title,
        said_date=(page.dateline_date or date(2019, 2, 1)) + timedelta(days=after),
        language=language,
        duration_seconds=seconds,
        page=number,
        address="https://mali-nouvelles.example/tokten" if medium == "online" else "",
        tone=tone,
        reach=reach,
        thing_uid=page.release.uid,
        created_by=user,
    )


def _order(page: ReleasePage | None, facts: Any, *, user: Any) -> None:
    outlet, support, title, language, hours, passages, seconds, terms, cost, number = facts
    first: date = page.dateline_date if page is not None and page.dateline_date else date(2019, 2, 1)
    Diffusion.objects.create(
        outlet=outlet,
        support=support,
        title=title,
        language=language,
        first_date=first,
        last_date=first + timedelta(days=14),
        hours=hours,
        passages=passages,
        duration_seconds=seconds,
        terms=terms,
        cost_xof=cost,
        activity=Activity.objects.filter(number=number).first(),
        thing_uid=page.release.uid if page is not None else None,
        created_by=user,
    )
