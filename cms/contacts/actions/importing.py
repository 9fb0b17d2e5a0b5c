"""A confirmed list becomes contacts: all of it in one transaction, once, chunk by chunk."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from cms.accounts.models import User
from cms.contacts.actions import history
from cms.contacts.actions.audiences import add_to_audience
from cms.contacts.actions.consents import BY_MAIL
from cms.contacts.actions.imports import CHUNK, ImportChanged, chunks, locked
from cms.contacts.imports.matching import organisations_named
from cms.contacts.models import (
    Consent,
    ConsentSource,
    Contact,
    ContactEmail,
    ContactImport,
    ContactPhone,
    ImportRow,
    Organisation,
    OrganisationKind,
    Suppression,
    SuppressionReason,
)
from cms.contacts.validators import HOME_COUNTRY, name_key, tidy
from cms.core.models import ThingLog

ATTEMPTS = 3
#: What a line fills where the card is empty. It never overwrites: the officer's word is newer than any list.
FILLED = (
    "civility",
    "function",
    "under_cover_of",
    "salutation",
    "closing",
    "protocol_rank",
    "postal_address",
    "city",
    "notes",
)
WISHES = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL)
Result = ImportRow.Result


def confirm_import(
    listing: ContactImport, *, version: int, user: User | None, now: datetime
) -> ContactImport:
    """Bring a list in as the preview of `version` showed it, once: a second time raises ImportChanged.

    All or nothing. Who came in meanwhile by another way is left out and told. What people agreed to is recorded
    with source "import" and its line as evidence, except for who asked to be left alone.
    """
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _bring_in(locked(listing, version=version), user=user, now=now)
        except IntegrityError:
            continue  # somebody entered one of these people at this very moment: look again
    raise ImportChanged


def _bring_in(listing: ContactImport, *, user: User | None, now: datetime) -> ContactImport:
    if listing.state != ContactImport.State.CHECKED:
        raise ImportChanged
    run = _Run(listing, user=user, now=now)
    for chunk in chunks(listing.rows.order_by("line").iterator(chunk_size=CHUNK)):
        run.take(chunk)
    listing.state, listing.done_at, listing.outcome = ContactImport.State.DONE, now, dict(+run.counts)
    listing.version += 1
    listing.save(update_fields=["state", "done_at", "outcome", "version"])
    return listing


class _Run:
    """One list on its way in. What it keeps between chunks is a number for each line, and the organisations."""

    def __init__(self, listing: ContactImport, *, user: User | None, now: datetime) -> None:
        self.listing, self.user, self.now = listing, user, now
        self.counts: Counter[str] = Counter()
        self.contact_of_line: dict[int, int] = {}
        self.bodies: dict[str, int] = {}

    def take(self, rows: Sequence[ImportRow]) -> None:
        self.taken = _Taken(rows)
        self.log: list[ThingLog] = []
        self._name_organisations([row for row in rows if row.choice != ImportRow.Choice.SKIP])
        self._create([row for row in rows if self._is_new(row)])
        self._merge([row for row in rows if not row.result and row.choice == ImportRow.Choice.MERGE])
        for row in rows:
            row.result = row.result or Result.SKIPPED
            self.counts[row.result] += 1
        brought = {row.contact_id: row for row in rows if row.contact_id and row.result != Result.SKIPPED}
        self._agree(brought)
        self._list(brought)
        ThingLog.objects.bulk_create(self.log)
        _write_results(rows)

    def _is_new(self, row: ImportRow) -> bool:
        if row.verdict == ImportRow.Verdict.WRONG:
            row.result = Result.WRONG
        elif row.choice == ImportRow.Choice.CREATE:
            if row.verdict == ImportRow.Verdict.NEW and self.taken.holds(row.values):
                row.result = Result.OVERTAKEN
            return not row.result
        return False

    # Organisations ------------------------------------------------------------------------------------------------
    def _name_organisations(self, rows: Iterable[ImportRow]) -> None:
        """Know the organisations that these lines name; those on no file are entered."""
        wanted: dict[str, ImportRow] = {}
        for row in rows:
            key = name_key(row.values.get("organisation", ""))
            if key and key not in self.bodies:
                wanted.setdefault(key, row)
        if not wanted:
            return
        names = {row.values["organisation"] for row in wanted.values()}
        self.bodies |= organisations_named(names)
        missing = [self._organisation(key, row) for key, row in wanted.items() if key not in self.bodies]
        for body in Organisation.objects.bulk_create(missing):
            self.bodies[body.name_key] = body.pk
            self.log.append(self._line(body, "imported"))
        self.counts["organisations"] += len(missing)

    def _organisation(self, key: str, row: ImportRow) -> Organisation:
        return Organisation(
            name=tidy(row.values["organisation"]),
            name_key=key,
            country=row.values.get("country") or self.listing.defaults["country"],
            kind=row.values.get("organisation_kind", OrganisationKind.OTHER),
        )

    def _body(self, row: ImportRow) -> int | None:
        return self.bodies.get(name_key(row.values.get("organisation", "")))

    # New contacts -------------------------------------------------------------------------------------------------
    def _create(self, rows: Sequence[ImportRow]) -> None:
        people = [self._contact(row) for row in rows]
        Contact.objects.bulk_create(people)
        emails, phones, topics = [], [], []
        for row, contact in zip(rows, people, strict=True):
            row.contact_id, row.result = contact.pk, Result.CREATED
            self.contact_of_line[row.line] = contact.pk
            emails += self._emails(contact, row.values, first=True)
            phones += self._phones(contact, row.values, first=True)
            topics += self._topics(contact, row.values)
            self.log.append(self._line(contact, "imported", row=row))
        ContactEmail.objects.bulk_create(emails)
        ContactPhone.objects.bulk_create(phones)
        Contact.topics.through.objects.bulk_create(topics, ignore_conflicts=True)

    def _contact(self, row: ImportRow) -> Contact:
        values, defaults = row.values, self.listing.defaults
        contact = Contact(
            name=values["name"],
            family_name=values.get("family_name", ""),
            language=values.get("language") or defaults["language"],
            country=values.get("country") or defaults.get("country", HOME_COUNTRY),
            organisation_id=self._body(row),
            **{name: values[name] for name in (*FILLED, "kind") if name in values},
        )
        contact.clean()
        return contact

    def _emails(self, contact: Contact, values: dict[str, Any], *, first: bool) -> list[ContactEmail]:
        free = [address for address in values.get("emails", ()) if self.taken.take_address(address)]
        return [
            ContactEmail(contact=contact, address=address, is_primary=first and place == 0)
            for place, address in enumerate(free)
        ]

    def _phones(self, contact: Contact, values: dict[str, Any], *, first: bool) -> list[ContactPhone]:
        key = contact.name_key
        free = [number for number in values.get("phones", ()) if self.taken.take_number(number, key)]
        return [
            ContactPhone(
                contact=contact,
                number=number,
                owner_key=key,
                is_primary=first and place == 0,
                has_whatsapp=number in values.get("whatsapp", ()),
            )
            for place, number in enumerate(free)
        ]

    def _topics(self, contact: Contact, values: dict[str, Any]) -> list[Any]:
        return [
            Contact.topics.through(contact_id=contact.pk, topic_id=int(key))
            for key in values.get("topics", ())
        ]

    # Cards that are completed -------------------------------------------------------------------------------------
    def _merge(self, rows: Sequence[ImportRow]) -> None:
        cards = _Cards(key for row in rows if (key := self._target(row)))
        for row in rows:
            contact = cards.by_key.get(self._target(row) or 0)
            if contact is None:
                continue  # its line was left out, or its card is gone
            row.contact_id = self.contact_of_line[row.line] = contact.pk
            back, changes = self._take_back(contact, row), self._complete(contact, row, cards)
            row.result = Result.COMPLETED if changes or back else Result.UNCHANGED
            if changes:
                self.log.append(self._line(contact, "completed", row=row, changes=changes))

    def _target(self, row: ImportRow) -> int | None:
        """The contact a line completes: one on file, or whoever an earlier line became."""
        if row.target >= len(row.candidates):
            return None
        candidate = row.candidates[row.target]
        return candidate.get("contact") or self.contact_of_line.get(candidate.get("line", 0))

    def _take_back(self, contact: Contact, row: ImportRow) -> bool:
        if contact.trashed_at is None:
            return False
        contact.trashed_at = None
        contact.save()
        self.log.append(self._line(contact, "taken_back", row=row))
        return True

    def _complete(self, contact: Contact, row: ImportRow, cards: "_Cards") -> dict[str, list[Any]]:
        values = row.values
        filled = [name for name in FILLED if values.get(name) and getattr(contact, name) in ("", None)]
        changes: dict[str, list[Any]] = {name: [None, values[name]] for name in filled}
        for name in filled:
            setattr(contact, name, values[name])
        if contact.organisation_id is None and (body := self._body(row)):
            contact.organisation_id, changes["organisation"] = body, [None, values["organisation"]]
        if changes:
            contact.save()
        emails = self._emails(contact, values, first=contact.pk not in cards.with_email)
        phones = self._phones(contact, values, first=contact.pk not in cards.with_phone)
        cards.with_email.update(one.contact_id for one in emails)
        cards.with_phone.update(one.contact_id for one in phones)
        ContactEmail.objects.bulk_create(emails)
        ContactPhone.objects.bulk_create(phones)
        if emails:
            changes["emails"] = [None, [one.address for one in emails]]
        if phones:
            changes["phones"] = [None, [one.number for one in phones]]
        return changes

    # What all lines share -----------------------------------------------------------------------------------------
    def _agree(self, brought: dict[int, ImportRow]) -> None:
        """Record what the list's people agreed to; who ever said no keeps their no."""
        if not self.listing.purposes or not brought:
            return
        left = set(
            ContactEmail.objects.filter(
                contact__in=brought,
                address__in=Suppression.objects.filter(reason__in=WISHES).values("address"),
            ).values_list("contact", flat=True)
        )
        known: dict[tuple[int, str], Consent] = {}
        standing_first = F("withdrawn_at").asc(nulls_first=True)
        for one in Consent.objects.filter(contact__in=brought).order_by(standing_first):
            known.setdefault((one.contact_id, one.purpose), one)  # the standing one, if any
        new, refused = [], set()
        for key, row in brought.items():
            for purpose in self.listing.purposes:
                consent = known.get((key, purpose))
                said_no = consent is not None and consent.withdrawn_at is not None
                if said_no or (key in left and purpose in BY_MAIL):
                    refused.add(key)
                elif consent is None:
                    new.append(self._consent(key, purpose, row))
                elif consent.given_at is None:
                    given = self._consent(key, purpose, row)
                    given.pk, given.uid, given.requested_at = consent.pk, consent.uid, consent.requested_at
                    given.save(update_fields=["given_at", "source", "evidence", "recorded_by"])
        Consent.objects.bulk_create(new)
        self.counts["consents"] += len(new)
        self.counts["refused"] += len(refused)

    def _consent(self, contact: int, purpose: str, row: ImportRow) -> Consent:
        evidence = f"{self.listing.evidence[:120]} · {self._where(row)}"
        return Consent(
            contact_id=contact,
            purpose=purpose,
            source=ConsentSource.IMPORT,
            evidence=evidence[:200],
            given_at=self.now,
            recorded_by=self.user,
        )

    def _list(self, brought: dict[int, ImportRow]) -> None:
        if self.listing.audience is not None and brought:
            people = [Contact(pk=key) for key in brought]
            add_to_audience(audience=self.listing.audience, contacts=people, user=self.user, now=self.now)
            self.counts["listed"] += len(people)

    def _where(self, row: ImportRow) -> str:
        return f"{self.listing.filename[-60:]}:{row.line}"

    def _line(
        self,
        card: Contact | Organisation,
        action: str,
        *,
        row: ImportRow | None = None,
        changes: dict[str, list[Any]] | None = None,
    ) -> ThingLog:
        reason = self._where(row) if row else self.listing.filename[-60:]
        return history.line(card, action=action, changes=changes, user=self.user, reason=reason, now=self.now)


class _Taken:
    """The addresses and numbers of some lines that already belong to somebody, on file or a line before."""

    def __init__(self, rows: Sequence[ImportRow]) -> None:
        addresses = {address for row in rows for address in row.values.get("emails", ())}
        numbers = {number for row in rows for number in row.values.get("phones", ())}
        self._addresses = set(
            ContactEmail.objects.filter(address__in=addresses).values_list("address", flat=True)
        )
        self._numbers = set(
            ContactPhone.objects.filter(number__in=numbers).values_list("number", "owner_key")
        )

    def holds(self, values: dict[str, Any]) -> bool:
        key = name_key(values["name"])
        return any(address in self._addresses for address in values.get("emails", ())) or any(
            (number, key) in self._numbers for number in values.get("phones", ())
        )

    def take_address(self, address: str) -> bool:
        """Whether the address was free; from now on it is not."""
        free = address not in self._addresses
        self._addresses.add(address)
        return free

    def take_number(self, number: str, key: str) -> bool:
        free = (number, key) not in self._numbers
        self._numbers.add((number, key))
        return free


class _Cards:
    """The cards that some lines complete, held until the list is in; who was merged away leads to who is in use."""

    def __init__(self, keys: Iterable[int]) -> None:
        wanted = set(keys)
        moved = dict(
            Contact.objects.filter(pk__in=wanted, merged_into__isnull=False).values_list("pk", "merged_into")
        )
        held = Contact.objects.select_for_update(no_key=True).filter(
            pk__in=(wanted - set(moved)) | set(moved.values())
        )
        self.by_key = {contact.pk: contact for contact in held.order_by("pk")}
        for old, new in moved.items():
            if new in self.by_key:
                self.by_key[old] = self.by_key[new]
        found = list(self.by_key)
        self.with_email = set(
            ContactEmail.objects.filter(contact__in=found).values_list("contact", flat=True)
        )
        self.with_phone = set(
            ContactPhone.objects.filter(contact__in=found).values_list("contact", flat=True)
        )


def _write_results(rows: Sequence[ImportRow]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE contacts_importrow AS r SET result = n.result, contact_id = n.contact
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS n(id, result, contact) WHERE r.id = n.id""",
            [
                [row.pk for row in rows],
                [str(row.result) for row in rows],
                [row.contact_id for row in rows],
            ],
        )
