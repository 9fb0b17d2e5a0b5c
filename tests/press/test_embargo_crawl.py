"""The embargo crawl: every channel the house has, walked from its own tables, with a canary in an embargoed release.

The addresses come from the URL table, the registered page types with their subpaths, the services of the API and the
variants of files: a channel that is added is walked, or the first test fails until it says why it need not be. Who
walks: anybody, and an accredited journalist to whom another text was opened. The control is an officer.
"""

from __future__ import annotations

import io
import re
import shutil
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import get_resolver

from cms.contacts import actions as contacts
from cms.core import clock, registry
from cms.core.models import Audience
from cms.core.registry import Refused
from media_library import actions as library
from press import actions
from press.models import Coverage
from press.queries import doors
from settings.urls import urlpatterns
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.factories.media_library import pdf
from tests.factories.press import make_kit, make_release, refreshed
from tests.press.test_sounds import make_sound
from tests.support.crawl import (
    Channel,
    Hung,
    admin_channels,
    channels,
    crawl,
    file_channels,
    is_leak,
    route_of,
)
from tests.support.embargo import CANARY, lay_world

pytestmark = pytest.mark.django_db

#: Routes that take what the crawl makes for them (`probes`); the dispatcher's are those of all pages.
PROBED = {
    "media/": "each file in each variant",
    "p/": "short addresses",
    "s/": "links to files, made before the files went with an embargoed text",
    "j/": "the doors of journalists",
    "(.*)": "every page, and every subpath of its type",
    "++api++": "every page and every service",
    "admin/": "every address of the admin, by anybody",
}
#: Routes that hold nothing of a release, or are somebody's own: why they are not walked.
ELSEWHERE = {
    "m/": "a mail is its recipient's; whether it may leave is asked below",
    "c/": "counts a click of a mail",
    "r/": "a registration is its holder's",
    "a/": "an abstract is its authors'",
    "e/": "abstracts given to a reviewer",
    "i/": "an invitation is its guest's",
    "d/": "a delegation is its head's",
    "door/": "the list of a door, for its staff",
    "verify/": "says whether a certificate is true",
    "(?P<language>": "the form of the newsletter",
}


@pytest.fixture(scope="module")
def laid_walk(laid_room: Any, tmp_path_factory: Any) -> tuple[Any, Any]:
    media = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=media):
        world = lay_world(laid_room)
        files = [
            library.import_file(
                fileobj=io.BytesIO(pdf(CANARY)),
                filename=f"{CANARY.lower()}-{name}.pdf",
                title=f"{CANARY} {name}",
                now=clock.now(),
            )
            for name in ("lettre", "annexe")
        ]
        sound = make_sound(title=f"{CANARY} extrait")
        # A link opens nothing under embargo; these files were free when it was made.
        link = library.share(
            assets=[*files, sound],
            note="Rédaction",
            user=None,
            expires_at=clock.now() + timedelta(days=9),
            now=clock.now(),
        )
        release, now = refreshed(world.page), clock.now()
        actions.set_files(release, scan=files[0], attachments=[(files[1], "")], user=None, now=now)
        library.add_sound(page=world.page, asset=sound, words={"speaker": CANARY}, user=None, now=now)
        actions.want_archives(world.kit_page.kit, now=now)
        assert actions.build_archives(world.kit_page.kit, now=now)
        Coverage.objects.create(
            outlet=CANARY, medium="radio", title=CANARY, said_date=now.date(), thing_uid=release.uid
        )
        return (world, Hung(files, sound, link, *_reserved(world))), media


def _reserved(world: Any) -> tuple[Any, Any]:
    """A published kit for whoever has its link, with its archives; no link to it is walked."""
    asset = library.import_file(
        fileobj=io.BytesIO(pdf(f"{CANARY} 2")),
        filename=f"{CANARY.lower()}-reserve.pdf",
        title=f"{CANARY} réservé",
        now=clock.now(),
    )
    page = make_kit(
        world.room,
        assets=[asset],
        audience=Audience.LINK,
        title=f"{CANARY} réservé",
        slug=f"{CANARY.lower()}-reserve",
    )
    assert actions.build_archives(page.kit, now=clock.now())
    return page, asset


@pytest.fixture
def walk(laid_walk: Any, db: None, settings: Any, tmp_path: Any) -> Any:
    found, media = laid_walk
    settings.MEDIA_ROOT = shutil.copytree(media, tmp_path / "media")
    return deepcopy(found)


def test_every_route_of_the_site_is_walked_or_says_why_not():
    known = [*PROBED, *ELSEWHERE]
    missing = [
        route
        for route in map(route_of, urlpatterns)
        if re.search(r"[<(]", route) and not any(route.startswith(one) for one in known)
    ]
    assert not missing, f"give these routes a probe, or say why they hold nothing of a release: {missing}"


def test_before_its_instant_no_channel_has_a_trace_for_anybody(client, walk):
    assert crawl(client, channels(*walk)) == []


def test_before_its_instant_no_address_of_the_admin_has_a_trace_for_anybody(client, walk):
    world, _hung = walk
    admin = next(
        one
        for one in get_resolver().url_patterns
        if route_of(one) == "admin/" and hasattr(one, "url_patterns")
    )
    found = list(admin_channels(admin.url_patterns, "/admin/", world))
    assert len(found) > 150
    assert crawl(client, found) == []


def journalist(name: str) -> tuple[Any, str]:
    """An accredited journalist, and the path of their door."""
    contact = make_contact(name=name, email=f"{name.lower()}@example.org")
    contacts.grant_accreditation(contact=contact, now=clock.now())
    accreditation = doors.door_of(contact, now=clock.now())
    assert accreditation is not None
    return contact, "/j/" + doors.door_url(accreditation).rpartition("/j/")[2]


def test_before_its_instant_no_channel_has_a_trace_for_a_journalist_of_another_text(walk):
    world, hung = walk
    other = make_release(world.room, title="Autre texte", until=clock.now() + timedelta(days=2))
    awa, door = journalist("Awa")
    ali, _his = journalist("Ali")
    actions.give_early_copies(other.release, contacts=[awa], user=None, now=clock.now())
    actions.give_early_copies(refreshed(world.page), contacts=[ali], user=None, now=clock.now())
    client = Client()
    assert client.post(door, {"do": "agree", "version": "1"}).status_code == 303
    assert client.get(other.public_path).status_code == 200, "she is inside: her own text opens"
    found = [
        one
        for one in channels(world, hung)
        if (one.is_subject or not one.name.startswith("API @")) and not re.search(r" (GET|HEAD)", one.name)
    ]
    below = [
        replace(one, name=f"{one.name} below the door", path=f"{door.rstrip('/')}{one.path}")
        for one in found
        if one.is_subject and not one.path.startswith("/++api++")
    ]
    assert crawl(client, [*found, Channel("door", door)]) == []
    assert crawl(Client(), below) == []


def test_mails_and_messages_refuse_it_before_its_instant(walk):
    world, _hung = walk
    now = clock.now()
    for one in registry.shareables:
        for thing in (world.page.release, world.kit_page.kit):
            try:
                brief = one.brief(thing.uid, "fr", now)
            except (Refused, LookupError):
                continue
            assert CANARY not in str(brief)
    for source in registry.story_sources:
        titles = [page.title for page in source.news(now - timedelta(days=30), now, "fr")]
        assert not [title for title in titles if CANARY in title]


def test_the_control_whom_embargoes_do_not_bind_finds_it_in_the_same_channels(client, walk):
    """An officer: with the policy open, the probes sing, so that their silence above says something."""
    client.force_login(make_user("officer"))
    kinds = ("page", "page as JSON", "API", "API @search", "file", "rendition", "short address")
    kinds += (
        "asset page",
        "asset page as JSON",
        "sound",
        "archive by digest",
        "subpath text.txt",
        "subpath ninjs.json",
        "file of a kit by link",
        "asset page of a kit by link",
        "archive of a kit by link",
        "short address of a kit by link",
    )
    kinds += ("subpath atom.xml",)
    tried = [one for one in channels(*walk) if one.method == "get"]
    silent = [kind for kind in kinds if not any(is_leak(client, one) for one in tried if one.name == kind)]
    assert silent == []


def test_the_control_of_links_to_files_they_open_what_is_public_again(client, walk):
    """The same links once the embargo is lifted: what was silent above is there."""
    world, hung = walk
    tried = [one for one in file_channels(world, hung) if "link" in one.name]
    tried = [one for one in tried if world.image.asset.uid.hex not in one.path]
    assert len(tried) == 4
    actions.lift_embargo(refreshed(world.page), user=None, now=clock.now())
    assert [one.path for one in tried if not is_leak(client, one)] == []


def test_the_control_of_a_kit_by_its_link_it_sings_to_who_has_one(client, walk):
    """And the link of the kit opens nothing of the text under embargo."""
    world, hung = walk
    now = clock.now()
    link = actions.share_kit(
        hung.reserved.kit, note="Rédaction", user=None, expires_at=now + timedelta(days=9), now=now
    )
    file = link.path + "file/" + hung.reserved_file.url.removeprefix("/media/")
    for path in (link.path, file, f"{link.path}archive-light.zip"):
        assert is_leak(client, Channel("by its link", path)), path
    files = [world.image.asset, *hung.documents, hung.sound]
    below = [link.path + "file/" + one.url.removeprefix("/media/") for one in files]
    assert crawl(client, [Channel("file by another's link", path, is_subject=True) for path in below]) == []
