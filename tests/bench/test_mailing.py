"""The outbox against a bare smtplib loop, to the same sink in the same run; its latency, its memory, its crashes."""

from __future__ import annotations

import json
import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from cms.contacts.models import Audience, AudienceMember, Contact, ContactEmail
from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.mail.letters import message_of, parts_of, personal, renderer_of
from cms.mailing.models import Mailing, Sender
from tests.conftest import free_port
from tests.factories import mailing as make

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
HERE = Path(__file__).parent
MAILS = 3000
BARE = "bare smtplib loop, one reused connection, same bytes, same run"


# Processes -----------------------------------------------------------------------------------------------------
@contextmanager
def listening(script: str, *arguments: object) -> Iterator[int]:
    """Run a script of this folder with a free port as its first argument, until it listens; then end it."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(HERE / script), str(port), *map(str, arguments)])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def sink() -> Iterator[int]:
    with listening("smtp_sink.py") as port:
        yield port


def taken(port: int, path: Path) -> list[tuple[float, int, str]]:
    """What the sink has taken: moment, connection, Message-ID."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        assert server.docmd("XDUMP", str(path))[0] == 250
    return [(moment, number, key) for moment, number, key in json.loads(path.read_text())]


class Worker:
    """A process of the engine's; `go` begins on a mailing, `killed` ends it with SIGKILL."""

    def __init__(self, port: int) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.bench.mail_worker",
            connection.settings_dict["NAME"],
            str(port),
        ]
        self.process = subprocess.Popen(
            command,
            cwd=django_settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "settings.test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.read() == {"ready": 1}

    def read(self) -> dict[str, float]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def go(self, mailing: Mailing, connections: int = 20) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write(f"go {mailing.pk} {connections}\n")
        self.process.stdin.flush()
        return int(self.read()["pid"])

    def result(self) -> dict[str, float]:
        found = self.read()
        assert self.read() == {"over": 1}
        return found

    def killed(self, pid: int) -> bool:
        """Kill the process; false when it was over by itself."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if "over" in self.read():
            return True
        self.read()
        return False


@contextmanager
def workers(number: int, port: int) -> Iterator[list[Worker]]:
    found = [Worker(port) for _number in range(number)]
    try:
        yield found
    finally:
        for worker in found:
            assert worker.process.stdin is not None
            worker.process.stdin.close()
            worker.process.wait(20)


# Rows ----------------------------------------------------------------------------------------------------------
def people(number: int, *, slug: str = "tous") -> Audience:
    """An audience of `number` contacts with addresses, made in bulk."""
    contacts = Contact.objects.bulk_create(
        (Contact(name=f"Personne {index}", name_key=f"personne {index}") for index in range(number)),
        batch_size=5000,
    )
    ContactEmail.objects.bulk_create(
        (
            ContactEmail(contact=row, address=f"p{row.pk}@d{row.pk % 40}.example.org", is_primary=True)
            for row in contacts
        ),
        batch_size=5000,
    )
    audience = Audience.objects.create(name=slug, slug=slug)
    AudienceMember.objects.bulk_create(
        (AudienceMember(audience=audience, contact=row, added_at=make.NOON) for row in contacts),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return audience


def launched(audience: Audience) -> Mailing:
    return actions.launch(make.mailing(audience), user=None, now=clock.now())


def commits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durable = cursor.fetchone() == ("on", "on")
    return "durable commit per mail" if durable else "commit per mail, not durable"


def say(bench: str, value: float, unit: str, against: str, ratio: float) -> None:
    line = {
        "bench": bench,
        "value": round(value, 1),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
    }
    print("\n" + json.dumps(line, ensure_ascii=False), flush=True)


# Figures -------------------------------------------------------------------------------------------------------
def bare_loop(mailing: Mailing, port: int) -> tuple[float, float]:
    """Seconds of the clock and of the processor for each of the mailing's mails, sent by smtplib alone."""
    sender, letter = mailing.sender, mailing.letters.get()
    message = message_of(
        parts_of(letter), mailing=mailing, sender=sender, renderer=renderer_of(mailing), language="fr"
    )
    rows = list(mailing.deliveries.order_by("pk")[:MAILS])
    for row in rows:
        row.dated_at = clock.now()
    mails = [(row.address, message.render(personal(row))) for row in rows]
    server = smtplib.SMTP("127.0.0.1", port, timeout=10)
    server.ehlo()
    wall, cpu = time.perf_counter(), time.process_time()
    for address, data in mails:
        server.sendmail(sender.address, [address], data)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    server.quit()
    return wall / len(mails), cpu / len(mails)


def drained(mailing: Mailing, port: int, processes: int, connections: int) -> tuple[float, float]:
    """The same for the engine, in so many processes of so many connections each."""
    Sender.objects.update(connections=processes * connections)
    with workers(processes, port) as found:
        begun = time.perf_counter()
        for worker in found:
            worker.go(mailing, connections)
        results = [worker.result() for worker in found]
        wall = time.perf_counter() - begun if processes > 1 else results[0]["wall"]
    assert queries.counts(mailing)["sent"] == queries.counts(mailing)["total"]
    sent = sum(result["sent"] for result in results)
    return wall / sent, sum(result["cpu"] for result in results) / sent


def test_mails_per_second_and_processor_time_per_mail(sink, capsys):
    make.sender(connections=1)
    audience = people(MAILS)
    bare_wall, bare_cpu = bare_loop(launched(audience), sink)
    with capsys.disabled():
        say("mailing.bare_loop.rate", 1 / bare_wall, "mails/s", "itself", 1)
        say("mailing.bare_loop.cpu", bare_cpu * 1e6, "µs/mail", "itself", 1)
    Mailing.objects.update(state="paused")
    for processes, connections in ((1, 1), (1, 4), (2, 1), (2, 4)):
        wall, cpu = drained(launched(audience), sink, processes, connections)
        name = f"mailing.workers_{processes}.connections_{connections}"
        with capsys.disabled():
            say(f"{name}.rate", 1 / wall, f"mails/s, {commits()}", BARE, bare_wall / wall)
            say(f"{name}.cpu", cpu * 1e6, "µs/mail", BARE, cpu / bare_cpu)


def test_twenty_connections_over_a_line_of_40_ms(sink, capsys):
    make.sender(connections=20)
    mailing = launched(people(2000))
    with listening("delay_proxy.py", sink, 40) as port:
        wall, _cpu = drained(mailing, port, 1, 20)
    with capsys.disabled():
        say("mailing.line_of_40_ms.connections_20.rate", 1 / wall, "mails/s", "100 mails/s", 1 / wall / 100)


def test_expanding_100_000_recipients(capsys):
    make.sender()
    many = people(100_000)
    few = Audience.objects.create(name="Peu", slug="peu")
    AudienceMember.objects.bulk_create(
        AudienceMember(audience=few, contact_id=key, added_at=make.NOON)
        for key in AudienceMember.objects.filter(audience=many).values_list("contact_id", flat=True)[:10_000]
    )
    figures = []
    for audience in (few, many):
        draft = make.mailing(audience)
        with grown() as memory:
            started = time.perf_counter()
            mailing = actions.launch(draft, user=None, now=clock.now())
            seconds = time.perf_counter() - started
        figures.append((seconds, memory["own"], memory["server"]))
    assert queries.counts(mailing)["queued"] == 100_000
    (_quick, few_own, few_server), (seconds, own, server) = figures
    with capsys.disabled():
        say("mailing.expand_100000", seconds, "s", "10 s", seconds / 10)
        for name, place, most, least in (
            ("memory", "process", own, few_own),
            ("server_memory", "database", server, few_server),
        ):
            against = f"{least:.1f} MB for 10,000"
            say(
                f"mailing.expand_100000.{name}",
                most,
                f"MB more in the {place}",
                against,
                most / max(least, 0.1),
            )


def memory_of(pid: int | str) -> float:
    """What a process holds for itself alone, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def grown() -> Iterator[dict[str, float]]:
    """By how many MB this process and its database server grew at most, looked at every few milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pids: dict[str, int | str] = {"own": "self", "server": cursor.fetchone()[0]}
    before = {name: memory_of(pid) for name, pid in pids.items()}
    most, over = dict.fromkeys(pids, 0.0), threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            for name, pid in pids.items():
                most[name] = max(most[name], memory_of(pid) - before[name])

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


def test_mails_after_a_pause(sink, tmp_path, capsys):
    connections = 4
    make.sender(connections=connections)
    mailing = launched(people(MAILS))
    with workers(1, sink) as (worker,):
        worker.go(mailing)
        wait_for(sink, 600)
        actions.pause(mailing, user=None, now=clock.now())
        paused_at = time.monotonic()
        worker.result()
    late = Counter(number for moment, number, _key in taken(sink, tmp_path / "taken") if moment > paused_at)
    assert queries.counts(mailing)["queued"] > 0
    with capsys.disabled():
        most, all_late = max(late.values(), default=0), sum(late.values())
        say("mailing.after_pause", most, "mails per connection, at most", "1", most)
        say(
            "mailing.after_pause.all",
            all_late,
            f"mails, {connections} connections",
            "4",
            all_late / connections,
        )
    assert most <= 1
    assert all_late <= connections


def wait_for(port: int, number: int) -> None:
    """Wait until the sink has taken so many mails."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        deadline = time.monotonic() + 60
        while int(server.docmd("XCOUNT")[1]) < number:
            assert time.monotonic() < deadline
            time.sleep(0.001)


def test_twenty_kills_of_a_campaign_of_4_000(sink, tmp_path, capsys):
    chance = random.Random(2026)
    make.sender(connections=2)
    mailing = launched(people(4000))
    reached = 0
    with workers(1, sink) as (worker,):
        for _kill in range(20):
            pid = worker.go(mailing)
            reached += chance.randint(40, 180)
            wait_for(sink, reached)
            time.sleep(chance.random() / 200)
            assert worker.killed(pid)
            actions.sweep(now=clock.now() + timedelta(minutes=4))
        worker.go(mailing)
        worker.result()
    actions.sweep(now=clock.now() + timedelta(minutes=4))
    report(mailing, Counter(key for _moment, _number, key in taken(sink, tmp_path / "taken")), capsys)


def report(mailing: Mailing, seen: Counter[str], capsys: Any) -> None:
    rows = list(mailing.deliveries.values_list("message_id", "state"))
    lost = [key for key, state in rows if state != "unknown" and not seen[key]]
    unsettled = [key for key, state in rows if state not in ("sent", "unknown")]
    twice = [key for key, number in seen.items() if number > 1]
    doubtful = [key for key, state in rows if state == "unknown"]
    with capsys.disabled():
        against = "20 kill -9 of a 4,000-mail campaign, two connections"
        share = (len(lost) + len(unsettled)) / len(rows)
        say("mailing.kills.lost", len(lost) + len(unsettled), "mails", against, share)
        say("mailing.kills.twice_without_a_word", len(twice), "mails", against, len(twice) / len(rows))
        say("mailing.kills.in_doubt", len(doubtful), "mails wait for an officer", against, len(doubtful) / 20)
    assert not lost
    assert not unsettled
    assert not twice
    assert len(doubtful) <= 40
