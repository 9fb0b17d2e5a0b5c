"""Background work; each loads, delegates, and may run five times at once with one effect."""

from __future__ import annotations

from celery import shared_task

from cms.core import clock
from cms.mailing import tasks as mailing
from events import actions, queries
from events.actions import printing
from events.actions.abstracts import forget_papers
from events.models import Event


@shared_task(name="events.tasks.extend_horizon", ignore_result=True)
def extend_horizon() -> None:
    """Once a day: write the dates that came within the horizon, and forget calendars never confirmed."""
    actions.extend_horizon(now=clock.now())
    actions.forget_calendars(now=clock.now())


@shared_task(name="events.tasks.sweep_registrations", ignore_result=True)
def sweep_registrations() -> None:
    """Every few minutes: give lapsed holds to those who wait."""
    actions.sweep_registrations(now=clock.now())
    forget_papers(now=clock.now())


@shared_task(name="events.tasks.write_rounds", ignore_result=True)
def write_rounds() -> None:
    """Every few minutes: reminders whose hour has come, invitations whose term is over."""
    now = clock.now()
    actions.expire_invitations(now=now)
    ring(*actions.write_due_rounds(now=now))


@shared_task(name="events.tasks.erase_due", ignore_result=True)
def erase_due() -> None:
    """A few times a day: erase passports and people whose time of keeping is over."""
    actions.erase_due(now=clock.now())


@shared_task(name="events.tasks.erase_files", ignore_result=True)
def erase_files() -> None:
    """Every few hours: erase the files that people joined, once their time is over."""
    now = clock.now()
    actions.erase_files(now=now)
    actions.sweep_files(now=now)
    printing.sweep_prints(now=now)


@shared_task(name="events.tasks.print_certificates", ignore_result=True)
def print_certificates(event: int, role: str, part: int) -> None:
    """Make a file of many certificates that an officer asked for; one that is there is left."""
    row = Event.objects.filter(pk=event).first()
    if row is not None:
        printing.make_print(event=row, role=role, part=part)


def ring(*renderers: str) -> None:
    """Wake a worker for mail just owed, once committed; what a lost ring left lying is found by the sweep."""
    queues = queries.owed_queues(renderers)
    if queues:
        mailing.ring_on_commit(*queues)
