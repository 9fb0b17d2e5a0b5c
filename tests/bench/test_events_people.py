"""An event of 10,000 registrations: its lists, figures, door and files, in milliseconds and queries."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.accounts.models import User
from cms.contacts.models import Contact
from events.models import CheckIn, Occurrence, Registration
from tests.factories.events import make_agendas, make_event

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
PEOPLE = 10_000


def fill(row: Occurrence) -> None:
    """10,000 people from ten countries, registered over two months; every third is inside."""
    now = timezone.now()
    countries = ("ML", "SN", "BF", "FR", "CA", "US", "BJ", "TG", "NE", "GW")
    contacts = Contact.objects.bulk_create(
        Contact(name=f"Invité {n:05}", name_key=f"invite {n:05}", country=countries[n % 10])
        for n in range(PEOPLE)
    )
    people = Registration.objects.bulk_create(
        Registration(
            occurrence=row,
            contact=contact,
            name=contact.name,
            email=f"invite{n}@example.org",
            organisation=f"Structure {n % 400}",
            state="confirmed",
            confirmed_channel="link",
            confirmed_at=now,
            created_at=now - timedelta(minutes=9 * n),
            attended_at=now if n % 3 == 0 else None,
        )
        for n, contact in enumerate(contacts)
    )
    CheckIn.objects.bulk_create(
        CheckIn(
            client_uid=uuid4(),
            occurrence=row,
            registration=person,
            way="code",
            outcome="admitted",
            door=f"Porte {person.pk % 4}",
            day=row.local_start.date(),
            scanned_at=now,
            received_at=now,
        )
        for person in people[::3]
    )


def test_lists_figures_and_door_of_10_000_people() -> None:
    make_agendas()
    soon = timezone.localtime(timezone.now() + timedelta(hours=1))
    event = make_event(
        start_date=soon.date(), start_time=soon.time(), end_time=None, open_end=True, now=timezone.now()
    )
    row = event.occurrences.get()
    fill(row)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    client = Client()
    client.force_login(User.objects.create_superuser("awa", "awa@example.org", "secret"))
    home = f"/door/{event.uid.hex}/"
    now = int(time.time() * 1000)
    post = json.dumps({"date": row.recurrence_id, "generation": 0, "after": 0, "sent_at": now, "scans": []})
    asked = {
        "list of people": lambda: client.get(f"/admin/agenda/{event.pk}/"),
        "list of people, part 200": lambda: client.get(f"/admin/agenda/{event.pk}/?b_start=9950"),
        "list of people, a name": lambda: client.get(f"/admin/agenda/{event.pk}/?q=09999"),
        "figures": lambda: client.get(f"/admin/agenda/{event.pk}/figures/"),
        "screen of the door": lambda: client.get(f"/admin/agenda/{event.pk}/door/"),
        "agenda of the team": lambda: client.get("/admin/agenda/"),
        "list of a door": lambda: client.get(f"{home}list.json"),
        "visit of a door": lambda: client.post(f"{home}sync", post, content_type="application/json"),
        "CSV": lambda: b"".join(client.get(f"/admin/agenda/{event.pk}/export.csv").streaming_content),
        "workbook": lambda: client.get(f"/admin/agenda/{event.pk}/export.xlsx"),
    }
    for name, ask in asked.items():
        ask()
        wall, cpu = [], []
        for _round in range(3):
            with CaptureQueriesContext(connection) as queries:
                began, burnt = time.perf_counter(), time.process_time()
                ask()
                wall.append((time.perf_counter() - began) * 1000)
                cpu.append((time.process_time() - burnt) * 1000)
        line = {"bench": f"10,000 people: {name}", "value": round(min(wall), 1), "unit": "ms"}
        line |= {"against": "CPU ms in our process", "ratio": round(min(cpu), 1), "queries": len(queries)}
        print(json.dumps(line, ensure_ascii=False))
