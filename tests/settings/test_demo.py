"""The whole TOKTEN demo, as `make run` loads it: what it holds, that it is light, whole and accessible everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client, TestCase, override_settings

from cms.contacts.models import Contact
from cms.core import clock
from cms.core.formats import local
from cms.core.models import SitePage
from cms.mailing.models import Issue
from cms.plan.models import Target
from events.models import Event, EventPage, Occurrence
from media_library import queries
from media_library.models import Asset
from media_library.policies import is_public
from media_library.queries.downloads import counts_of
from press.models import Correction, Kit, KitArchive, Release, ReleasePage
from press.queries.correctives import wrongly_told
from press.queries.downloads import by_day
from tests.pages.conftest import weight
from tests.pages.test_browser import RULES, SMALL_TARGETS, reader
from tests.support.shared import laid

pytestmark = [pytest.mark.django_db, pytest.mark.e2e]
# Nothing that runs; JSON-LD is data, which no browser executes (HTML Standard, 4.12.1).
RUNS = re.compile(r"<script(?! type=\"application/ld\+json\")|<style|\sstyle=|\son\w+=|nonce=|javascript:")
# One page of each template; what the demo's other pages have in common with them is looked at by weight and links.
TEMPLATES = [
    ("fr", "pages.homepage"), ("en", "pages.homepage"), ("fr", "press.pressroompage"),
    ("fr", "press.releaseindexpage"), ("fr", "press.releasepage"), ("en", "press.releasepage"),
    ("fr", "press.kitindexpage"), ("fr", "press.kitpage"), ("en", "press.kitpage"),
    ("fr", "press.presscontactspage"), ("fr", "events.agendapage"), ("fr", "events.eventpage"),
    ("en", "events.eventpage"), ("fr", "media_library.medialibrarypage"), ("fr", "pages.resultspage"),
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(
    browser: Any, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for this file and rolled back after it; the folder of its files.

    After the browser: an event loop on the thread, as it brings one, has a database connection of its own.
    """
    folder = tmp_path_factory.mktemp("demo")
    with override_settings(DEMO=True, MEDIA_ROOT=folder), laid(django_db_blocker):
        with TestCase.captureOnCommitCallbacks():
            call_command("demo", verbosity=0)
        yield folder


@pytest.fixture
def site(loaded: Path, db: None) -> Iterator[None]:
    """The demo's site; what a test changes is undone after it."""
    with override_settings(DEMO=True, MEDIA_ROOT=loaded):
        yield


def rows() -> dict[str, int]:
    """How many rows each of our tables has, and Wagtail's pages and revisions."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


def addresses(client: Client) -> list[str]:
    """The paths that the sitemap names."""
    text = client.get("/sitemap.xml").content.decode()
    return [found.removeprefix(settings.PUBLIC_URL) for found in re.findall(r"<loc>([^<]+)</loc>", text)]


def test_the_demo_is_as_large_as_promised(site):
    now = clock.now()
    assert Release.objects.count() >= 6
    assert Release.objects.filter(embargo_until__gt=now).count() == 1
    assert Kit.objects.count() >= 3
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds >= {"forum", "msas", "anniversary", "press_conference", "focal_points"}
    weekly = Event.objects.get(kind="focal_points")
    assert weekly.occurrences.filter(starts_at__gt=now).count() > 10
    assert Event.objects.get(anniversary=20).files.count() == 3, "what is over keeps its photographs"
    open_ones = Event.objects.filter(takes_registrations=True, occurrences__starts_at__gt=now)
    assert open_ones.exists()
    for chapter in ("chapter_seven", "chapter_eight", "chapter_ten"):
        assert Target.objects.exclude(**{chapter: ""}).count() >= 8, chapter
    assert Contact.objects.filter(emails__address__endswith="example.org").exists()
    assert Asset.objects.filter(kind="image").count() >= 12
    issues = {issue.locale.language_code: len(issue.body) for issue in Issue.objects.all()}
    assert issues.keys() == {"fr", "en"}
    assert min(issues.values()) >= 5, "a greeting, what became news, figures"


def test_a_second_loading_changes_nothing(site):
    before = rows()
    versions = list(SitePage.objects.order_by("pk").values_list("pk", "version", "latest_revision_id"))
    with TestCase.captureOnCommitCallbacks():
        call_command("demo", verbosity=0)
    assert rows() == before
    assert (
        list(SitePage.objects.order_by("pk").values_list("pk", "version", "latest_revision_id")) == versions
    )


def test_the_plans_own_dates_stay_and_the_others_move_with_the_day(site):
    now = clock.now()
    years = set(Release.objects.exclude(embargo_until__gt=now).values_list("year", flat=True))
    assert years <= {2017, 2018, 2019, None}
    ahead = Occurrence.objects.filter(starts_at__gt=now).order_by("starts_at").first()
    assert ahead is not None
    assert ahead.starts_at < now + timedelta(days=60)


def test_a_correction_shows_its_words_before_and_after_and_a_release_carries_a_document(client, site):
    page = ReleasePage.objects.get(slug="le-tokten-mali-en-bref")
    shown = client.get(f"{page.public_path}corrections").content.decode()
    for what, words in (("del", "est"), ("ins", "réunit")):
        assert re.search(rf"<{what}>[^/]*</span>{words}", shown), what
    (attached,) = page.release.attachments.all()
    assert attached.asset.url in client.get(page.public_path).content.decode()


def test_a_kit_opens_by_links_one_was_sent_and_corrected_and_downloads_are_counted(client, site):
    linked = Kit.objects.get(audience="link")
    link, *_others = queries.links_to(linked.uid, now=clock.now())
    assert linked.pages.get().title in client.get(link.path).content.decode()
    said = Correction.objects.get(kit__isnull=False)
    page = said.kit.pages.get(locale__language_code="en")
    assert said.said_in("en").words in client.get(page.public_path).content.decode()
    assert said.kit.distributions.count() == 1
    assert wrongly_told(said).count() >= 2, "its journalists and those whom its mail had left for"
    today = local(clock.now()).date()
    assert any(day.total for day in by_day(said.kit, today=today))
    poster = said.kit.items.first().asset
    assert counts_of([poster], today=today)[poster.pk].taken.lately
    assert is_public(poster, now=clock.now()), "the kit by link closes nothing that was public"


def test_the_archives_of_all_kits_are_built(site):
    assert KitArchive.objects.count() == 3 * Kit.objects.count()
    assert all(row.is_ready for row in KitArchive.objects.all())


def test_every_page_is_light_and_no_link_leads_nowhere(client, site):
    """HTML and the one stylesheet in 14,000 bytes by gzip -6; every address named inside the site answers."""
    paths, heavy, asked = addresses(client), {}, {}
    assert len(paths) > 40
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        html = response.content.decode()
        assert not RUNS.search(html), path
        assert not response.cookies, path
        if (heft := weight(response)) > 14_000:
            heavy[path] = heft
        asked |= {unescape(link): path for link in re.findall(r'(?:href|src)="(/[^"#]*)', html)}
    assert heavy == {}
    # The intranet's gate is the sign-in page, a 403 for everybody who has not signed in.
    links = [link for link in asked if not re.match(r"/static/|/../intranet/", link)]
    answers = {link: client.head(link).status_code for link in links}
    broken = {link: (status, asked[link]) for link, status in answers.items() if status >= 400}
    assert broken == {}, "\n".join(f"{link}: {told}" for link, told in broken.items())


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_an_accessibility_violation(browser, client, site, width):
    """axe with the rules of WCAG 2.2 A and AA; nothing wider than the screen; targets for a finger (2.5.8)."""
    paths = ["/fr/agenda/?past=1"]
    for language, label in TEMPLATES:
        app, model = label.split(".")
        page = (
            apps.get_model(app, model)
            .objects.filter(
                live=True, locale__language_code=language, public_from__lte=clock.now(), audience="public"
            )
            .order_by("pk")
            .last()
        )
        assert page is not None, label
        paths.append(page.public_path)
    event = EventPage.objects.filter(
        event__takes_registrations=True,
        event__occurrences__starts_at__gt=clock.now(),
        locale__language_code="fr",
    ).first()
    assert event is not None
    paths.append(f"{event.public_path}inscription/")
    found: dict[str, Any] = {}
    with reader(browser, client, width) as shown:
        for path in paths:
            shown.visit(path)
            violations = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in axe(shown.page)]
            wide = shown.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            small = shown.page.evaluate(SMALL_TARGETS) if width < 800 else []
            if violations or wide or small:
                found[path] = violations, wide, small
    assert found == {}


def axe(page: Any) -> list[Any]:
    return list(Axe().run(page, options=RULES).response["violations"])
