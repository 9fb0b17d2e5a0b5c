"""`@mailings`: for those who may look, the whole; for everybody else there is no such service."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from cms.core import links
from cms.mailing import actions
from cms.mailing.models import Delivery, Mailing
from settings.wsgi import application
from tests.core.api.conftest import Api, token_for
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.core import make_site
from tests.factories.mailing import NOON
from tests.mailing.test_figures import met, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(db: None) -> Any:
    return make_site()


def api(role: str | None, *scopes: str) -> Api:
    return Api(token_for(make_user(role), *(scopes or ("read",))))


@pytest.fixture
def mailing() -> Mailing:
    """Six people: three have it, one never will, one later, one waits."""
    row = make.launched(6)
    taken(row, 3)
    met(row, 1, "failed", "no_such_box", said="550 5.1.1 inconnu")
    met(row, 1, "deferred", "greylisted")
    return row


def address(*steps: object) -> str:
    return "/".join(("@mailings", *(step.uid.hex for step in steps)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["officer", "editor", "admin", "coordinator"])
def test_those_who_may_look_read_mailings_with_their_counts(role, mailing):
    said = api(role).get("@mailings").json()
    assert (said["@id"], said["items_total"]) == ("http://localhost:8000/@mailings", 1)
    assert said["outbox"] == {
        "due": 2,
        "oldest": "2026-11-23T12:00:00+00:00",
        "deferred": 0,
        "next_attempt": None,
        "held": [],
    }
    (item,) = said["items"]
    assert (item["@id"], item["@type"]) == (f"http://localhost:8000/{address(mailing)}", "Mailing")
    assert (item["title"], item["kind"], item["review_state"]) == ("Journée du TOKTEN", "notice", "sending")
    assert item["counts"] == {"total": 6, "done": 3, "open": 2, "trouble": 1, "unknown": 0}


@pytest.mark.parametrize("role", [None, "author", "protocol", "internal", "journalist"])
def test_for_everybody_else_there_is_no_such_service(role, mailing):
    callers = [api(role)] if role else [Api(), api(None)]
    row = mailing.deliveries.first()
    for caller in callers:
        absent = caller.get("@nothing")
        for path in (address(), address(mailing), address(mailing, row), "@mailings/junk"):
            for answer in (
                caller.get(path),
                caller.get(path, unknown="1"),
                caller.call("POST", path, {}),
                caller.call("OPTIONS", path),
            ):
                assert (answer.status_code, answer.content) == (404, absent.content), (path, answer.content)
                assert answer.headers["Cache-Control"] == absent.headers["Cache-Control"]


def test_the_control_who_may_look_is_told_of_verbs_parameters_and_what_is_absent(mailing):
    officer = api("officer")
    assert officer.get("@mailings", unknown="1").status_code == 400
    assert officer.call("POST", "@mailings", {}).headers["Allow"] == "GET, HEAD, OPTIONS"
    assert officer.get("@mailings/junk").json()["code"] == "not-found"
    assert officer.get(f"{address(mailing)}/{'0' * 32}").json()["code"] == "not-found"
    assert officer.get(f"{address(mailing)}/{'0' * 32}/more").json()["code"] == "unknown-service"
    assert officer.get("fr/@mailings").json()["code"] == "unknown-service"
    other = make.mailing(title="Autre")
    row = mailing.deliveries.first()
    assert officer.get(address(other, row)).status_code == 404, "of another mailing"
    assert api("officer", "write").get("@mailings").status_code == 403, "a token without the scope to read"


def test_a_mailing_says_its_figures_words_and_mails(mailing):
    said = api("coordinator").get(address(mailing)).json()
    assert said["counts"] | {"sent": 3, "failed": 1, "deferred": 1, "queued": 1, "total": 6} == said["counts"]
    assert (said["percent"], said["running"]) == (66, True)
    assert said["sender"]["replies_to"] == "presse@tokten.example.org"
    assert {(one["state"], one["reason"], one["count"], one["said"]) for one in said["failures"]} == {
        ("failed", "no_such_box", 1, "550 5.1.1 inconnu"),
        ("deferred", "greylisted", 1, ""),
    }
    assert said["course"] == {
        "span_seconds": 60,
        "items": [{"time": "2026-11-23T12:00:00+00:00", "sent": 3, "trouble": 2}],
    }
    assert said["letters"] == [{"language": "fr", "version": 1, "subject": "Journée du TOKTEN – été"}]
    assert said["history"][0]["action"] == "mailing.launch"
    assert said["items_total"] == 6
    assert said["items"][0]["address"] == "personne0@example.org"
    assert "timeline" not in said["items"][0]
    whole = api("officer").get(address(mailing), include_letters="1", include_items="0").json()
    assert "[[name]]" in whole["letters"][0]["html"]
    assert "items" not in whole


def test_the_mails_of_a_mailing_are_filtered_and_batched(mailing):
    officer, path = api("officer"), address(mailing)

    def names(**asked: Any) -> list[str]:
        return [item["title"] for item in officer.get(path, **asked).json()["items"]]

    assert names(state="failed") == ["Personne 3"]
    assert names(state=["failed", "deferred"]) == ["Personne 3", "Personne 4"]
    assert names(reason="greylisted") == ["Personne 4"]
    assert names(SearchableText="pérsonne 5") == ["Personne 5"]
    assert names(SearchableText="personne1@") == ["Personne 1"]
    page = officer.get(path, state="sent", b_size="2", b_start="2").json()
    assert (page["items_total"], len(page["items"])) == (3, 1)
    assert page["batching"]["prev"].endswith("?state=sent&b_start=0&b_size=2")
    assert officer.get(path, state="draft").status_code == 400


def test_mailings_are_filtered_by_state_kind_and_title(mailing):
    make.mailing(title="Réunion du comité", kind="invitation")
    officer = api("officer")

    def titles(**asked: Any) -> list[str]:
        return [item["title"] for item in officer.get("@mailings", **asked).json()["items"]]

    assert titles() == ["Réunion du comité", "Journée du TOKTEN"]
    assert titles(state="draft") == titles(kind="invitation") == titles(SearchableText="reunion")
    assert titles(state="draft") == ["Réunion du comité"]
    assert titles(state="sent,cancelled") == []


def test_a_mail_says_its_life_step_by_step(mailing):
    row = mailing.deliveries.get(state="failed")
    said = api("coordinator").get(address(mailing, row)).json()
    assert (said["state"], said["smtp_text"]) == ("failed", "550 5.1.1 inconnu")
    assert [(step["event"], step["state"], step["reason"]) for step in said["timeline"]] == [
        ("queued", "queued", ""),
        ("changed", "failed", "no_such_box"),
    ]


def test_no_answer_gives_away_a_personal_link_or_the_words_of_owed_mail(mailing):
    row = make.owed(values={"event": "Conférence secrète", "ticket_url": "https://tokten.example.org/r/abc"})
    Delivery.objects.filter(pk=row.pk).update(dated_at=NOON)
    officer = api("officer")
    asked = [
        (address(row.mailing), {"fullobjects": "1", "include_letters": "1"}),
        (address(row.mailing, row), {}),
        (address(mailing), {"fullobjects": "1", "include_letters": "1"}),
    ]
    said = [officer.get(path, **params) for path, params in asked]
    assert {answer.status_code for answer in said} == {200}
    whole = "".join(answer.content.decode() for answer in said)
    assert "aminata@example.org" in whole, "the control: the mail itself is listed"
    keys = [links.make("mail", one.uid, one.generation) for one in (row, mailing.deliveries.first())]
    for secret in ("/r/abc", "Conférence secrète", *keys):
        assert secret not in whole


@pytest.mark.parametrize("params", [{}, {"fullobjects": "1", "include_letters": "1"}])
def test_one_and_thirty_cost_the_same_queries(params):
    make.sender()
    officer = api("officer")

    def asked(path: str) -> int:
        for _once in range(2):  # what a process looks up once and keeps is not the answer's price
            with CaptureQueriesContext(connection) as found:
                assert officer.get(path, b_size="50", **params).status_code == 200
        return len(found)

    def filled(size: int) -> Mailing:
        people = [make.contact(size * 100 + number) for number in range(size)]
        row = actions.launch(
            make.mailing(make.audience(slug=f"a{size}", members=people)), user=None, now=NOON
        )
        met(row, size, "failed", "box_full")
        return row

    one, thirty = filled(1), filled(30)
    few = 0 if params else asked("@mailings")
    assert asked(address(one)) == asked(address(thirty)) <= 24
    for _number in range(28):
        make.mailing()
    if not params:
        assert asked("@mailings") == few <= 10


def described(officer: Api) -> Any:
    """validate(template, answer) against the site's own description."""
    said = officer.get("@openapi").json()

    def validate(template: str, answer: Any) -> None:
        content = said["paths"][f"/++api++/@mailings{template}"]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        Draft202012Validator({"components": said["components"], **schema}).validate(answer.json())

    return validate


def test_each_answer_is_as_described(mailing):
    officer = api("officer")
    validate = described(officer)
    make.owed()
    make.mailing()
    later = make.mailing(make.audience(slug="demain", members=[make.contact(70)]), title="Demain")
    actions.schedule(later, send_at=NOON + timedelta(days=1), user=None, now=NOON)
    validate("", officer.get("@mailings"))
    for row in Mailing.objects.all():
        validate("/{mailing}", officer.get(address(row), fullobjects="1", include_letters="1"))
    for one in mailing.deliveries.all():
        validate("/{mailing}/{delivery}", officer.get(address(mailing, one)))


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The server's application in this process, inside the test's transaction: it closes no connection (as Django's
    test client does)."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_an_officer_asks_is_answered_as_described(mailing, kept_connection, mode):
    token = token_for(make_user("officer"), "read")
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_wsgi("/++api++/@openapi", application)
    row, asked, failures = mailing.deliveries.first(), 0, []
    for result in schema.include(method="GET", path_regex="@mailings").get_all_operations():
        operation = result.ok()

        @seed(20183)
        @settings(
            max_examples=12,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def fuzz(case):
            nonlocal asked
            if asked % 2:
                known = {"mailing": mailing.uid.hex, "delivery": row.uid.hex}
                case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            asked += 1
            # Whom it is open to has tests of its own: here every case is an officer's.
            case.validate_response(case.call(headers=headers), excluded_checks=[ignored_auth])

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fuzz()
        except Unsatisfiable:
            continue
        except (Exception, BaseExceptionGroup) as error:
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)
    assert asked > 20
