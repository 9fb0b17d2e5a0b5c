"""A text that is sent, republished, corrected, and told of: what the tests of correctives have in common."""

from __future__ import annotations

from typing import Any

from cms.contacts.models import Audience
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery, Mailing
from press import actions
from tests.factories.press import refreshed


def launch(page: Any, *audiences: Audience) -> Mailing:
    row = actions.send_release(page.release, audiences=audiences, user=None, now=clock.now()).mailing
    return mailing.launch(row, user=None, now=clock.now())


def send(page: Any, *audiences: Audience) -> Mailing:
    row = launch(page, *audiences)
    mailing.drain(row.pk, clock=clock.now)
    return row


def republish(page: Any, lead: str) -> None:
    page = type(page).objects.get(pk=page.pk)
    page.lead = lead
    page.save_revision().publish()


def correct(page: Any, note: str = "Le chiffre est 214, non 241.") -> Any:
    correction = actions.correct(refreshed(page), note=note, user=None, now=clock.now())
    actions.reword_mailings(refreshed(page), now=clock.now())
    return correction


def tell(page: Any) -> Mailing:
    return actions.send_corrective(refreshed(page), user=None, now=clock.now()).mailing


def told(page: Any) -> set[str]:
    """Prepare, launch and send what tells them; the addresses it went to."""
    row = mailing.launch(tell(page), user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return set(row.deliveries.filter(state="sent").values_list("address", flat=True))


def addresses(*numbers: int) -> set[str]:
    return {f"personne{number}@example.org" for number in numbers}


def set_state(row: Mailing, number: int, state: str, **more: Any) -> None:
    values: dict[str, Any] = {"state": state, "sent_at": None, **more}
    Delivery.objects.filter(mailing=row, address=f"personne{number}@example.org").update(**values)
