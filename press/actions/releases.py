"""What happens to a release. Permissions are checked at the edges; times are passed in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core import formats
from cms.core.models import Audience, SitePage
from press.actions import holds
from press.actions.wording import keep_wording
from press.models import Correction, Kit, NumberSeries, Release, ReleaseKind
from press.queries.correctives import words_now

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


class PressError(Exception):
    """Something the press room does not do; the message is a sentence for the officer."""


class NumberTaken(PressError):
    """Another release of the year has that number."""


class NumberLeavesGap(PressError):
    """The number would leave a hole in the year's registry."""


class EmbargoInPast(PressError):
    """An embargo is set for an instant to come; one that is past is lifted."""


class AlreadyPublic(PressError):
    """What everyone could read cannot be put back under embargo: it can be withdrawn."""


class NotADraft(PressError):
    """What was published is not begun again."""


class NotPublished(PressError):
    """Only what was published is withdrawn or corrected."""


def refuse_withdrawn(thing: Any) -> None:
    """Raise PressError for what was withdrawn: nothing about it is changed any more."""
    if thing.withdrawn_at is not None:
        raise PressError(_("This was withdrawn: it stays as it is."))


def year_of(now: datetime) -> int:
    """The year of the registry at `now`, in the organisation's zone."""
    return formats.local(now).year


def next_number(*, year: int) -> int:
    """The number that a release of `year` would take now: one after the last, or the first hole below it."""
    taken = sorted(Release.objects.filter(year=year, number__isnull=False).values_list("number", flat=True))  # type: ignore[type-var]
    if not taken:
        return 1
    expected = taken[0]
    for number in taken:
        if number != expected:
            return int(expected)  # type: ignore[arg-type]
        expected += 1  # type: ignore[operator]
    return int(expected)  # type: ignore[arg-type]


def _take_number(release: Release, *, year: int, number: int | None) -> None:
    """Give the release a number under the lock of the year; the year's first number may be any (a registry
    kept on paper goes on here), each later one follows or fills a hole."""
    NumberSeries.objects.get_or_create(year=year)
    NumberSeries.objects.select_for_update().get(year=year)
    others = Release.objects.filter(year=year, number__isnull=False).exclude(pk=release.pk)
    taken = set(others.values_list("number", flat=True))
    if number is None:
        number = next_number(year=year)
    elif number in taken:
        raise NumberTaken(
            _("Number %(number)s of %(year)s is taken. The next one is %(next)s.")
            % {"number": number, "year": year, "next": next_number(year=year)}
        )
    elif taken and number > max(taken) + 1:  # type: ignore[operator, type-var]
        raise NumberLeavesGap(
            _("Number %(number)s would leave a gap in %(year)s. The next one is %(next)s.")
            % {"number": number, "year": year, "next": next_number(year=year)}
        )
    release.year, release.number = year, number


@transaction.atomic
def create_release(
    *,
    user: Any,
    now: datetime,
    kind: str = ReleaseKind.RELEASE,
    number: int | None = None,
    year: int | None = None,
    reference: str = "",
    signatory_name: str = "",
    signatory_function: str = "",
    embargo_until: datetime | None = None,
    audience: str = Audience.PUBLIC,
    kit: Kit | None = None,
    activity: Any = None,
    audiences: Iterable[Any] = (),
    idempotency_key: UUID | None = None,
) -> Release:
    """Open a release. With `number` it is reserved at once (NumberTaken, NumberLeavesGap); without, it is given
    at the first publication. An embargo is for an instant after `now` (EmbargoInPast). The database takes an
    `idempotency_key` once: IntegrityError for the second."""
    if embargo_until is not None and embargo_until <= now:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or none."))
    release = Release(
        kind=kind or ReleaseKind.RELEASE,
        reference=reference or "",
        signatory_name=signatory_name or "",
        signatory_function=signatory_function or "",
        embargo_until=embargo_until,
        audience=audience or Audience.PUBLIC,
        activity=activity,
        idempotency_key=idempotency_key,
    )
    if number is not None:
        _take_number(release, year=year or year_of(now), number=number)
    release.save()
    release.audiences.set(audiences)
    core.log_thing(release, action="created", user=user, now=now)
    if kit is not None:
        attach_kit(release, kit=kit, user=user, now=now)
    return release


def release_like(release: Release, title: str, user: Any, now: datetime) -> Release:
    """Open another release of the kind, signature and readers of one; its number, dates, reference, kit and files are
    its own."""
    return create_release(
        user=user,
        now=now,
        kind=release.kind,
        signatory_name=release.signatory_name,
        signatory_function=release.signatory_function,
        audience=release.audience,
        activity=release.activity,
        audiences=release.audiences.all(),
    )


@transaction.atomic
def give_number(release: Release, *, user: Any, now: datetime, year: int | None = None) -> Release:
    """Give a release its number at its first publication; one that has a number keeps it."""
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    if row.number is None:
        _take_number(row, year=year or year_of(now), number=None)
        row.save(update_fields=["year", "number", "updated_at"])
        core.log_thing(row, action="numbered", user=user, now=now, changes={"number": [None, row.label]})
    release.year, release.number = row.year, row.number
    return release


@transaction.atomic
def change_number(release: Release, *, number: int, year: int, user: Any, now: datetime) -> Release:
    """Put a release elsewhere in the registry: a free number that leaves no gap above the others."""
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    refuse_withdrawn(row)
    _take_number(row, year=year, number=number)
    return core.change_thing(
        release, action="numbered", changes={"year": year, "number": number}, user=user, now=now
    )


@transaction.atomic
def begin(release: Release, *, values: dict[str, Any], user: Any, now: datetime) -> Release:
    """Change the first values of a release that nobody outside has seen, as its form names them.

    `values` holds any of kind, number, reference, signatory_name, signatory_function, embargo_until (None: no
    embargo), audience, kit, activity, audiences. Raises NotADraft once a page of it was published, and what
    `create_release` raises.
    """
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    if row.pages.filter(first_published_at__isnull=False).exists():
        raise NotADraft(_("This release was published: change it by its buttons."))
    changes = {name: value for name, value in values.items() if name not in ("number", "kit", "audiences")}
    until = changes.get("embargo_until")
    if until is not None and until <= now and until != row.embargo_until:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or none."))
    if "number" in values and values["number"] != row.number:
        if values["number"] is None:
            changes |= {"number": None, "year": None}
        else:
            _take_number(row, year=row.year or year_of(now), number=values["number"])
            changes |= {"number": row.number, "year": row.year}
    changes = {name: value for name, value in changes.items() if getattr(release, name) != value}
    before = row.embargo_until
    changed = (
        core.change_thing(release, action="described", changes=changes, user=user, now=now)
        if changes
        else row
    )
    if "audiences" in values:
        changed.audiences.set(values["audiences"] or ())
    if "embargo_until" in changes:
        holds.follow_embargo(changed, before=before, user=user, now=now)
    if "kit" in values and values["kit"] != changed.kit:
        changed = attach_kit(release, kit=values["kit"], user=user, now=now)
    return changed


@transaction.atomic
def describe(release: Release, *, user: Any, now: datetime, **changes: Any) -> Release:
    """Change kind, reference, signatory, activity or expiry: what no other verb names. Not of a withdrawn one."""
    allowed = {"kind", "reference", "signatory_name", "signatory_function", "activity", "expires_at"}
    if unknown := set(changes) - allowed:
        raise ValueError(f"not described here: {', '.join(sorted(unknown))}")
    refuse_withdrawn(Release.objects.select_for_update(no_key=True).get(pk=release.pk))
    return core.change_thing(release, action="described", changes=changes, user=user, now=now)


def was_public(thing: Release | Kit, *, now: datetime) -> bool:
    """Whether anyone outside could have read it: a live page whose hour has come."""
    return SitePage.objects.filter(thing_uid=thing.uid, live=True, public_from__lte=now).exists()


@transaction.atomic
def set_embargo(release: Release, *, until: datetime, user: Any, now: datetime, reason: str = "") -> Release:
    """Set, delay or advance the embargo. Its kit, where it followed, and the files of its text go with it.

    Raises EmbargoInPast, and AlreadyPublic for what everyone could read before `now`.
    """
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    refuse_withdrawn(row)
    if until <= now:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or lift it."))
    if was_public(row, now=now):
        raise AlreadyPublic(
            _(
                "This text is public already: an embargo would hide what everyone has read. Withdraw it instead."
            )
        )
    before = row.embargo_until
    action = (
        "embargo.set" if before is None else ("embargo.delayed" if until > before else "embargo.advanced")
    )
    changed = core.change_thing(
        release, action=action, changes={"embargo_until": until}, user=user, now=now, reason=reason
    )
    holds.follow_embargo(changed, before=before, user=user, now=now)
    return changed


@transaction.atomic
def lift_embargo(release: Release, *, user: Any, now: datetime, reason: str = "") -> Release:
    """End the embargo at `now`: from this instant every channel has the release, its files and its kit."""
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    refuse_withdrawn(row)
    before = row.embargo_until
    if before is None or before <= now:
        return row
    changed = core.change_thing(
        release, action="embargo.lifted", changes={"embargo_until": now}, user=user, now=now, reason=reason
    )
    holds.follow_embargo(changed, before=before, user=user, now=now)
    return changed


@transaction.atomic
def withdraw(release: Release, *, reason: str, user: Any, now: datetime) -> Release:
    """Take back a release: a page with the reason is left where it was public, and nothing elsewhere.

    Files of its text that nobody could have yet stay with the team; those that were public stay public, and its
    kit, which may belong to others, is withdrawn by its own verb.
    """
    if not reason.strip():
        raise PressError(_("Say why it is withdrawn: the reason stands on the page."))
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    if row.withdrawn_at is not None:
        return row
    changes = {"withdrawn_at": now, "withdrawn_reason": reason.strip()}
    changed = core.change_thing(
        release, action="withdrawn", changes=changes, user=user, now=now, reason=reason.strip()
    )
    holds.settle(changed, now=now)
    return changed


@transaction.atomic
def correct(
    release: Release,
    *,
    note: str,
    user: Any,
    now: datetime,
    language: str = "fr",
    shows_words: bool = True,
) -> Correction:
    """Say publicly what was changed in a published text. The words themselves are changed in the editor; the
    former ones stand beside the new ones in the public history, unless `shows_words` is false.

    The same sentence of the same words, said again or twice at once, is one correction.
    """
    if not note.strip():
        raise PressError(_("Say what was changed: the sentence stands on the page."))
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    refuse_withdrawn(row)
    if not was_public(row, now=now):
        raise NotPublished(_("Nobody has read this text yet: change it, there is nothing to correct."))
    words, last = words_now(row), row.corrections.first()
    if last is not None and (last.note, last.language, last.words) == (note.strip(), language, words):
        return last
    correction = Correction.objects.create(
        release=release,
        note=note.strip(),
        language=language,
        at=now,
        words=words,
        shows_words=shows_words,
        user=user if user and user.pk else None,
    )
    core.change_thing(
        release, action="corrected", changes={"corrected_at": now}, user=user, now=now, reason=note.strip()
    )
    return correction


@transaction.atomic
def attach_kit(release: Release, *, kit: Kit | None, user: Any, now: datetime) -> Release:
    """Join a kit to a release, or part them. A kit that nobody has seen yet takes the release's embargo."""
    refuse_withdrawn(Release.objects.select_for_update(no_key=True).get(pk=release.pk))
    if kit is not None:
        kit.refresh_from_db(from_queryset=Kit.objects.select_for_update(no_key=True))
        if kit.withdrawn_at is not None:
            raise PressError(_("This kit was withdrawn."))
    changed = core.change_thing(
        release, action="kit.attached" if kit else "kit.detached", changes={"kit": kit}, user=user, now=now
    )
    if kit is not None:
        holds.bring_kit_under(changed, kit, user=user, now=now)
    return changed


def published(page: Any, *, user: Any, now: datetime) -> None:
    """After a page of a release went live: it has its number, its words are kept, its files open with it."""
    with transaction.atomic():
        release = Release.objects.select_for_update(no_key=True).get(pk=page.release_id)
        date = page.dateline_date
        give_number(release, user=user, now=now, year=date.year if date else None)
        keep_wording(page, now=now)
        holds.settle(release, now=now)


def forget_if_unused(release_pks: Iterable[int]) -> None:
    """After pages were deleted: a release without any page, never numbered nor sent, goes too."""
    Release.objects.filter(
        pk__in=list(release_pks), pages__isnull=True, number__isnull=True, distributions__isnull=True
    ).filter(corrections__isnull=True, early_copies__isnull=True).delete()
