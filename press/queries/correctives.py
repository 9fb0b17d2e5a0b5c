"""Who was sent a text or kit that was corrected or withdrawn since, and must be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from cms.contacts.models import Contact
from cms.mailing.models import Delivery, Letter, Mailing
from press import queries
from press.models import (
    Correction,
    Distribution,
    DoorVisit,
    Kit,
    KitPage,
    OfferedFile,
    Purpose,
    Release,
    ReleasePage,
    Wording,
)
from press.queries import offered

#: The header by which a mail names the published words it was made of.
VERSION_HEADER = "X-Release-Version"
#: What brings a text or the way to files.
CARRIERS = (Purpose.RELEASE, Purpose.CORRECTION)
#: It left us for good: taken, in doubt, or being handed over. One that came back reached nobody.
LEFT = Q(state__in=["sent", "unknown"]) | Q(state="sending", handed_at__isnull=False)


@dataclass(frozen=True)
class Owed:
    """A corrective mailing that stands to be sent: prepared already as `mailing`, or else to `people` contacts.

    `same_words`: what is published is what they have, a kit's files as a text's words; the fault lies elsewhere, or is
    not mended yet.
    """

    purpose: str
    correction: Correction | None
    people: int
    mailing: Mailing | None = None
    same_words: bool = False


def version_of(page: ReleasePage) -> str:
    """The name of a page's published words: each publication gives another."""
    return str(page.live_revision_id or 0)


def words_now(release: Release) -> dict[str, str]:
    """The published words of a release, by language."""
    return {code: version_of(page) for code, page in queries.live_pages_of(release).items()}


def own(thing: Release | Kit) -> dict[str, Any]:
    """The column of what belongs to a release or a kit, and its value."""
    return {"release" if isinstance(thing, Release) else "kit": thing}


def pages_of(thing: Release | Kit) -> QuerySet[Any]:
    """The pages of a release or kit, published or not: what it is called, for who may know of it."""
    model: Any = ReleasePage if isinstance(thing, Release) else KitPage
    return model.objects.filter(**own(thing)).select_related("locale").order_by("path")


def _carried(thing: Release | Kit) -> QuerySet[Letter]:
    """All texts of a release or kit that mailings froze, without their words."""
    carriers = Distribution.objects.filter(**own(thing), purpose__in=CARRIERS)
    letters = Letter.objects.filter(mailing__in=carriers.values("mailing")).order_by("created_at", "pk")
    return letters.defer("text", "html", "attachments")


def wrong_letters(correction: Correction) -> tuple[list[Letter], bool]:
    """The texts that a correction concerns, among those that mailings of the release froze; whether words changed.

    Language by language: where the words had been changed before the correction was said, all others that were
    frozen before; where they were changed after it, those that stood when it was said. Where no words changed in any
    language since the last corrective mailing (the fault lay in a picture, in the kit), all that were frozen before.
    """
    release = _release_of(correction)
    then, now = correction.words, words_now(release)
    correctives = set(
        Distribution.objects.filter(release=release, purpose=Purpose.CORRECTION).values_list(
            "mailing", flat=True
        )
    )
    wrong: list[Letter] = []
    unchanged: list[Letter] = []
    for code, letters in _by_language(release).items():
        good = then.get(code)
        before = [letter for letter in letters if letter.created_at < correction.at]
        last = [_version(letter) for letter in before if letter.mailing_id in correctives][-1:]
        others = [letter for letter in before if _version(letter) != good]
        if now.get(code) != good and not others:
            wrong += [letter for letter in letters if _version(letter) == good]
        elif others and last != [good]:
            wrong += others
        else:
            unchanged += before
    return (wrong, True) if wrong else (unchanged, False)


def _by_language(release: Release) -> dict[str, list[Letter]]:
    """The frozen texts by the language they are really in."""
    found: dict[str, list[Letter]] = {}
    for letter in _carried(release):
        found.setdefault(str(letter.headers.get("Content-Language", letter.language)), []).append(letter)
    return found


def _release_of(correction: Correction) -> Release:
    assert correction.release is not None, "a kit has files in place of words"
    return correction.release


def _version(letter: Letter) -> str:
    return str(letter.headers.get(VERSION_HEADER, ""))


def _deliveries(letters: Iterable[Letter]) -> QuerySet[Delivery]:
    made_from = Q(pk__in=[])
    for letter in letters:
        made_from |= Q(mailing=letter.mailing_id, language=letter.language, template_version=letter.version)
    return Delivery.objects.filter(LEFT & made_from, contact__isnull=False)


def _readings(thing: Release | Kit) -> QuerySet[DoorVisit]:
    """What was read or taken of a release or kit through journalists' doors: before its hour, or for them alone."""
    had = (DoorVisit.What.READ, DoorVisit.What.DOWNLOADED)
    return DoorVisit.objects.filter(thing_uid=thing.uid, what__in=had).order_by()


def former_readers(release: Release, *, after: datetime | None = None) -> Q | None:
    """Which contacts read by their doors words that were changed since; None where none were.

    Those who did not come back once the words that stand were published, in the language that their mails are in.
    `after`: only changes since that instant count.
    """
    readings = _readings(release)
    since: dict[str, datetime] = {}
    known: list[str] = []
    rows = Wording.objects.filter(release=release).order_by("at", "pk")
    for code, at in rows.values_list("language", "at"):
        if code in known and (after is None or at > after):
            since[code] = at
        if code not in known:
            known.append(code)
    if not since:
        return None
    found = Q(pk__in=[])
    others = "fr" if "fr" in known else known[0]
    for code, at in since.items():
        own = ~Q(language__in=set(known) - {code}) if code == others else Q(language=code)
        early, late = readings.filter(at__lt=at), readings.filter(at__gte=at)
        found |= own & Q(pk__in=early.values("contact")) & ~Q(pk__in=late.values("contact"))
    return found


def former_takers(kit: Kit) -> Q | None:
    """Which contacts read or took a kit by their doors with files that left it since; None where none left.

    Those who did not come back once the last of them was gone.
    """
    left = list(offered.unsaid(kit))
    last = max((one.until for one in left if one.until is not None), default=None)
    if last is None:
        return None
    readings = _readings(kit)
    early, late = readings.filter(offered.within(left, "at")), readings.filter(at__gte=last)
    return Q(pk__in=early.values("contact")) & ~Q(pk__in=late.values("contact"))


def wrong_readers(correction: Correction) -> tuple[Q, bool]:
    """Which contacts read by their doors what a correction concerns; whether words changed.

    Where none did since the correction before, all who had read by the time it was said.
    """
    release = _release_of(correction)
    last = release.corrections.filter(at__lt=correction.at).aggregate(at=Max("at"))["at"]
    found = former_readers(release, after=last)
    if found is not None:
        return found, True
    readings = _readings(release).filter(at__lt=correction.at)
    return Q(pk__in=readings.values("contact")), False


def _people(told: QuerySet[Delivery], readers: Q, already: QuerySet[Delivery]) -> QuerySet[Contact]:
    mailed = Q(pk__in=told.order_by().values("contact"))
    found = Contact.objects.filter(mailed | readers, trashed_at=None)
    return found.exclude(pk__in=already.order_by().values("contact")).order_by("pk")


def wrongly_told(correction: Correction) -> QuerySet[Contact]:
    """Exactly those whom a text or kit left for that the correction concerns, or who read it early; but those told.

    Told: by a mailing of this correction or of a later one, whatever became of the mail once it had left.
    """
    later = Distribution.objects.filter(
        **own(correction.thing), purpose=Purpose.CORRECTION, correction__at__gte=correction.at
    )
    if correction.kit is not None:
        mailed, readers = _wrong_of_a_kit(correction)
    else:
        mailed, readers = _deliveries(wrong_letters(correction)[0]), wrong_readers(correction)[0]
    return _people(mailed, readers, _gone_out(later))


def _wrong_of_a_kit(correction: Correction) -> tuple[QuerySet[Delivery], Q]:
    """The mails and the readers that the correction of a kit concerns, and those before it that no mailing told of.

    Of each its wrong files: whom the mail, which leads to the files of that time, left for while one of them stood in
    the kit, and who read it then. Where it names none, all that was before it.
    """
    mails, visits = Q(pk__in=[]), Q(pk__in=[])
    for one in unmailed(correction):
        files = list(one.files.all())
        mails |= offered.within(files, "left_at") if files else Q(left_at__lt=one.at)
        visits |= offered.within(files, "at") if files else Q(at__lt=one.at)
    return _of_a_kit(correction.thing, mails, visits)


def _of_a_kit(kit: Kit, mails: Q, visits: Q) -> tuple[QuerySet[Delivery], Q]:
    """The mails of a kit that left, narrowed by when (`left_at`), and its early readers by when they read (`at`)."""
    carriers = Distribution.objects.filter(kit=kit, purpose__in=CARRIERS)
    left = Delivery.objects.filter(LEFT, mailing__in=carriers.values("mailing"), contact__isnull=False)
    found = left.annotate(left_at=Coalesce("sent_at", "handed_at", "created_at")).filter(mails)
    return found, Q(pk__in=_readings(kit).filter(visits).values("contact"))


def who_have(kit: Kit, files: Iterable[OfferedFile]) -> QuerySet[Contact]:
    """Who was sent a kit, or read it early, while one of these files stood in it."""
    spans = list(files)
    mailed, readers = _of_a_kit(kit, offered.within(spans, "left_at"), offered.within(spans, "at"))
    return _people(mailed, readers, Delivery.objects.none())


def told_of(thing: Release | Kit) -> QuerySet[Contact]:
    """Everybody whom a mail of what is withdrawn left for or who read it early, but those told of it already."""
    notices = Distribution.objects.filter(**own(thing), purpose=Purpose.WITHDRAWAL)
    readers = Q(pk__in=_readings(thing).values("contact"))
    return _people(_deliveries(_carried(thing)), readers, _gone_out(notices))


def _gone_out(distributions: QuerySet[Distribution]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        LEFT | Q(state="bounced"), mailing__in=distributions.values("mailing"), contact__isnull=False
    )


def audience_of(mailing: Mailing) -> QuerySet[Contact]:
    """Whom a corrective mailing goes to, asked anew each time until it is launched."""
    rows = Distribution.objects.select_related("correction__release", "correction__kit", "release", "kit")
    row = rows.filter(mailing=mailing).first()
    if row is not None and row.correction is not None:
        return wrongly_told(row.correction)
    thing = (row.release or row.kit) if row is not None and row.purpose == Purpose.WITHDRAWAL else None
    if thing is not None:
        return told_of(thing)
    return Contact.objects.none()


def latest_correction(thing: Release | Kit) -> Correction | None:
    """The correction that a mailing would announce now."""
    return thing.corrections.select_related("release", "kit").order_by("-at", "-pk").first()


def standing(thing: Release | Kit, purpose: str, correction: Correction | None) -> Distribution | None:
    """The corrective mailing that was prepared already and not given up."""
    rows = thing.distributions.filter(purpose=purpose, correction=correction, given_up=False)
    return rows.exclude(mailing__state=Mailing.State.CANCELLED).select_related("mailing").first()


def owed(thing: Release | Kit) -> Owed | None:
    """The corrective mailing that this release or kit calls for, if any; a prepared one is named until it has left."""
    correction = None if thing.withdrawn_at is not None else latest_correction(thing)
    if thing.withdrawn_at is None and correction is None:
        return None
    purpose = Purpose.CORRECTION if correction is not None else Purpose.WITHDRAWAL
    prepared = standing(thing, purpose, correction)
    if prepared is not None and prepared.mailing.state not in (Mailing.State.DRAFT, Mailing.State.SCHEDULED):
        return None
    same = correction is not None and _says_no_change(correction)
    if prepared is not None:
        return Owed(purpose, correction, 0, prepared.mailing, same)
    people = (wrongly_told(correction) if correction is not None else told_of(thing)).count()
    return Owed(purpose, correction, people, same_words=same) if people else None


def _says_no_change(correction: Correction) -> bool:
    """Whether what is published is still what those concerned have."""
    if correction.kit is not None:
        return not correction.files.exists()
    return not (wrong_letters(correction)[1] or wrong_readers(correction)[1])


def unmailed(correction: Correction) -> list[Correction]:
    """The corrections that a mailing of this one tells of, the oldest first: itself, and those never mailed before."""
    sent = Distribution.objects.filter(
        **own(correction.thing), purpose=Purpose.CORRECTION, mailing__launched_at__isnull=False
    )
    mailed = sent.exclude(mailing__state=Mailing.State.CANCELLED).values_list("correction__at", flat=True)
    since = max((at for at in mailed if at is not None and at < correction.at), default=None)
    rows = Correction.objects.filter(**own(correction.thing), at__lte=correction.at)
    return list((rows.filter(at__gt=since) if since is not None else rows).order_by("at", "pk"))


def to_be_told(*, since: datetime) -> list[Release | Kit]:
    """What was corrected or withdrawn after `since` and had been mailed, or read through a door; the latest first.

    Ten releases and ten kits at most, each with its pages.
    """
    launched = Distribution.objects.filter(mailing__launched_at__isnull=False)
    read = DoorVisit.objects.filter(thing_uid__isnull=False).order_by().values("thing_uid")
    releases = Release.objects.filter(Q(corrected_at__gt=since) | Q(withdrawn_at__gt=since)).filter(
        Q(pk__in=launched.values("release")) | Q(uid__in=read)
    )
    kits = Kit.objects.filter(Q(corrected_at__gt=since) | Q(withdrawn_at__gt=since)).filter(
        Q(pk__in=launched.values("kit")) | Q(uid__in=read)
    )
    found: list[Release | Kit] = []
    for things in (releases, kits):
        found += things.prefetch_related("pages").order_by("-updated_at")[:10]
    return found
