"""A release or kit begun from another: the words come along as a draft, and nothing that belongs to the other."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms.accounts.models import Role
from cms.core import actions as core
from cms.core import clock
from cms.core.models import Topic
from press import actions
from press.models import KitPage, Release, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.press import make_contact, make_kit, make_release
from tests.press.test_holds import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


def begun(client, page, title="Une autre mission", key=None):
    """What the screen of `page` makes under a title: the new page, or the answer that refuses."""
    answer = client.post(
        reverse("core_begin_from", args=[page.pk]), {"title": title, "key": str(key or uuid4())}
    )
    return (
        type(page).objects.get(title=title)
        if answer.status_code == 302
        else unescape(answer.content.decode())
    )


def test_a_release_begun_from_another_has_its_words_and_none_of_its_number_dates_files_or_kit(client, room):
    officer = make_user(Role.OFFICER)
    client.force_login(officer)
    topic = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    now = clock.now()
    page = make_release(
        room,
        title="Mission de novembre",
        kit=make_kit(room).kit,
        kind="note",
        lead="Dix experts à Ségou.",
        dateline_place="Ségou",
        dateline_date=now.date(),
        topics=[topic],
        contacts=[make_contact()],
        summary="En deux lignes.",
        card_image=picture("carte").image,
        related_page=room.home,
        go_live_at=now - timedelta(days=1),
    )
    release = actions.describe(
        page.release,
        user=None,
        now=now,
        signatory_name="Mme Touré",
        reference="N° 114",
        expires_at=now + timedelta(days=9),
    )
    new = begun(client, page)
    assert (new.live, new.owner, new.title, new.slug) == (
        False,
        officer,
        "Une autre mission",
        "une-autre-mission",
    )
    assert (new.lead, new.dateline_place, new.summary) == ("Dix experts à Ségou.", "Ségou", "En deux lignes.")
    assert new.body.raw_data[0]["value"] == page.body.raw_data[0]["value"]
    assert (list(new.topics.all()), list(new.contacts.all())) == ([topic], list(page.contacts.all()))
    assert new.card_image == page.card_image
    for name in (
        "dateline_date",
        "related_page",
        "go_live_at",
        "first_published_at",
        "public_from",
        "public_until",
    ):
        assert getattr(new, name) is None, name
    assert new.translation_key != page.translation_key
    made = new.release
    assert (made.kind, made.signatory_name) == ("note", "Mme Touré")
    assert made.pk != release.pk
    assert (made.number, made.year, made.reference, made.kit, made.embargo_until, made.expires_at) == (
        None,
        None,
        "",
        None,
        None,
        None,
    )
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[new.pk])).content.decode()
    assert "Dix experts à Ségou." in edit, "the draft that opens is the new one's"
    new.save_revision().publish()
    actions.published(new, user=None, now=clock.now())
    assert Release.objects.get(pk=made.pk).number == release.number + 1


def test_a_kit_begun_from_another_is_empty_and_for_the_same_readers(client, room):
    client.force_login(make_user(Role.OFFICER))
    page = make_kit(room, assets=[picture("une")], audience="link", lead="Le forum.")
    new = begun(client, page, "Forum 2027")
    assert (new.lead, new.kit.name, new.kit.audience) == ("Le forum.", "Forum 2027", "link")
    assert new.kit.items.count() == 0
    assert KitPage.objects.filter(kit=page.kit).count() == 1


def test_the_button_stands_in_the_menus_of_who_may_add_and_of_nobody_else(client, room):
    page = make_release(room)
    address = reverse("core_begin_from", args=[page.pk])
    screens = [
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_explore", args=[room.releases.pk]),
    ]
    client.force_login(make_user(Role.OFFICER))
    for screen in screens:
        assert address in client.get(screen).content.decode(), screen
    assert "Prendre pour modèle" in client.get(address).content.decode()
    below = client.get(reverse("wagtailadmin_explore", args=[room.room.pk])).content.decode()
    assert reverse("core_begin_from", args=[room.releases.pk]) not in below
    client.force_login(make_user(Role.ADMIN))
    root = Page.objects.get(depth=1)
    assert client.get(reverse("wagtailadmin_explore", args=[root.pk])).status_code == 200
    assert client.get(reverse("core_begin_from", args=[root.pk])).status_code == 404
    client.force_login(make_user(Role.COORDINATOR))
    assert address not in client.get(screens[1]).content.decode()
    assert client.post(address, {"title": "Autre", "key": str(uuid4())}).status_code in (302, 403)
    assert not ReleasePage.objects.filter(title="Autre").exists()


def test_who_may_not_read_a_draft_begins_nothing_from_it(client, room):
    """An author adds releases and edits their own: another's draft is not there for them."""
    page = make_release(room, publish=False)
    client.force_login(make_user(Role.AUTHOR))
    assert client.get(reverse("core_begin_from", args=[page.pk])).status_code == 404
    public = make_release(room, lead="Ce que tous lisent.")
    draft = public.get_latest_revision_as_object()
    draft.lead = "Ce que personne ne lit encore."
    draft.save_revision()
    assert begun(client, public).lead == "Ce que tous lisent."


def test_words_under_embargo_or_withdrawn_are_no_model(client, room):
    client.force_login(make_user(Role.OFFICER))
    held = make_release(room, until=clock.now() + timedelta(days=1))
    assert "ne se reprend qu’à partir de son heure" in begun(client, held)
    gone = make_release(room)
    actions.withdraw(gone.release, reason="Faux.", user=None, now=clock.now())
    assert "on n’en reprend plus rien" in begun(client, gone)
    list_of_releases = client.post(
        reverse("core_begin_from", args=[room.releases.pk]), {"title": "Autre", "key": str(uuid4())}
    )
    assert list_of_releases.status_code in (302, 403)
    assert not ReleasePage.objects.filter(title="Une autre mission").exists()


def test_sent_twice_it_is_one_text_and_a_second_asking_is_another(client, room):
    client.force_login(make_user(Role.OFFICER))
    page, key = make_release(room), uuid4()
    assert begun(client, page, key=key) == begun(client, page, key=key)
    asked = {"title": "Une autre mission", "key": str(uuid4())}
    assert client.post(reverse("core_begin_from", args=[page.pk]), asked).status_code == 302
    slugs = ReleasePage.objects.filter(title="Une autre mission").values_list("slug", flat=True)
    assert sorted(slugs) == ["une-autre-mission", "une-autre-mission-2"]


def test_a_draft_that_is_not_finished_may_be_a_model_for_who_writes_it(client, room):
    client.force_login(make_user(Role.OFFICER))
    page = make_release(room, publish=False)
    draft = page.get_latest_revision_as_object()
    draft.lead, draft.dateline_place = "", "Kayes"
    draft.save_revision(clean=False)
    new = begun(client, page)
    assert (new.lead, new.dateline_place) == ("", "Kayes")


def test_without_a_title_nothing_is_begun(client, room):
    client.force_login(make_user(Role.OFFICER))
    page = make_release(room)
    before = Release.objects.count()
    assert isinstance(begun(client, page, ""), str), "asked again"
    with pytest.raises(core.NotAModel):
        core.begin_from(room.releases, title="Liste", key=uuid4(), user=None, now=clock.now())
    assert Release.objects.count() == before
