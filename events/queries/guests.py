"""Guests and their answers, as the secretariat lists them and as a guest finds their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from cms.contacts.models import Contact, ContactImport, ImportRow
from cms.contacts.validators import name_key
from cms.core import links
from events.models import (
    Event,
    GuestList,
    Invitation,
    InvitationState,
    Occurrence,
    Registration,
)

#: What lists are narrowed by: a state, or a question that several states answer.
ASKED: dict[str, tuple[str, ...]] = {
    "unanswered": ("to_send", "sent", "expired"),
    "represented": ("substituted",),
    "coming": ("accepted", "substituted"),
}
LATEST_LISTS = 12


def guest_by_token(token: str) -> Invitation | None:
    """The invitation that a personal link opens, or None for any link that is wrong, altered, revoked or withdrawn."""
    uid = links.uid_of(token)
    if uid is None:
        return None
    found = _whole(Invitation.objects.filter(uid=uid)).first()
    if found is None or not links.verify(
        token, purpose=Invitation.LINK_PURPOSE, uid=found.uid, generation=found.generation
    ):
        return None
    return found


def guest_by_code(code: str, surname: str, *, now: datetime) -> Invitation | None:
    """The invitation of a code typed from a letter with the guest's family name; None whatever of the two is wrong.

    No column holds a code: those of all guests of that name are derived and compared, found or not.
    """
    key = name_key(surname)
    if len(key) < 2:
        return None
    since = now - timedelta(days=1)
    named = Invitation.objects.filter(occurrence__starts_at__gt=since, contact__name_key__contains=key)
    found = None
    for one in named.exclude(state=InvitationState.WITHDRAWN).select_related("contact"):
        fits = f" {key} " in f" {one.contact.name_key} "
        right = links.verify_typed(
            code, purpose=Invitation.CODE_PURPOSE, uid=one.uid, generation=one.generation
        )
        if fits and right:
            found = one
    return found


def guest_key(invitation: Invitation) -> str:
    """The token of a guest's personal link."""
    return links.make(Invitation.LINK_PURPOSE, invitation.uid, invitation.generation)


def guest_code(invitation: Invitation) -> str:
    """The code that a guest types from a letter, as it is printed: "7K3M-9QTZ"."""
    code = links.typed_code(Invitation.CODE_PURPOSE, invitation.uid, invitation.generation).upper()
    return f"{code[:4]}-{code[4:]}"


def _whole(rows: Any) -> QuerySet[Invitation]:
    coming = Registration.objects.active().order_by("pk")
    return rows.select_related(
        "contact__organisation",
        "occurrence__event",
        "occurrence__guest_list__category",
        "category",
        "answered_user",
    ).prefetch_related(
        "contact__emails", "contact__phones", Prefetch("registrations", coming, to_attr="coming")
    )


def guests_of(row: Occurrence, *, asked: str = "", search: str = "") -> QuerySet[Invitation]:
    """The guests of a date by rank, then name, with who comes for each; narrowed by a state or a key of ASKED.

    Without either, those taken off the list are left out. A fixed number of queries.
    """
    found = _whole(Invitation.objects.filter(occurrence=row))
    if asked in ASKED:
        found = found.filter(state__in=ASKED[asked])
    elif asked in InvitationState.values:
        found = found.filter(state=asked)
    else:
        found = found.exclude(state=InvitationState.WITHDRAWN)
    if key := name_key(search.replace("\x00", "")):
        found = found.filter(
            Q(contact__name_key__contains=key)
            | Q(contact__organisation__name_key__contains=key)
            | Q(substitute_name__icontains=search.strip())
        )
    return in_order(found)


def in_order(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """By rank in protocol, those without one last, then by name."""
    return rows.order_by(F("rank").asc(nulls_last=True), "contact__family_name", "contact__name", "pk")


def guest_counts(row: Occurrence) -> dict[str, int]:
    """How many guests of a date stand in each state, and how many people come by their invitations ("people")."""
    rows = Invitation.objects.filter(occurrence=row).order_by().values_list("state").annotate(n=Count("pk"))
    people = Registration.objects.filter(occurrence=row, invitation__isnull=False, state="confirmed").count()
    return {**dict.fromkeys(InvitationState.values, 0), **dict(rows), "people": people}


def guest_list_of(row: Occurrence) -> GuestList | None:
    """What the invitations to a date share, if anybody was ever listed."""
    return GuestList.objects.filter(occurrence=row).first()


def guest_dates(event: Event, *, now: datetime) -> list[Occurrence]:
    """The dates of an event that guests are listed for: to come, or with a list already; else the last one."""
    coming = event.occurrences.coming(now).values("pk")[:30]
    rows = event.occurrences.filter(Q(pk__in=coming) | Q(guest_list__isnull=False)).select_related("event")
    last = event.occurrences.select_related("event").order_by("-starts_at", "-pk")
    return list(rows.order_by("starts_at", "pk")[:60]) or list(last[:1])


def lists_brought_in() -> list[ContactImport]:
    """The last lists brought in from files whose lines are still known, with how many people each holds."""
    done = ContactImport.objects.filter(state=ContactImport.State.DONE, rows__contact__isnull=False)
    rows = done.annotate(people=Count("rows__contact", distinct=True)).order_by("-done_at", "-pk")
    return list(rows[:LATEST_LISTS])


def people_brought_in(listing: ContactImport) -> QuerySet[Contact]:
    """The contacts of a list brought in from a file: those entered and those completed by it."""
    lines = ImportRow.objects.filter(listing=listing, contact__isnull=False).exclude(result="skipped")
    return Contact.objects.filter(trashed_at=None, pk__in=lines.values("contact"))


def already_listed(row: Occurrence, people: QuerySet[Contact]) -> int:
    """How many of these people stand on the guest list of a date."""
    return (
        Invitation.objects.filter(occurrence=row, contact__in=people.values("pk"))
        .exclude(state=InvitationState.WITHDRAWN)
        .count()
    )


def still_silent(
    *, now: datetime, within: timedelta = timedelta(days=30), limit: int = 5
) -> list[Occurrence]:
    """The next dates of which guests were invited and have not answered, with `silent`, their number."""
    silent = Count("invitations", filter=Q(invitations__state=InvitationState.SENT))
    rows: Any = Occurrence.objects.planned().filter(starts_at__gt=now, starts_at__lt=now + within)
    found = rows.annotate(silent=silent).filter(silent__gt=0).select_related("event", "guest_list")
    return list(found.order_by("starts_at", "pk")[:limit])


def invitations_of(contact: Contact, *, limit: int) -> list[Invitation]:
    """What a contact was invited to by name, the latest first."""
    rows = Invitation.objects.filter(contact=contact).select_related("occurrence__event")
    return list(rows.order_by("-occurrence__starts_at", "-pk")[:limit])
