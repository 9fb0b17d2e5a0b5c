"""The team's screens: what an officer types, and buttons each with a permission of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.accounts.models import Role
from cms.core import clock, formats
from cms.core.models import Approval, Topic
from cms.mailing.models import Mailing
from press import exports, mail
from press.models import Boilerplate, Distribution, Release, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.contacts import make_audience, make_contact
from tests.factories.press import make_contact as make_press_contact
from tests.factories.press import make_kit, make_release, refreshed
from tests.press.test_holds import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, room):
    user = make_user(Role.OFFICER)
    client.force_login(user)
    return user


def button(kind, thing, verb):
    return reverse("press_button", args=[kind, thing.pk, verb])


def typed(**values):
    return nested_form_data(
        {
            "title": "Communiqué",
            "lead": "Chapô",
            "slug": "communique",
            "dateline_place": "Bamako",
            "dateline_date": clock.now().date().isoformat(),
            "body": streamfield([("paragraph", rich_text("<p>Texte.</p>"))]),
            "kind": "note",
            "thing_audience": "public",
            "comments": inline_formset([]),
            **values,
        }
    )


def test_an_officer_writes_a_release_with_its_first_values(client, room, officer):
    until = clock.now() + timedelta(days=3)
    url = reverse("wagtailadmin_pages:add", args=["press", "releasepage", room.releases.pk])
    assert client.get(url).status_code == 200
    data = typed(embargo_until=until.strftime("%Y-%m-%d %H:%M"), signatory_name="S. Dembélé")
    response = client.post(url, {**data, "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    page = ReleasePage.objects.get(slug="communique")
    assert (page.release.kind, page.release.signatory_name, page.release.number) == ("note", "S. Dembélé", 1)
    assert page.release.embargo_until == until.replace(second=0, microsecond=0)
    client.logout()
    assert client.get(page.public_path).status_code == 404


def test_the_editor_asks_in_french_for_all_that_a_release_is_made_of(client, room, officer):
    make_press_contact()
    html = client.get(
        reverse("wagtailadmin_pages:add", args=["press", "releasepage", room.releases.pk])
    ).content.decode()
    html = html.replace("\u00a0", " ").replace("&nbsp;", " ")
    for label in (
        "Nature",
        "Numéro",
        "Référence",
        "Embargo jusqu’au",
        "Qui peut le lire",
        "Journalistes accrédités",
        "Signataire",
        "Fonction du signataire",
        "Dossier de presse",
        "Activité du plan",
        "Titre",
        "Chapô",
        "Lieu et date",
        "Texte « À propos »",
        "Contacts presse",
        "Thèmes",
        "Secteurs",
    ):
        assert label in html, label
    for block in ("Intertitre", "Citation", "Image", "Document à télécharger", "Chiffres clés"):
        assert json.dumps(block)[1:-1] in html, block


def test_all_that_the_officer_types_stands_on_the_page_its_json_and_its_preview(client, room, officer):
    contact, about = (
        make_press_contact(),
        Boilerplate.objects.create(
            locale=room.releases.locale, title="À propos", text="<p>Le TOKTEN depuis 1998.</p>"
        ),
    )
    topic = Topic.objects.create(name="Santé", slug="sante", locale=room.releases.locale)
    kit = make_kit(room, title="Dossier joint")
    body = [
        ("paragraph", rich_text("<p>Corps du texte.</p>")),
        ("quote", {"text": "Nous revenons.", "speaker": "M. Keïta", "function": "Expert"}),
    ]
    url = reverse("wagtailadmin_pages:add", args=["press", "releasepage", room.releases.pk])
    data = typed(
        body=streamfield(body),
        boilerplate=about.pk,
        kit=kit.kit_id,
        signatory_name="Dr A. Traoré",
        signatory_function="Coordinatrice",
        reference="0042/MMEIA",
        number="12",
    )
    ticked = {"contacts": [contact.pk], "topics": [topic.pk], "action-publish": "1"}
    response = client.post(url, {**data, **ticked})
    assert response.status_code == 302, response.context["form"].errors
    page = ReleasePage.objects.get(slug="communique")
    preview = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()
    client.logout()
    html = client.get(page.public_path).content.decode()
    for words in (
        "Note d’information",
        "/012",
        "Communiqué</h1>",
        "Chapô",
        f"Bamako, le {formats.day(clock.now().date(), 'fr', weekday=False)}",
        "Corps du texte.",
        "Nous revenons.",
        "M. Keïta",
        "Le TOKTEN depuis 1998.",
        contact.telephone,
        "Dr A. Traoré",
        "Coordinatrice",
        "Santé",
        kit.public_path,
    ):
        assert words in html, words
        assert words in preview, f"preview: {words}"
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert (said["@type"], said["kind"], said["number"]) == ("PressRelease", "note", 12)
    assert said["signatory"] == {"name": "Dr A. Traoré", "function": "Coordinatrice"}
    assert said["kit"]["@id"] == kit.public_url.rstrip("/")
    assert [one["type"] for one in said["body"]] == ["paragraph", "quote"]
    assert [one["slug"] for one in said["topics"]] == ["sante"]
    kit_said = client.get(kit.public_path, headers={"accept": "application/json"}).json()
    assert [one["@id"] for one in kit_said["releases"]] == [page.public_url.rstrip("/")]


def test_bad_first_values_get_a_sentence_and_make_nothing(client, room, officer):
    url = reverse("wagtailadmin_pages:add", args=["press", "releasepage", room.releases.pk])
    for wrong in ({"embargo_until": "2001-01-01 10:00"}, {"number": "0"}, {"kind": "poem"}):
        response = client.post(url, typed(**wrong))
        assert response.status_code == 200
        assert set(response.context["form"].errors) == set(wrong)
    assert not Release.objects.exists()


def test_a_draft_keeps_what_is_typed_into_its_first_values(client, room, officer):
    page = make_release(room, publish=False)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    until = clock.now() + timedelta(days=3)
    response = client.post(url, typed(embargo_until=until.strftime("%Y-%m-%d %H:%M"), number="7"))
    assert response.status_code == 302, response.context["form"].errors
    page.release.refresh_from_db()
    assert (page.release.number, page.release.embargo_until is None) == (7, False)


def test_the_state_stands_beside_the_words(client, room, officer):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert button("release", page.release, "lift") in html
    assert page.release.label in html
    assert client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


@pytest.mark.parametrize("verb", ["embargo", "lift", "kit", "number", "send", "correct", "withdraw"])
def test_each_button_asks_for_its_own_permission(client, room, verb):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    stranger = make_user()
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)
    for method in (client.get, client.post):
        assert method(button("release", page.release, verb)).status_code in (302, 403)
    page.release.refresh_from_db()
    assert page.release.is_embargoed(clock.now())
    client.force_login(make_user(Role.OFFICER))
    assert client.get(button("release", page.release, verb)).status_code == 200


def test_an_author_does_not_lift_an_embargo(client, room):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    client.force_login(make_user(Role.AUTHOR))
    client.post(button("release", page.release, "lift"), {"reason": "x"})
    page.release.refresh_from_db()
    assert page.release.is_embargoed(clock.now())


def test_lifting_opens_the_release_to_everyone_at_once(client, room, officer):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    assert client.get(button("release", page.release, "lift")).status_code == 200
    page.release.refresh_from_db()
    assert page.release.is_embargoed(clock.now()), "a GET changes nothing"
    client.post(button("release", page.release, "lift"), {"reason": "Avancé"})
    client.logout()
    assert client.get(page.public_path).status_code == 200


def test_a_refused_act_says_why_and_keeps_the_question(client, room, officer):
    page = make_release(room)
    response = client.post(button("release", page.release, "withdraw"), {"reason": "   "})
    assert response.status_code == 200
    assert response.context["form"].errors


def test_the_files_of_a_kit_are_chosen_on_one_screen(client, room, officer):
    page = make_kit(room)
    url = reverse("press_kit_contents", args=[page.kit_id])
    assert client.get(url).status_code == 200
    response = client.post(url, nested_form_data({"items": inline_formset([])}))
    assert response.status_code == 302


def contents_of(*assets):
    """The form of a kit's files as the screen posts it."""
    return nested_form_data(
        {"items": inline_formset([{"asset": asset.pk, "section": ""} for asset in assets])}
    )


def test_an_embargo_is_told_by_the_sites_clock_and_called_bamakos_only_there(client, room, officer, settings):
    page = make_release(room, publish=False, until=clock.now() + timedelta(days=1))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    ask = button("release", page.release, "embargo")

    def told():
        line = exports.embargo_line(page.release, now=clock.now())
        html = "".join(unescape(client.get(url).content.decode()) for url in (edit, ask))
        return line, html, formats.zoned_date(page.release.embargo_until)

    line, html, hour = told()
    assert hour.endswith("GMT")
    assert line == f"SOUS EMBARGO jusqu’au {hour} (heure de Bamako)"
    assert f"jusqu’au {hour}" in html
    assert "Heure de Bamako (GMT)." in html
    settings.TIME_ZONE = "Asia/Tokyo"
    line, html, hour = told()
    assert hour.endswith("JST")
    assert line == f"SOUS EMBARGO jusqu’au {hour}"
    assert f"jusqu’au {hour}" in html
    assert "Heure de Asia/Tokyo." in html
    assert "Heure de Bamako" not in html


@pytest.fixture
def photo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return picture()


def author_of(page):
    author = make_user(Role.AUTHOR)
    page.owner = author
    page.save()
    return author


def test_an_author_fills_the_kit_of_a_draft_and_opens_no_file(client, room, photo):
    page = make_kit(room, publish=False)
    client.force_login(author_of(page))
    url = reverse("press_kit_contents", args=[page.kit_id])
    assert client.post(url, contents_of(photo)).status_code == 302
    assert [item.asset for item in page.kit.items.all()] == [photo]
    photo.refresh_from_db()
    assert photo.released_at is None


def test_an_author_opens_no_file_by_the_published_kit_that_is_theirs(client, room, photo):
    page = make_kit(room)
    client.force_login(author_of(page))
    url = reverse("press_kit_contents", args=[page.kit_id])
    assert client.post(url, contents_of(photo)).status_code in (302, 403)
    photo.refresh_from_db()
    assert photo.released_at is None
    assert not page.kit.items.exists()
    assert url not in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


@pytest.mark.parametrize("required", [True, False])
def test_where_texts_are_approved_an_officer_opens_no_file_by_a_published_kit(
    client, room, officer, photo, required
):
    Approval.objects.create(required=required)
    page = make_kit(room)
    client.post(reverse("press_kit_contents", args=[page.kit_id]), contents_of(photo))
    photo.refresh_from_db()
    assert (photo.released_at is None) is required


def test_an_author_joins_a_kit_to_a_draft_of_theirs_and_to_no_published_release(client, room):
    kit = make_kit(room).kit
    draft, published = make_release(room, publish=False), make_release(room)
    author = author_of(draft)
    published.owner = author
    published.save()
    client.force_login(author)
    for page in (draft, published):
        client.post(button("release", page.release, "kit"), {"kit": kit.pk})
    assert refreshed(draft).kit == kit
    assert refreshed(published).kit is None


def test_sending_prepares_a_mailing_with_the_whole_text_and_its_kit(client, room, officer):
    kit = make_kit(room)
    page = make_release(
        room, kit=kit.kit, title="Titre envoyé", body=[("paragraph", "<p>Tout le texte.</p>")]
    )
    audience = make_audience(make_contact())
    response = client.post(button("release", page.release, "send"), {"audiences": [audience.pk]})
    assert response.status_code == 302
    mailing = Mailing.objects.get(renderer="press.release")
    assert Distribution.objects.get(release=page.release).mailing == mailing
    parts = mail.render(mailing, "fr", clock.now())
    assert parts.subject == "Titre envoyé"
    for part in (parts.text, parts.html):
        assert "Tout le texte." in part
        assert kit.public_url in part


def test_the_mail_of_an_embargoed_release_says_so_in_subject_and_text(room):
    from dataclasses import dataclass
    from typing import Any

    @dataclass
    class Row:
        source_uid: Any

    page = make_release(room, until=clock.now() + timedelta(days=1))
    parts = mail.render(Row(page.release.uid), "fr", clock.now())
    assert parts.subject.startswith("SOUS EMBARGO")
    assert "SOUS EMBARGO jusqu’au" in parts.text
    assert "SOUS EMBARGO jusqu’au" in parts.html


def test_texts_are_approved_by_the_editors(client, room, officer):
    page = make_release(room, publish=False)
    workflow = page.get_workflow()
    assert [task.name for task in workflow.tasks] == ["Validation par la rédaction"]
    state = workflow.start(page, officer)
    editor = make_user(Role.EDITOR)
    client.force_login(editor)
    assert page.title in client.get(reverse("wagtailadmin_home")).content.decode()
    state.current_task_state.approve(user=editor)
    page.refresh_from_db()
    assert page.live
