"""Fees: told, paid at the desk, receipted once, in numbers without a gap."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from events import actions, queries
from events.models import EventPage, Receipt, Registration
from events.views.tickets import PAPERS_AN_HOUR
from tests.events.test_actions_categories import make_category
from tests.events.test_views_admin import address, signed_in
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def exhibitor(page: EventPage | None = None, **values: Any) -> Registration:
    event = page.event if page else make_event()
    category = make_category(event, "Exposant", amount_xof=25_000)
    now = timezone.now() if page else NOON
    return make_registration(event.occurrences.get(), category=category, now=now, **values)


def paid(registration: Registration, amount: int, **values: Any) -> Receipt:
    said = {"means": "cash", "payer": "Awa", "paid_date": date(2026, 1, 5), "key": uuid4(), "now": NOON}
    return actions.take_payment(registration=registration, amount_xof=amount, user=None, **{**said, **values})


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def test_receipts_follow_each_other_and_the_same_form_twice_is_one() -> None:
    registration, key = exhibitor(), uuid4()
    first = [paid(registration, 10_000, key=key) for _time in range(2)]
    second = paid(registration, 15_000)
    assert {one.pk for one in first} == {first[0].pk}
    assert second.number == first[0].number + 1
    assert queries.due_of(registration) == 0


@pytest.mark.parametrize("amount", [0, 25_001])
def test_no_more_is_taken_than_is_due(amount: int) -> None:
    with pytest.raises(ValidationError):
        paid(exhibitor(), amount)
    assert not Receipt.objects.exists()


def test_nothing_is_taken_from_who_is_not_registered_any_more() -> None:
    registration = exhibitor()
    actions.cancel(registration=registration, now=NOON)
    with pytest.raises(actions.NotTaken):
        paid(registration, 25_000)


def test_a_void_receipt_keeps_its_number_and_its_sum_is_due_again() -> None:
    registration = exhibitor()
    wrong = paid(registration, 25_000)
    for reason in ("Erreur de nom", "encore"):
        actions.void_receipt(receipt=wrong, reason=reason, user=None, now=NOON)
    wrong.refresh_from_db()
    assert (wrong.void_reason, queries.due_of(registration)) == ("Erreur de nom", 25_000)
    assert paid(registration, 25_000).number == wrong.number + 1


def test_the_desk_writes_a_payment_down_and_holder_and_desk_print_the_receipt(
    client: Client, page: EventPage
) -> None:
    registration = exhibitor(page)
    desk = signed_in("protocol")
    folder = address(page.event, f"{registration.uid}/")
    said = {"amount_xof": "25000", "means": "cash", "payer": "Solaire du Mandé", "paid_date": "2026-01-05"}
    assert desk.post(folder + "pay/", {**said, "key": str(uuid4()), "amount_xof": "26000"}).status_code == 422
    assert desk.post(folder + "pay/", {**said, "key": str(uuid4())}).status_code == 302
    receipt = Receipt.objects.get()
    assert receipt.label in desk.get(folder).content.decode()
    own = f"/r/{queries.key_of(registration)}"
    assert receipt.label in client.get(own).content.decode()
    made = client.get(f"{own}/receipt-{receipt.uid}.pdf")
    assert (made["Content-Type"], made["Cache-Control"]) == ("application/pdf", "private, no-store")
    words = text_of(made.content)
    assert (receipt.label in words, "Solaire du Mandé" in words) == (True, True)
    other = make_registration(page.event.occurrences.get(), 2, now=timezone.now())
    assert client.get(f"/r/{queries.key_of(other)}/receipt-{receipt.uid}.pdf").status_code == 404
    assert desk.get(address(page.event, f"{other.uid}/receipts/{receipt.uid}.pdf")).status_code == 404
    assert signed_in("coordinator").post(folder + "pay/", said).status_code == 302
    assert Receipt.objects.count() == 1


def test_the_ticket_is_for_who_has_a_seat_and_its_link_makes_so_many_an_hour(
    client: Client, page: EventPage
) -> None:
    holder = make_registration(page.event.occurrences.get(), confirm=False, now=timezone.now())
    own = f"/r/{queries.key_of(holder)}/ticket.pdf"
    assert client.get(own).status_code == 404
    actions.confirm_address(registration=holder, now=timezone.now())
    made = client.get(own)
    assert (made.status_code, "Invité 1" in text_of(made.content)) == (200, True)
    assert client.get("/r/" + "x" * 43 + "/ticket.pdf").status_code == 404
    for _time in range(PAPERS_AN_HOUR - 2):
        actions.note_try(kind="paper", value=holder.uid.hex, limit=PAPERS_AN_HOUR, now=timezone.now())
    assert client.get(own).status_code == 429
