"""Who makes an item public, keeps it for an hour or closes it, by the buttons of its screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from media_library import actions, policies
from media_library.models import Asset
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf, picture

pytestmark = pytest.mark.django_db


def test_a_consent_withdrawn_on_its_page_closes_the_file_for_everyone_outside(officer: Client) -> None:
    form = {"title": "T", "alt": "x", "licence": "press", "released": "on"}
    officer.post(reverse("wagtailimages:add"), {**form, "file": SimpleUploadedFile("x.jpg", picture())})
    asset, anonymous = Asset.objects.get(), Client()
    page = reverse("media_library_persons", args=[asset.uid.hex])
    assert "ou écrivez un nom" in officer.post(page, {"basis": "written"}).content.decode()
    officer.post(
        page, {"name": "Awa Diarra", "function": "Sage-femme", "basis": "written", "note": "Classeur 2026"}
    )
    assert anonymous.get(asset.url).status_code == 200
    consent = asset.consents.get()
    shown = officer.get(page).content.decode()
    assert "Awa Diarra, Sage-femme" in shown
    assert "Classeur 2026" in shown
    withdraw = reverse("media_library_consent_withdraw", args=[consent.pk])
    assert officer.get(withdraw).status_code == 405
    protocol = Client()
    protocol.force_login(make_user("protocol"))
    for address in (page, withdraw, reverse("media_library_person", args=[consent.person_id])):
        assert protocol.post(address).status_code in (302, 403)
    assert anonymous.get(asset.url).status_code == 200
    officer.post(withdraw)
    assert anonymous.get(asset.url).status_code == 404
    edit = officer.get(reverse("wagtailimages:edit", args=[asset.image.pk])).content.decode()
    assert "consentement retiré" in edit
    written = ModelLogEntry.objects.get(action="media_library.consent_withdrawn")
    assert str(written.message) == "Consentement retiré : Awa Diarra"
    assert (
        "Awa Diarra"
        in officer.get(reverse("media_library_person", args=[consent.person_id])).content.decode()
    )


def test_an_item_kept_for_a_coming_hour_is_closed_until_then(officer: Client) -> None:
    form = {"title": "T", "alt": "x", "licence": "press", "file": SimpleUploadedFile("x.jpg", picture())}
    officer.post(reverse("wagtailimages:add"), form)
    asset = Asset.objects.get()
    address = reverse("media_library_embargo", args=[asset.uid.hex])
    for wrong in ("", "demain", "2020-01-01T08:00"):
        officer.post(address, {"embargo_until": wrong})
        assert not asset.holds.exists()
    officer.post(address, {"embargo_until": "2099-01-01T08:00"})
    asset = Asset.objects.get()
    hour = asset.holds.get().until
    assert hour is not None
    assert hour.isoformat() == "2099-01-01T08:00:00+00:00", "Bamako keeps GMT"
    assert not policies.is_public(asset, now=hour - timedelta(seconds=1))
    assert policies.is_public(asset, now=hour)


def test_buttons_release_and_withdraw_and_only_for_those_who_may(officer: Client) -> None:
    form = {"title": "T", "alt": "x", "licence": "press", "file": SimpleUploadedFile("x.jpg", picture())}
    officer.post(reverse("wagtailimages:add"), form)
    asset = Asset.objects.get()
    anonymous = Client()
    assert anonymous.get(asset.url).status_code == 404
    author = Client()
    author.force_login(make_user("author"))
    address = reverse("media_library_release", args=[asset.uid.hex])
    refused = author.post(address)
    asset.refresh_from_db()
    assert (asset.released_at, refused.status_code in (302, 403)) == (None, True)
    assert officer.get(address).status_code == 405
    officer.post(address)
    assert anonymous.get(asset.url).status_code == 200
    officer.post(
        reverse("media_library_withdraw", args=[asset.uid.hex]), {"withdraw_reason": "Légende fausse"}
    )
    assert anonymous.get(asset.url).status_code == 404
    asset.refresh_from_db()
    assert asset.withdrawn_reason == "Légende fausse"
    officer.post(reverse("media_library_restore", args=[asset.uid.hex]))
    officer.post(reverse("media_library_restore", args=[asset.uid.hex]))
    rows = ModelLogEntry.objects.filter(action__startswith="media_library.").order_by("pk")
    assert [str(row.message) for row in rows] == [
        "Rendu public",
        "Retiré : Légende fausse",
        "Le retrait est annulé ; le fichier n’est pas encore public",
    ], "the journal says what happened, each once"
    assert None not in {row.user for row in rows}, "and who did it"


def test_a_picture_that_nobody_described_is_not_made_public_by_a_button(officer: Client) -> None:
    """As those that arrive in pieces, until somebody says what they show."""
    asset, document = make_asset(picture()), make_asset(pdf(), "note.pdf")
    address = reverse("media_library_release", args=[asset.uid.hex])
    hour = reverse("media_library_embargo", args=[asset.uid.hex])
    assert "ce que montre l’image" in officer.post(address, follow=True).content.decode()
    officer.post(hour, {"embargo_until": "2099-01-01T08:00"})
    asset.refresh_from_db()
    assert (asset.released_at, asset.holds.count()) == (None, 0)
    actions.describe_image(asset.image, title="T", alt="Des experts", caption="", decorative=False)
    officer.post(address)
    officer.post(reverse("media_library_release", args=[document.uid.hex]))
    assert Asset.objects.filter(released_at__isnull=False).count() == 2
