"""What happened to the demo's kits: one opened by links, one sent and then corrected, and what was taken of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cms.contacts.models import Audience
from cms.core.formats import local
from cms.mailing import actions as mailing
from media_library import actions as library
from media_library.models import Asset, AssetDownload, Kind, ShareLink
from press import actions
from press.models import DoorVisit, Kit, KitDownload, KitItem, OfferedFile, Tier
from press.queries import doors

if TYPE_CHECKING:
    from collections.abc import Mapping

LINKED: dict[str, Any] = {
    "key": "imprimeur",
    "slug": "epreuves-de-l-affiche",
    "title": "Épreuves de l’affiche des vingt ans",
    "lead": "L’affiche et le logo en couleurs, pour l’imprimeur et les partenaires qui en ont le lien.",
    "topics": ("programme",),
    "pictures": ("vingt-ans", "logo-tokten-mali-couleur"),
    "documents": (),
    "date": date(2018, 1, 15),
    "audience": "link",
}
#: for whom, days open, how often it was opened, files taken
LINKS = (("Imprimerie du Djoliba (démonstration)", 30, 4, 2), ("Université de Ségou, affichage", 14, 1, 0))
#: The kit that is corrected, the file that was wrong, the one in its place, and what is said of it.
CORRECTED = ("vingt-ans", "logo-tokten-mali-clair", "logo-tokten-mali-couleur")
NOTES = {
    "fr": "Le logo blanc, illisible sur papier, est remplacé par le logo en couleurs.",
    "en": "The white logo, which cannot be read on paper, is replaced by the logo in colours.",
}
#: How often archives were taken, from thirty days ago to yesterday: a start, week-ends, and a rise after a mailing.
RHYTHM = (0, 2, 1, 3, 1, 0, 0, 2, 4, 3, 1, 2, 0, 0, 1, 2, 2, 5, 3, 0, 1, 4, 9, 7, 4, 3, 0, 1, 5, 6)
#: The sizes of a picture that are counted, and out of how many archives one such file is taken.
SIZES = (("light.jpg", 1), ("press.jpg", 2), ("print", 4))


def build(kits: Mapping[str, Kit], pictures: Mapping[str, Asset], *, user: Any, now: datetime) -> None:
    """Links, a corrected kit and downloads; a second run changes nothing."""
    _link(kits[LINKED["key"]], user=user, now=now)
    key, wrong, right = CORRECTED
    _correct(kits[key], pictures[wrong], pictures[right], user=user, now=now)
    if not KitDownload.objects.exists():
        today = local(now).date()
        for share, key in enumerate(("vingt-ans", "identite", LINKED["key"]), start=1):
            _count(kits[key], share=share, today=today)


def _link(kit: Kit, *, user: Any, now: datetime) -> None:
    if ShareLink.objects.filter(thing_uid=kit.uid).exists():
        return
    for note, days, opened, taken in LINKS:
        until = now + timedelta(days=days)
        link = actions.share_kit(kit, note=note, user=user, expires_at=until, now=now)
        for number in range(opened + taken):
            library.count_share(link, taken=number >= opened)


def _correct(kit: Kit, wrong: Asset, right: Asset, *, user: Any, now: datetime) -> None:
    """Sent, and read by two journalists, with the wrong file, which is replaced a minute later: they are to be told."""
    audience = Audience.objects.filter(slug="presse-nationale").first()
    if audience is None or kit.corrections.exists():
        return
    held = [(item.asset, item.section) for item in kit.items.select_related("asset")]
    logos = KitItem.Section.LOGOS
    actions.set_items(kit, items=[*held, (wrong, logos)], user=user, now=now)
    sent = actions.send_kit(kit, audiences=[audience], user=user, now=now)
    mailing.launch(sent.mailing, user=user, now=now)
    for contact in doors.accredited(kit, now=now).order_by("pk")[:2]:
        actions.note_visit(contact, what=DoorVisit.What.READ, thing_uid=kit.uid, now=now)
    later = now + timedelta(minutes=1)
    actions.set_items(kit, items=[*held, (right, logos)], user=user, now=later)
    left = OfferedFile.objects.filter(kit=kit, asset_uid=wrong.uid)
    actions.correct_kit(kit, notes=NOTES, files=left, user=user, now=later)


def _count(kit: Kit, *, share: int, today: date) -> None:
    """Downloads of the last thirty days: the light archive most, single pictures less.

    share: one in so many of the rhythm.
    """
    files: dict[tuple[int, str, date], int] = {}
    assets = [item.asset for item in kit.items.select_related("asset")]
    for place, number in enumerate(RHYTHM):
        day = today - timedelta(days=len(RHYTHM) - place)
        for tier, part in zip(Tier.values, (1, 2, 4), strict=True):
            if taken := number // (part * share):
                KitDownload.objects.create(kit=kit, tier=tier, day=day, count=taken)
        for index, asset in enumerate(assets):
            sizes = SIZES if asset.kind == Kind.IMAGE else (("", 1),)
            for size, part in sizes:
                files[asset.pk, size, day] = number // (part * share + index)
    for (asset_id, variant, day), count in files.items():
        if count:
            row, _created = AssetDownload.objects.get_or_create(asset_id=asset_id, variant=variant, day=day)
            AssetDownload.objects.filter(pk=row.pk).update(count=row.count + count)
