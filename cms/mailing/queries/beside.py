"""Who of a mailing is reached by paper or telephone, and what left that way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cms.contacts import queries as contacts
from cms.contacts.models import Contact, ContactEmail, Purpose, Suppression, SuppressionReason
from cms.mailing.models import Diffusion, Mailing
from cms.mailing.queries import PURPOSES, everybody

Channel = Diffusion.Channel
PAPER = (Channel.LABELS, Channel.LETTERS)


def in_protocol_order(people: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those with a rank first, by rank; then by name."""
    return people.order_by(F("protocol_rank").asc(nulls_last=True), "family_name", "name", "pk")


def on_paper(mailing: Mailing, *, dead_too: bool = False, fresh_for: str = "") -> QuerySet[Contact]:
    """The contacts of a mailing that a letter is for: those without an e-mail address, in protocol order.

    `dead_too` adds those whose address does not exist any more. `fresh_for` (a paper channel) leaves out those for
    whom something was printed already by it. Whoever wants no mail from us gets none on paper either.
    """
    people = contacts.with_reach(everybody(mailing)).annotate(
        is_dead=Exists(
            Suppression.objects.filter(address=OuterRef("address"), reason=SuppressionReason.HARD_BOUNCE)
        )
    )
    wanted = Q(address=None) | Q(is_dead=True) if dead_too else Q(address=None)
    people = people.filter(wanted).exclude(_wants_none(mailing))
    if fresh_for:
        printed = Diffusion.objects.filter(
            mailing=mailing, channel=fresh_for, struck_at=None, contacts=OuterRef("pk")
        )
        people = people.exclude(Exists(printed))
    return in_protocol_order(people.select_related("organisation"))


def with_postal_address(people: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those whom the post finds: by an address of their own, or at their organisation's."""
    return people.filter(_has_postal_address())


def without_postal_address(people: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those whom the post does not find."""
    return people.exclude(_has_postal_address())


def by_telephone(mailing: Mailing, *, all_numbers: bool = False) -> QuerySet[Contact]:
    """The contacts of a mailing that a text message is for, with `number`, in protocol order, a number once.

    Those without an e-mail address; with `all_numbers`, everybody who has a number. Whoever wants no mail from us, or
    declined to be called, gets none. Where several share a number, the first of them stands for it.
    """
    people = contacts.with_reach(everybody(mailing)).exclude(number=None).exclude(_wants_none(mailing))
    people = people.exclude(contacts.declined(Purpose.PHONE))
    if not all_numbers:
        people = people.filter(address=None)
    turn = Window(
        RowNumber(),
        partition_by=F("number"),
        order_by=[F("protocol_rank").asc(nulls_last=True), "family_name", "name", "pk"],
    )
    return in_protocol_order(people.annotate(turn=turn).filter(turn=1))


def left_out_of_calls(mailing: Mailing) -> int:
    """How many of a mailing have a number but want no message from us."""
    people = contacts.with_reach(everybody(mailing)).exclude(number=None)
    return people.filter(_wants_none(mailing) | contacts.declined(Purpose.PHONE)).count()


def diffusions(mailing: Mailing | None = None, *, source_uid: UUID | None = None) -> QuerySet[Diffusion]:
    """What left beside e-mail, the newest first: of all, of a mailing, or of a thing."""
    rows = Diffusion.objects.select_related("mailing", "activity", "user", "struck_by")
    if mailing is not None:
        rows = rows.filter(Q(mailing=mailing) | Q(source_uid=mailing.source_uid, source_uid__isnull=False))
    if source_uid is not None:
        rows = rows.filter(source_uid=source_uid)
    return rows


def last_options(channel: str) -> dict[str, Any]:
    """What was chosen the last time that something left by this channel."""
    return Diffusion.objects.filter(channel=channel).values_list("options", flat=True).first() or {}


def _between(start: datetime, end: datetime, *channels: str) -> QuerySet[Diffusion]:
    return Diffusion.objects.filter(channel__in=channels, at__gte=start, at__lt=end, struck_at=None)


def count_on_paper(start: datetime, end: datetime) -> int:
    """How many people were written to on paper: once for a mailing, however often it was printed."""
    rows = Diffusion.contacts.through.objects.filter(diffusion__in=_between(start, end, *PAPER))
    return rows.values("diffusion__mailing", "contact").distinct().count()


def count_text_messages(start: datetime, end: datetime) -> int:
    """How many people's numbers were handed to an operator, once for a mailing."""
    rows = Diffusion.contacts.through.objects.filter(diffusion__in=_between(start, end, Channel.SMS))
    return rows.values("diffusion__mailing", "contact").distinct().count()


def count_copied(start: datetime, end: datetime) -> int:
    """How many texts were copied for WhatsApp."""
    return _between(start, end, Channel.WHATSAPP).count()


def _has_postal_address() -> Q:
    return Q(postal_address__gt="") | Q(organisation__postal_address__gt="")


def _wants_none(mailing: Mailing) -> Q:
    """An address of theirs is on the list, but not because it does not exist; or such mailings were declined."""
    unwanted = Suppression.objects.exclude(reason=SuppressionReason.HARD_BOUNCE).values("address")
    none = Q(Exists(ContactEmail.objects.filter(contact=OuterRef("pk"), address__in=unwanted)))
    purpose = PURPOSES.get(Mailing.Kind(mailing.kind))
    return none | contacts.declined(purpose) if purpose is not None else none
