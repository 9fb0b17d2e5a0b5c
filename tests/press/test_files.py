"""The files that go with a release: the signed document and the attachments open with its text, never before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from cms.core import clock
from press import actions
from press.models import Attachment
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf
from tests.factories.press import make_release, refreshed

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def make_document(title: str = "Document"):
    return make_asset(title=title, data=pdf(title), filename="lettre.pdf")


def make_image(title: str = "Image"):
    return make_asset(title=title)


def choose(page, scan=None, *attachments):
    return actions.set_files(
        refreshed(page),
        scan=scan,
        attachments=[(asset, "") for asset in attachments],
        user=None,
        now=clock.now(),
    )


def test_the_signed_document_and_the_attachments_stand_on_page_and_json_with_size(client, room):
    page = make_release(room)
    scan, annex = make_document(title="Lettre signée"), make_image(title="Carte des missions")
    choose(page, scan, annex)
    html = client.get(page.public_path).content.decode()
    assert scan.url in html
    assert "Le document signé (PDF)" in html
    assert "Carte des missions" in html
    said = client.get(page.public_path, headers=JSON).json()
    assert said["signed_document"]["size"] == scan.blob.size
    assert [one["title"] for one in said["attachments"]] == ["Carte des missions"]
    assert client.get(scan.url).status_code == 200


def test_files_wait_for_the_embargo_and_move_with_it(client, room):
    now = clock.now()
    page = make_release(room, until=now + timedelta(days=1))
    scan, annex = make_document(), make_document(title="Annexe")
    choose(page, scan, annex)
    assert [client.get(one.url).status_code for one in (scan, annex)] == [404, 404]
    later = now + timedelta(days=3)
    actions.set_embargo(refreshed(page), until=later, user=None, now=now)
    assert set(scan.holds.values_list("until", flat=True)) == {later}
    actions.lift_embargo(refreshed(page), user=None, now=now)
    assert [client.get(one.url).status_code for one in (scan, annex)] == [200, 200]


def test_files_of_a_draft_are_the_teams_and_what_is_taken_off_goes_back_to_it(client, room):
    page = make_release(room, publish=False)
    scan = make_document()
    choose(page, scan)
    assert client.get(scan.url).status_code == 404
    embargoed = make_release(room, until=clock.now() + timedelta(days=1))
    choose(embargoed, scan)
    choose(embargoed)
    scan.refresh_from_db()
    assert (scan.released_at, scan.holds.count()) == (None, 0)


def test_a_file_that_another_published_release_opens_stays_open(client, room):
    one, two = make_release(room), make_release(room)
    shared = make_document()
    choose(one, None, shared)
    choose(two, shared)
    choose(two)
    assert client.get(shared.url).status_code == 200


def test_a_scan_is_a_pdf_and_a_file_stands_once(room):
    page = make_release(room)
    with pytest.raises(actions.PressError):
        choose(page, make_image())
    scan, annex = make_document(), make_document(title="Annexe")
    choose(page, scan, annex, annex, scan)
    assert list(Attachment.objects.filter(release=page.release).values_list("asset", flat=True)) == [annex.pk]


def test_the_officer_chooses_them_from_the_state_panel(client, room):
    page = make_release(room)
    scan, annex = make_document(), make_document(title="Annexe")
    client.force_login(make_user("officer"))
    url = reverse("press_release_files", args=[page.release_id])
    assert url in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert client.get(url).status_code == 200
    data = {
        "signed_scan": scan.pk,
        "attachments-TOTAL_FORMS": 1,
        "attachments-INITIAL_FORMS": 0,
        "attachments-MIN_NUM_FORMS": 0,
        "attachments-MAX_NUM_FORMS": 1000,
        "attachments-0-asset": annex.pk,
        "attachments-0-label": "La liste des missions",
        "attachments-0-ORDER": 1,
    }
    assert client.post(url, data).status_code == 302
    assert refreshed(page).signed_scan == scan
    assert Attachment.objects.get().label == "La liste des missions"
    client.force_login(make_user("protocol"))
    client.post(url, {**data, "signed_scan": ""})
    client.force_login(make_user("author"))
    assert refreshed(page).signed_scan == scan
    client.post(url, {**data, "signed_scan": ""})
    assert refreshed(page).signed_scan == scan, "it is published: its files are who publishes it's"


def test_details_of_a_published_release_are_changed_by_a_button(client, room):
    page = make_release(room)
    client.force_login(make_user("officer"))
    url = reverse("press_button", args=["release", page.release_id, "details"])
    data = {"kind": "note", "reference": "12/MMEIA", "signatory_name": "Awa", "signatory_function": ""}
    assert client.post(url, data).status_code == 302
    assert (refreshed(page).kind, refreshed(page).signatory_name) == ("note", "Awa")
