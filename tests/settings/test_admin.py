"""The administration as its users meet it: in French, without dead ends, each role with what is its own."""

from __future__ import annotations

import html
import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from cms.accounts.models import Role
from cms.core import clock
from cms.core.models import Heartbeat
from events.models import Event, EventPage
from press.models import Release, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.factories.events import make_event_page
from tests.factories.press import make_kit, make_release

pytestmark = pytest.mark.django_db

# Words of Wagtail, Django or ours that stood in English on some screen, and words no officer should meet.
FOREIGN = (
    *("Password", "Submit", "Save draft", "Unpublish", "Any", "Add", "Delete", "ago", "hours", "now"),
    *("Can add", "Locale", "Locales", "Slug", "Snippets", "Fragments", "Status", "Région", "Workflow"),
)
AWKWARD = ("un(e)", "Ce(tte)", "sûr(e)", "Le(la)", "- Wagtail", "Wagtail CMS")
LISTS = (
    *("wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_explore_root", "wagtailsnippets:index"),
    *("wagtailimages:index", "wagtaildocs:index", "wagtailmedia:index", "wagtailimages:add_multiple"),
    *("mailing_index", "wagtailadmin_reports:site_history", "wagtailadmin_reports:workflow"),
    *("wagtailadmin_reports:aging_pages", "wagtailadmin_reports:locked_pages"),
    *("wagtailimages_chooser:choose", "wagtaildocs_chooser:choose", "wagtailadmin_choose_page"),
)


@pytest.fixture
def room(laid_room):
    return deepcopy(laid_room)


def said(response):
    """The words a person reads on a page: text, titles, labels and placeholders."""
    source = response.content.decode()
    source = re.sub(r"<(script|style|svg|textarea)\b.*?</\1>|<!--.*?-->", " ", source, flags=re.DOTALL)
    named = re.findall(r'\b(?:aria-label|title|placeholder)="([^"]+)"', source)
    return html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", source), *named]))


def foreign(words):
    lines = {line.strip() for line in words.splitlines()}
    found = [word for word in FOREIGN if word in lines or re.search(rf"\b{word}\b(?! :)", " ".join(lines))]
    return found + [word for word in AWKWARD if word in words]


def menu(client):
    """The addresses of the menu, as the sidebar gets them."""
    source = html.unescape(client.get(reverse("wagtailadmin_home")).content.decode())
    sidebar = source[source.index("wagtail-sidebar-props") :]
    return sorted(set(re.findall(r'"url": "(/admin/[^"?#]*)"', sidebar)) - {"/admin/logout/"})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.EDITOR, Role.PROTOCOL, Role.COORDINATOR, Role.AUTHOR])
def test_every_entry_of_a_role_s_menu_opens_in_plain_french(client, room, role):
    client.force_login(make_user(role))
    addresses = menu(client)
    assert len(addresses) > 3
    wrong = {}
    for address in addresses:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        assert response.request["PATH_INFO"] != reverse("wagtailadmin_home") or address == "/admin/", address
        assert b'<html lang="fr"' in response.content, address
        if found := foreign(said(response)):
            wrong[address] = found
    assert not wrong


def test_lists_choosers_and_editors_speak_plain_french(client, room):
    client.force_login(make_user(Role.OFFICER))
    release, kit, event = make_release(room), make_kit(room), make_event_page()
    addresses = [reverse(name) for name in LISTS]
    for page in (release, kit, event, room.home):
        addresses += [
            reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in ("edit", "history", "unpublish")
        ]
    for model, parent in (("releasepage", room.releases), ("kitpage", room.kits)):
        addresses.append(reverse("wagtailadmin_pages:add", args=["press", model, parent.pk]))
    wrong = {}
    for address in addresses:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        if found := foreign(said(response)):
            wrong[address] = found
    assert not wrong


def test_a_text_in_approval_and_a_contact_are_shown_in_french(client, room):
    officer = make_user(Role.OFFICER)
    client.force_login(officer)
    page = make_release(room, publish=False)
    page.get_workflow().start(page, officer)
    words = said(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    assert "Validation par la rédaction" in words
    assert not foreign(words)
    words = said(client.get(reverse("contacts:inspect", args=[make_contact().pk])))
    assert "Primary" not in words
    assert not foreign(words)


def test_the_sign_in_page_is_in_french(client):
    response = client.get(reverse("wagtailadmin_login"))
    assert "Mot de passe" in said(response)
    assert not foreign(said(response))


def test_a_reader_of_the_intranet_is_led_there_from_the_sign_in_page(client, room):
    make_user(Role.INTERNAL, username="focal")
    login = reverse("wagtailadmin_login")
    typed = {"username": "focal", "password": "secret", "next": reverse("wagtailadmin_home")}
    response = client.post(login, typed)
    assert response.headers["Location"] == "/fr/intranet/"
    assert client.get("/fr/intranet/").status_code == 200
    assert client.get(login).headers["Location"] == "/fr/intranet/"


def test_a_page_under_embargo_is_not_called_online(client, room):
    client.force_login(make_user(Role.OFFICER))
    page = make_release(room, until=clock.now() + timedelta(days=2))
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "Sous embargo jusqu’au" in said(edit)
    assert "En ligne" not in said(edit)
    assert "sous embargo" in said(client.get(reverse("wagtailadmin_explore", args=[room.releases.pk])))
    public = make_release(room)
    assert "En ligne" in said(client.get(reverse("wagtailadmin_pages:edit", args=[public.pk])))


def test_the_home_says_whether_what_works_by_itself_does(client, room):
    client.force_login(make_user(Role.OFFICER))
    Heartbeat.objects.create(name="scheduler", beat_at=clock.now() - timedelta(seconds=5))
    home = said(client.get(reverse("wagtailadmin_home")))
    assert "Le programmateur tourne" in home
    assert "Aucun courriel n’attend de partir." in home
    Heartbeat.objects.update(beat_at=clock.now() - timedelta(hours=1))
    assert "Le programmateur ne répond pas." in said(client.get(reverse("wagtailadmin_home")))
    client.force_login(make_user(Role.AUTHOR))
    assert "attend de partir" not in said(client.get(reverse("wagtailadmin_home"))), "an author does not send"


def test_an_embargo_stands_on_the_home_once_with_its_hour(client, room):
    client.force_login(make_user(Role.OFFICER))
    until = clock.now() + timedelta(days=2)
    make_release(room, title="Le catalogue", until=until)
    home = said(client.get(reverse("wagtailadmin_home")))
    with translation.override("fr"):
        from cms.core.formats import long_date

        assert home.count(long_date(until)) == 1
    client.force_login(make_user(Role.PROTOCOL))
    assert "Le catalogue" not in said(client.get(reverse("wagtailadmin_home")))


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.OFFICER, Role.EDITOR])
def test_who_writes_translates_a_release_and_an_event_which_stay_one_row(client, room, role):
    user = make_user(role)
    client.force_login(user)
    english = Locale.objects.get(language_code="en")
    for page, rows, model in (
        (make_release(room), Release.objects, ReleasePage),
        (make_event_page(), Event.objects, EventPage),
    ):
        model.objects.filter(pk=page.pk).update(owner=user)
        offered = reverse("simple_translation:submit_page_translation", args=[page.pk])
        assert offered in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        before = rows.count()
        assert client.get(offered).status_code == 200
        assert client.post(offered, {"locales": [english.pk]}).status_code == 302
        copy = model.objects.get(translation_key=page.translation_key, locale=english)
        assert (rows.count(), copy.thing, copy.live) == (before, page.thing, False)
        assert client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])).status_code == 200


@pytest.mark.parametrize("role", [Role.PROTOCOL, Role.COORDINATOR])
def test_who_does_not_write_does_not_translate(client, room, role):
    client.force_login(make_user(role))
    page = make_release(room)
    english = Locale.objects.get(language_code="en")
    client.post(
        reverse("simple_translation:submit_page_translation", args=[page.pk]), {"locales": [english.pk]}
    )
    assert not ReleasePage.objects.filter(locale=english).exists()


@pytest.mark.parametrize(("listing", "model"), [("releases", "releasepage"), ("kits", "kitpage")])
def test_a_new_text_begins_in_its_list_without_asking_for_a_parent(client, room, listing, model):
    client.force_login(make_user(Role.OFFICER))
    page = client.get(f"/admin/{listing}/")
    offered = re.search(rf'href="(/admin/{listing}/choose_parent/[^"]*)"', page.content.decode())
    assert offered
    response = client.get(html.unescape(offered[1]))
    parent = getattr(room, listing)
    assert response.headers["Location"] == reverse("wagtailadmin_pages:add", args=["press", model, parent.pk])


def test_the_editor_says_who_may_read_and_offers_no_other_privacy(client, room):
    client.force_login(make_user(Role.OFFICER))
    source = client.get(reverse("wagtailadmin_pages:edit", args=[make_release(room).pk])).content.decode()
    assert "Tout le monde" in source
    assert "set-privacy" not in source


def test_the_admin_s_answers_are_compressed_and_its_drawings_kept(client, room):
    client.force_login(make_user(Role.OFFICER))
    url = reverse("wagtailadmin_pages:edit", args=[make_release(room).pk])
    whole = client.get(url)
    small = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.content) < len(whole.content) / 4
    assert "no-store" in small.headers["Cache-Control"]
    address = html.unescape(re.search(r'data-icon-url="([^"]+)"', whole.content.decode())[1])
    sprite = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert {"private", "immutable", "max-age=31536000"} <= set(sprite.headers["Cache-Control"].split(", "))
    public = client.get("/fr/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in public.headers
