"""No path into the queue leads past the suppression list, but for mail that a person is owed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from cms.accounts.models import Role
from cms.contacts import actions as contacts
from cms.core import links
from cms.mailing import actions, queries
from cms.mailing.actions import claims, outcomes
from cms.mailing.actions.reword import reword
from cms.mailing.mail.layout import LINK_PURPOSE
from cms.mailing.mail.transport import Fault, Scope
from cms.mailing.models import Delivery, Mailing
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db

LEFT, STAYS = "personne1@example.org", "personne2@example.org"
LATER = NOON + timedelta(minutes=30)
BUSY = Fault(Scope.RECIPIENT_LATER, 451, "4.7.1 later")
Leave = Callable[[], None]


# Every way into the queue --------------------------------------------------------------------------------------
# Each takes two people whose mail is not in the queue, calls `leave()`, and puts both into the queue by one path.
def two() -> Mailing:
    make.sender()
    return make.mailing(make.audience(members=[make.contact(1), make.contact(2)]))


def launched() -> Mailing:
    return actions.launch(two(), user=None, now=NOON)


def handed_over(mailing: Mailing) -> list[Delivery]:
    """Both rows as a worker holds them while their mail is on the wire."""
    held = claims.claim(mailing.pk, now=NOON)
    for row in held.rows:
        assert claims.advance(held.token, sent=None, begin=row.pk, now=NOON)[1]
    return held.rows


def by_launch(leave: Leave) -> Mailing:
    mailing = two()
    leave()
    return actions.launch(mailing, user=None, now=NOON)


def by_the_schedule(leave: Leave) -> Mailing:
    mailing = two()
    actions.schedule(mailing, send_at=NOON + timedelta(minutes=5), user=None, now=NOON)
    leave()
    actions.sweep(now=NOON + timedelta(minutes=6))
    return mailing


def by_waiting(leave: Leave) -> Mailing:
    mailing = launched()
    leave()
    return mailing


def by_trying_failures_again(leave: Leave) -> Mailing:
    mailing = launched()
    mailing.deliveries.update(state="failed")
    leave()
    actions.retry_failed(mailing, user=None, now=NOON)
    return mailing


def by_settling_doubts(leave: Leave) -> Mailing:
    mailing = launched()
    mailing.deliveries.update(state="unknown")
    leave()
    actions.resolve_unknown(mailing, arrived=False, user=None, now=NOON)
    return mailing


def by_a_server_that_is_busy(leave: Leave) -> Mailing:
    mailing = launched()
    rows = handed_over(mailing)
    leave()
    for row in rows:
        outcomes.defer(row, BUSY, now=NOON)
    assert set(mailing.deliveries.values_list("state", flat=True)) == {"deferred"}
    return mailing


def by_a_connection_that_broke(leave: Leave) -> Mailing:
    mailing = launched()
    rows = handed_over(mailing)
    leave()
    for row in rows:
        outcomes.give_back(row)
    assert set(mailing.deliveries.values_list("state", flat=True)) == {"queued"}
    return mailing


def by_a_worker_that_stops(leave: Leave) -> Mailing:
    mailing = launched()
    held = claims.claim(mailing.pk, now=NOON)
    leave()
    claims.release(held.token)
    return mailing


def by_a_worker_that_died(leave: Leave) -> Mailing:
    mailing = launched()
    claims.claim(mailing.pk, now=NOON)
    leave()
    actions.sweep(now=NOON + timedelta(minutes=10))
    return mailing


def by_a_correction(leave: Leave) -> Mailing:
    mailing = launched()
    claims.claim(mailing.pk, now=NOON)
    leave()
    Mailing.objects.filter(pk=mailing.pk).update(title="Journée du TOKTEN, corrigé")
    assert reword(mailing, now=NOON)
    return mailing


def by_a_server_that_refused_everybody(leave: Leave) -> Mailing:
    mailing = launched()
    mailing.deliveries.update(state="failed", reason="refused")
    leave()
    keys = list(mailing.deliveries.values_list("pk", flat=True))
    refused = Fault(Scope.RECIPIENT, 550, "5.7.1 no")
    outcomes.unburn(keys, mailing, refused, sender=mailing.sender, now=NOON)
    mailing.refresh_from_db()
    actions.resume(mailing, user=None, now=NOON)
    return mailing


#: The path, and the writers of the queue that it goes through (file:function, as `writers_of_the_queue` finds them).
PATHS: dict[Callable[[Leave], Mailing], set[str]] = {
    by_launch: {"cms/mailing/actions/launch.py:freeze_audience"},
    by_the_schedule: set(),
    by_waiting: set(),
    by_trying_failures_again: {"cms/mailing/actions/control.py:requeue"},
    by_settling_doubts: {"cms/mailing/actions/control.py:requeue"},
    by_a_server_that_is_busy: {"cms/mailing/actions/outcomes.py:defer"},
    by_a_connection_that_broke: {"cms/mailing/actions/outcomes.py:give_back"},
    by_a_worker_that_stops: {"cms/mailing/actions/claims.py:release"},
    by_a_worker_that_died: {"cms/mailing/actions/sweep.py:free_expired"},
    by_a_correction: {"cms/mailing/actions/reword.py:reword"},
    by_a_server_that_refused_everybody: {"cms/mailing/actions/outcomes.py:unburn"},
}
#: Mail that a person is owed: it goes to suppressed addresses, on purpose.
OWED = {
    *("cms/mailing/actions/owe.py:owe", "cms/mailing/actions/owe.py:owe_all"),
    "cms/mailing/actions/outcomes.py:resend_owed",
}


def sent_to(mailing: Mailing, sink) -> list[str]:
    for _turn in range(3):
        actions.drain(mailing.pk, clock=lambda: LATER)
    return sorted(item.rcpt_tos[0] for item in sink.received)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_whoever_left_gets_nothing_by_any_path_into_the_queue(path, smtp_sink):
    mailing = path(lambda: contacts.suppress(address=LEFT, now=NOON))
    assert sent_to(mailing, smtp_sink) == [STAYS]
    row = mailing.deliveries.get(address=LEFT)
    assert (row.state, row.reason) == ("suppressed", "suppressed")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_by_the_same_path_a_mail_reaches_who_did_not_leave(path, smtp_sink):
    """The control: each path does lead into the queue and out to the server."""
    assert sent_to(path(lambda: None), smtp_sink) == [LEFT, STAYS]


def test_owed_mail_reaches_a_suppressed_address_and_is_sent_once_more_after_a_doubt(smtp_sink):
    contacts.suppress(address="aminata@example.org", now=NOON)
    make.sender()
    row = make.owed()
    Delivery.objects.filter(pk=row.pk).update(state="unknown")
    assert outcomes.resend_owed([row.pk], now=NOON) == 1
    assert sent_to(row.mailing, smtp_sink) == ["aminata@example.org"]


# Nobody forgot a path ------------------------------------------------------------------------------------------
INTO_THE_QUEUE = {"queued", "deferred", "QUEUED", "DEFERRED"}
WRITES_DELIVERIES = re.compile(r"(?:INSERT INTO|UPDATE)\s+mailing_delivery\b", re.IGNORECASE)
# What takes `state=` and writes nothing: conditions, the timeline, values said over.
READS = {"filter", "exclude", "get", "Q", "When", "note", "count", "resume_label"}


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _puts_into_the_queue(node: ast.AST, statements: set[str]) -> bool:
    if isinstance(node, ast.Name):  # a statement kept at the head of the module
        return node.id in statements
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        return bool(WRITES_DELIVERIES.search(text)) and "'queued'" in text.partition("WHERE")[0]
    if not isinstance(node, ast.Call) or _name(node.func) in READS:
        return False
    made = _name(node.func) in {"create", "get_or_create", "update_or_create", "bulk_create"}
    if (made and "Delivery.objects" in ast.unparse(node.func)) or (
        "deliveries" in ast.unparse(node.func) and made
    ):
        return True
    states = [word.value for word in node.keywords if word.arg == "state"]
    return any(
        _name(value) in INTO_THE_QUEUE or (isinstance(value, ast.Constant) and value.value in INTO_THE_QUEUE)
        for value in states
    )


def writers_of_the_queue(code: str, name: str) -> set[str]:
    """The functions that write a delivery which waits to be sent, as ``file:function``."""
    tree = ast.parse(code)
    statements = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and _puts_into_the_queue(node.value, set())
    }
    return {
        f"{name}:{function.name}"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(_puts_into_the_queue(node, statements) for node in ast.walk(function))
    }


def test_every_writer_of_the_queue_is_walked_by_a_path_above():
    root = Path(django_settings.BASE_DIR)
    found: set[str] = set()
    for app in ("cms", "press", "events", "media_library", "settings"):
        for file in (root / app).rglob("*.py"):
            if "migrations" not in file.parts and "models" not in file.parts:
                found |= writers_of_the_queue(file.read_text(), str(file.relative_to(root)))
    assert found == set().union(*PATHS.values()) | OWED


@pytest.mark.parametrize(
    "line",
    [
        "Delivery.objects.filter(pk=1).update(state='queued')",
        "rows.update(state=Delivery.State.QUEUED, reason='')",
        "Delivery.objects.create(mailing=mailing)",
        "mailing.deliveries.bulk_create(rows)",
        "_settle(row, state=State.DEFERRED)",
        "cursor.execute(\"UPDATE mailing_delivery SET state = 'queued' WHERE id = 1\")",
    ],
)
def test_a_writer_of_the_queue_would_be_seen(line):
    assert writers_of_the_queue(f"def sneak():\n    {line}", "x.py") == {"x.py:sneak"}


# At once, and by whichever way somebody leaves -----------------------------------------------------------------
def test_what_a_worker_holds_is_taken_from_it_before_its_turn(smtp_sink):
    mailing = launched()
    held = claims.claim(mailing.pk, now=NOON)
    contacts.suppress(address=LEFT, now=NOON)
    begun = {
        row.address: claims.advance(held.token, sent=None, begin=row.pk, now=NOON)[1] for row in held.rows
    }
    assert begun == {LEFT: False, STAYS: True}


def test_without_the_databases_own_rule_the_worker_would_send_it():
    """The control of the test above."""
    mailing = launched()
    held = claims.claim(mailing.pk, now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE contacts_suppression DISABLE TRIGGER USER")
    contacts.suppress(address=LEFT, now=NOON)
    assert all(claims.advance(held.token, sent=None, begin=row.pk, now=NOON)[1] for row in held.rows)


def _token(mailing: Mailing) -> str:
    row = mailing.deliveries.get(address=LEFT)
    return links.make(LINK_PURPOSE, row.uid, row.generation)


def _leave_by_the_admin(mailing: Mailing, client: Client) -> None:
    client.force_login(make_user(Role.OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("suppressions:add"), {"address": LEFT, "reason": "manual", "note": "lettre"})


def _leave_by_a_dead_address(mailing: Mailing, client: Client) -> None:
    other = make.mailing(make.audience(slug="autre", members=[mailing.deliveries.get(address=LEFT).contact]))
    actions.launch(other, user=None, now=NOON)
    other.deliveries.update(state="failed", reason="no_such_box", smtp_text="550 5.1.1 unknown")
    assert outcomes.suppress_dead(other.pk, now=NOON) == 1


@pytest.mark.parametrize(
    "leave",
    [
        lambda mailing, client: client.post(f"/m/{_token(mailing)}/unsubscribe"),
        lambda mailing, client: client.post(f"/m/{_token(mailing)}/preferences/", {"nothing": "1"}),
        _leave_by_the_admin,
        _leave_by_a_dead_address,
    ],
    ids=["unsubscribe", "preferences", "admin", "dead address"],
)
def test_whichever_way_somebody_leaves_their_queued_mail_is_stopped_at_once(leave, client):
    mailing = launched()
    leave(mailing, client)
    assert dict(mailing.deliveries.values_list("address", "state")) == {LEFT: "suppressed", STAYS: "queued"}
    assert queries.counts(mailing)["total"] == 2
