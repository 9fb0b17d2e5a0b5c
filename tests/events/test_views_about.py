"""What an event is told with: chosen in the admin, shown to each reader as far as they may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.contacts.models import Organisation
from cms.core.actions import place_page
from events import actions
from events.models import Event, EventPage
from tests.events.test_views_admin import address, signed_in
from tests.factories.contacts import make_contact
from tests.factories.core import locale
from tests.factories.events import make_agendas, make_event, make_event_page
from tests.factories.media_library import docx, make_asset, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def past_page(**values: Any) -> EventPage:
    start = (timezone.now() - timedelta(days=9)).date()
    return make_event_page(make_event(start_date=start, now=timezone.now(), **values))


def posted(**lists: Any) -> dict[str, Any]:
    names = ("partners", "contacts", "readings", "files")
    said = {name: inline_formset(lists.get(name, [])) for name in names}
    facts = {"kind": "debate", "role": "participant", "anniversary": "28", "edition": "", "attendance": "214"}
    return nested_form_data({**facts, **said})


def test_partners_contacts_and_figures_are_kept_and_shown_on_the_page(client: Client) -> None:
    page = past_page()
    partner = Organisation.objects.create(name="Université de Ségou", website="https://www.example.org/")
    sponsor = Organisation.objects.create(name="Banque du fleuve")
    asked = make_contact(name="Awa Traoré", email="awa@example.org")
    other = make_event_page(title="Conférence de mars", slug="mars")
    said = posted(
        partners=[
            {"organisation": str(partner.pk), "part": "partner"},
            {"organisation": str(sponsor.pk), "part": "sponsor"},
        ],
        contacts=[{"contact": str(asked.pk)}],
        readings=[{"page": str(other.pk)}],
    )
    officer = signed_in("officer")
    assert officer.get(address(page.event, "about/")).status_code == 200
    for _time in range(2):
        answer = officer.post(address(page.event, "about/"), said)
        assert answer.status_code == 302, answer.context["form"].errors
    event = Event.objects.get(pk=page.event_id)
    assert (event.kind, event.role) == ("debate", "participant")
    assert (event.anniversary, event.attendance, event.partners.count()) == (28, 214, 2)
    html = client.get(page.public_path).content.decode()
    for words in (
        "Université de Ségou",
        "Banque du fleuve",
        "participe",
        "Débat",
        "Parrain",
        "Awa Traoré",
        "awa@example.org",
    ):
        assert words in html, words
    assert "214 personnes" in html
    assert f'href="{other.public_path}"' in html
    json = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert [one["part"] for one in json["partners"]] == ["partner", "sponsor"]
    assert json["attendance"] == 214
    assert signed_in("coordinator").post(address(page.event, "about/"), said).status_code in (302, 403)


def test_a_page_read_with_an_event_is_told_in_the_readers_language_and_only_to_who_may_see_it(
    client: Client,
) -> None:
    page = past_page()
    kit = make_event_page(title="Dossier", slug="dossier")
    hidden = make_event_page(
        make_event(embargo_until=timezone.now() + timedelta(days=9)), title="Canari", slug="canari"
    )
    actions.set_about(
        event=page.event,
        facts={},
        lists={"readings": [{"page": kit}, {"page": hidden}]},
        user=None,
        now=timezone.now(),
    )
    assert "Canari" not in client.get(page.public_path).content.decode()
    _french, agenda = make_agendas()
    for one, title in ((page, "Conference"), (kit, "Press kit")):
        said = {"title": title, "slug": title.lower().replace(" ", "-"), "event": one.event}
        english = EventPage(locale=locale("en"), translation_key=one.translation_key, **said)
        place_page(agenda, english, user=None, now=timezone.now())
    html = client.get(f"{agenda.public_path}conference/").content.decode()
    assert "Press kit</a>" in html
    assert "Dossier</a>" not in html


def test_a_past_event_keeps_its_public_files_and_no_others(client: Client) -> None:
    page = past_page()
    photo = make_asset(released=True, title="Photo ouverte", credit="Studio Djoliba")
    shut = make_asset(picture(), title="Canari")
    report = make_asset(docx(), "rapport.docx", released=True, title="Rapport du forum")
    files = [{"asset": one} for one in (photo, shut, report)]
    actions.set_about(event=page.event, facts={}, lists={"files": files}, user=None, now=timezone.now())
    html = client.get(page.public_path).content.decode()
    assert "Photo ouverte" in html
    assert "Rapport du forum" in html
    assert "Canari" not in html
