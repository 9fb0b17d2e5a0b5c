"""The door on two telephones with the network cut, and everything told once it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from cms.accounts.models import User
from events import queries
from events.models import CheckIn, Occurrence, Registration
from tests.factories.events import make_event, make_event_page, make_registration
from tests.support.journeys import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: Everything that lies on the telephone's disk for this site, as text.
DISK = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (const store of base.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      for (const row of rows) {
        found.push(JSON.stringify(row, (_, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
          ? new TextDecoder("latin1").decode(value) : value));
      }
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(await (await cache.match(request)).text());
  }
  return { text: found.join(" ") + JSON.stringify(localStorage) + JSON.stringify(sessionStorage), rows: found.length };
}"""
#: How many lists or entries still lie there.
LISTS = """async () => {
  let rows = 0;
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (const store of base.objectStoreNames) {
      rows += await new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).count();
        asked.onsuccess = () => done(asked.result);
      });
    }
    base.close();
  }
  return rows;
}"""
REACHES = "() => fetch('/healthz', { cache: 'no-store' }).then(() => true, () => false)"


def hall() -> tuple[Occurrence, list[Registration]]:
    soon = timezone.localtime(timezone.now() + timedelta(hours=1))
    event = make_event(
        start_date=soon.date(), start_time=soon.time().replace(microsecond=0), end_time=None, open_end=True,
        now=timezone.now(),
    )  # fmt: skip
    make_event_page(event)
    row = event.occurrences.get()
    names = ("Aminata Coulibaly", "Bakary Dembélé", "Ɲagalɛn Keïta")
    return row, [
        make_registration(row, n, name=name, now=timezone.now(), confirm=n != 1)
        for n, name in enumerate(names)
    ]


def telephone(browser, live_server, row: Occurrence, name: str):
    """A telephone on which somebody of the protocol is signed in, and the door's page is kept."""
    context = browser.new_context(
        locale="fr-FR", timezone_id="Africa/Bamako", viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/door/{row.event.uid.hex}/")
    page.fill("[name=username]", "fanta")
    page.fill("[name=password]", "right-password")
    page.click("[type=submit]")
    expect(page.locator("[data-door][data-kept=yes]")).to_be_visible()
    page.get_by_text("Cette porte", exact=True).click()
    page.get_by_label("Nom de cette porte").fill(name)
    page.get_by_label("Nom de cette porte").blur()
    return page


def test_two_doors_without_network_let_in_what_they_may_and_tell_it_later(
    browser, live_server, transactional_db
) -> None:
    row, people = hall()
    user = User.objects.create_user("fanta", password="right-password")
    user.groups.add(Group.objects.get(name="protocol"))
    first, second = (telephone(browser, live_server, row, name) for name in ("Porte A", "Porte B"))
    key = first.locator("[data-part=door-key]").inner_text()
    for page in (first, second):
        page.context.set_offline(True)
    assert first.evaluate(REACHES) is False
    assert all(worker.evaluate(REACHES) is False for worker in first.context.service_workers)

    # Closed and opened again without network: the page is there, the list is not, until the key is typed.
    first.reload()
    desk, verdict = first.locator("[data-part=desk]"), first.locator("[data-part=verdict]")
    expect(first.get_by_label("Clé de la porte")).to_be_visible()
    expect(desk).to_be_hidden()
    disk = first.evaluate(DISK)
    assert disk["rows"] >= 5
    assert not any(secret in disk["text"] for secret in ("Coulibaly", "Aminata", key, key.replace(" ", "")))
    first.get_by_label("Clé de la porte").fill("000 000 000")
    first.get_by_role("button", name="Ouvrir la liste").click()
    expect(first.get_by_role("alert")).to_contain_text("Ce n’est pas la clé")
    first.get_by_label("Clé de la porte").fill(key.upper())
    first.get_by_role("button", name="Ouvrir la liste").click()
    expect(desk).to_be_visible()

    # By the name, folded; somebody unconfirmed whom staff vouch for; somebody new; a forged code.
    search = first.get_by_role("searchbox")
    search.fill("nagalen")
    first.get_by_role("button", name="Ɲagalɛn").click()
    expect(verdict).to_contain_text("Entrez")
    expect(verdict).to_contain_text("sans réseau")
    search.fill("dembele")
    first.get_by_role("button", name="Bakary").click()
    expect(verdict).to_contain_text("Pas de place confirmée")
    first.get_by_role("button", name="Faire entrer quand même").click()
    expect(verdict).to_contain_text("Entrez")
    first.get_by_text("Quelqu’un qui n’est pas inscrit").click()
    first.get_by_label("Prénom et nom").fill("Oumou Sangaré")
    first.get_by_role("button", name="Inscrire et faire entrer").click()
    expect(verdict).to_contain_text("Oumou Sangaré")
    search.fill("https://example.org/r/" + "A" * 43)
    search.press("Enter")
    expect(verdict).to_contain_text("Pas sur la liste")
    expect(first.locator("[data-part=sync]")).to_contain_text("5 à envoyer")

    # The same ticket at the other door, which cannot know.
    other = second.get_by_role("searchbox")
    other.fill(f"https://example.org/r/{queries.key_of(people[2])}")
    other.press("Enter")
    expect(second.locator("[data-part=verdict]")).to_contain_text("Entrez")
    assert CheckIn.objects.count() == 0

    for page in (first, second):
        page.context.set_offline(False)
    for page in (first, second):
        expect(page.locator("[data-part=sync]")).not_to_contain_text("à envoyer")
    assert eventually(lambda: CheckIn.objects.count() == 6, within=20)
    inside = set(Registration.objects.exclude(attended_at=None).values_list("name", flat=True))
    assert inside == {"Ɲagalɛn Keïta", "Bakary Dembélé", "Oumou Sangaré"}
    conflict = queries.conflicts_of(row).get()
    assert conflict.registration == people[2]
    expect(second.locator("[data-part=conflicts]")).to_contain_text("entré deux fois")
    expect(second.locator("[data-part=inside]")).to_have_text("Entrés : 3")

    # With the network back the server decides: the ticket was used at either door.
    search.fill(queries.door_code(people[2]))
    search.press("Enter")
    expect(verdict).to_contain_text("Déjà entré")

    # Over: nothing stays.
    Occurrence.objects.filter(pk=row.pk).update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    expect(desk).to_be_hidden(timeout=20_000)
    expect(first.get_by_role("alert")).to_contain_text("passée")
    assert first.evaluate(LISTS) == 0
    for page in (first, second):
        page.context.close()
