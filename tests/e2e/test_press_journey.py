"""From the officer's first word to the journalist's telephone, through a real server, worker, browser and SMTP."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.contacts.models import Audience
from cms.contacts.queries import audience_contacts
from cms.core import clock
from tests.support.journeys import eventually, fill_picked, sign_in, sign_out

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CANARY = "Vingt-troisième"
TITLE = f"{CANARY} anniversaire du TOKTEN-Mali"
QUOTE = "Nos experts reviennent transmettre."


def get(url, **headers):
    """Fetch without cookies; returns (status, headers, body) for errors too."""
    request = urllib.request.Request(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def make_kit(newsroom):
    """A published kit with two pictures and a document of the media library."""
    from io import BytesIO

    from PIL import Image

    from media_library.actions import import_file
    from press import actions
    from press.models import KitIndexPage

    now = clock.now()
    kit = actions.create_kit(user=None, now=now, name="Anniversaire")
    assets = []
    for number, colour in enumerate(("#1d3f72", "#955a0c")):
        data = BytesIO()
        Image.effect_noise((1600, 1067), 60 + number).convert("RGB").save(data, "JPEG", quality=92)
        data.seek(0)
        assets.append(
            import_file(
                fileobj=data,
                filename=f"ceremonie-{number}.jpg",
                title=f"Cérémonie {number} {colour}",
                alt="La salle pendant la cérémonie",
                credit="TOKTEN-Mali",
                now=now,
                released=True,
            )
        )
    actions.add_assets(kit, assets=assets, user=None, now=now)
    index = KitIndexPage.objects.get(locale__language_code="fr")
    page = actions.word_kit(
        kit, parent=index, title="Dossier de l’anniversaire", slug="anniversaire", user=None, now=now
    )
    return kit, page


def write_release(page, newsroom, embargo_until, kit):
    """The officer fills the editor's form as a person does."""
    page.goto(f"{newsroom.url}/admin/pages/add/press/releasepage/{newsroom.releases.pk}/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.select_option("#id_kind", "release")
    local = timezone.localtime(embargo_until)
    fill_picked(page, "embargo_until", local.strftime("%Y-%m-%d %H:%M"))
    page.fill("#id_signatory_name", "Dr Aminata Traoré")
    page.fill("#id_signatory_function", "Coordinatrice nationale")
    page.select_option("#id_kit", str(kit.pk))
    page.fill("#id_title", TITLE)
    page.fill("#id_lead", "La cérémonie réunit experts, ministères et partenaires à Bamako.")
    add_block(page, "Texte")
    page.locator("[data-streamfield-stream-container] .public-DraftEditor-content").first.click()
    page.keyboard.type("Le programme fait venir des experts maliens de l’étranger.")
    add_block(page, "Citation")
    page.locator("[name$='-value-text']").fill(QUOTE)
    page.locator("[name$='-value-speaker']").fill("Moussa Keïta")


def add_block(page, label):
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name=label, exact=True).first.click()


def test_a_release_goes_from_the_editor_to_an_inbox_and_a_telephone(
    newsroom, worker, browser_page, smtp_sink
):
    page, url = browser_page, newsroom.url
    kit, kit_page = make_kit(newsroom)
    embargo_until = clock.now().replace(microsecond=0) + timedelta(minutes=30)

    # 2. The officer writes, previews and submits; the editor approves.
    sign_in(page, url, "officer")
    write_release(page, newsroom, embargo_until, kit)
    submit(page)
    from press.models import ReleasePage

    release_page = eventually(lambda: ReleasePage.objects.filter(title=TITLE).first())
    preview = page.request.get(f"{url}/admin/pages/{release_page.pk}/view_draft/")
    assert preview.ok
    assert CANARY in preview.text()
    sign_out(page)
    sign_in(page, url, "editor")
    expect(page.locator("main")).to_contain_text(TITLE)
    page.goto(f"{url}/admin/pages/{release_page.pk}/edit/")
    approve(page)
    release_page = eventually(lambda: ReleasePage.objects.filter(pk=release_page.pk, live=True).first())
    release = release_page.release
    assert abs(release.embargo_until - embargo_until) < timedelta(minutes=1)
    assert release.number is not None
    assert release.signatory_name == "Dr Aminata Traoré"

    # 3. No visitor finds a trace of it.
    address = f"{url}{release_page.public_path}"
    listing = f"{url}{newsroom.releases.public_path}"
    channels = [
        f"{url}/fr/",
        f"{url}/fr/presse/",
        listing,
        f"{listing}atom.xml",
        f"{url}/fr/recherche/?q=anniversaire",
        f"{url}/sitemap.xml",
        f"{url}/++api++/fr/presse/communiques",
        f"{url}/++api++/@search?SearchableText=anniversaire",
        f"{url}{kit_page.public_path}",
    ]
    for channel in channels:
        _status, _headers, body = get(channel)
        assert CANARY not in body.decode(), channel
        assert release_page.slug not in body.decode(), channel
    missing = get(f"{listing}jamais-ecrit/")
    hidden = get(address)
    assert hidden[0] == missing[0] == 404
    assert hidden[2].replace(release_page.slug.encode(), b"jamais-ecrit") == missing[2]
    assert get(address, Accept="application/json")[0] == 404

    # … and at the instant all have it, with no scheduled job.
    from press import actions

    soon = clock.now() + timedelta(seconds=4)
    actions.set_embargo(release, until=soon, user=None, now=clock.now(), reason="")
    assert get(address)[0] == 404
    eventually(lambda: get(address)[0] == 200, within=30)
    assert clock.now() >= soon
    for channel in channels:
        if "@search" not in channel:
            assert release_page.slug in get(channel)[2].decode(), channel
    assert CANARY in get(f"{url}/++api++/@search?SearchableText=anniversaire")[2].decode()
    told = json.loads(get(address, Accept="application/json")[2])
    assert told["@type"] == "PressRelease"
    assert told["title"] == TITLE

    # 4. The officer sends it; the worker delivers; the admin shows each recipient.
    sign_out(page)
    sign_in(page, url, "officer")
    page.goto(f"{url}/admin/press/release/{release.pk}/send/")
    audience = Audience.objects.get(slug="presse-nationale")
    page.locator(f"[name=audiences][value='{audience.pk}']").check()
    page.locator("main form [type=submit], main form button.button").last.click()
    page.wait_for_url("**/mailings/**")
    page.locator("button[name=confirm]").click()
    page.wait_for_url("**/confirm/")
    page.locator(".mailing-actions button[type=submit]").click()
    page.wait_for_url(re.compile(r"/mailings/\d+/$"))
    expected = {c.pk for c in audience_contacts(audience)}
    from cms.mailing.models import Delivery

    eventually(
        lambda: (
            Delivery.objects.exists()
            and not Delivery.objects.exclude(state__in=["sent", "suppressed"]).exists()
        ),
        within=90,
    )
    sent = Delivery.objects.filter(state="sent")
    assert 0 < sent.count() <= len(expected)
    expect(page.locator("main")).to_contain_text(sent.first().address, timeout=20_000)
    mailed = [message for message in smtp_sink.messages if message["List-Id"] or message["List-Unsubscribe"]]
    ids = [message["Message-ID"] for message in mailed]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(sent.values_list("message_id", flat=True))
    for message in mailed:
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert TITLE in text
        assert QUOTE in text
        assert QUOTE in html
        assert kit_page.public_path in text
        assert "List-Unsubscribe=One-Click" in message["List-Unsubscribe-Post"]
        assert "/unsubscribe" in message["List-Unsubscribe"]

    # 5. A journalist on a telephone, without JavaScript, takes an archive that breaks off.
    read_on_a_telephone(page.context.browser, address)
    # Rung when the kit was published, built in seconds: sooner than the sweep of every two minutes would.
    eventually(lambda: b"archive-light-" in get(f"{url}{kit_page.public_path}")[2], within=60)
    resume(f"{url}{kit_page.public_path}archive-press.zip")

    # 7. Kit and list answer JSON at their own address.
    kit_json = json.loads(get(f"{url}{kit_page.public_path}", Accept="application/json")[2])
    assert kit_json["@type"] == "PressKit"
    listed = json.loads(get(listing, Accept="application/json")[2])
    assert TITLE in [item["title"] for item in listed["items"]]


def reveal(page, button):
    """Open the editor's menu of actions where a button hides there."""
    if not button.is_visible():
        page.locator("footer [data-w-dropdown-target=toggle]").click()
    expect(button).to_be_visible()
    return button


def submit(page):
    """Send the text to approval."""
    with page.expect_navigation(timeout=30_000):
        reveal(page, page.locator("button[name=action-submit]")).click()
    assert "/add/" not in page.url, page.locator(".w-field__errors:visible, .messages").all_inner_texts()


def approve(page):
    """Approve the text in the editor."""
    with page.expect_navigation(timeout=30_000):
        reveal(page, page.locator("footer [data-workflow-action-name=approve]").first).click()


def read_on_a_telephone(browser, address):
    """The page at 360 px, scripts off: the words, the contacts and the kit are there, nothing overflows."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="fr-FR"
    )
    phone = context.new_page()
    phone.goto(address)
    expect(phone.locator("h1")).to_have_text(TITLE)
    expect(phone.locator("article")).to_contain_text(QUOTE)
    expect(phone.get_by_role("link", name="Dossier de l’anniversaire")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert context.cookies() == []
    context.close()


def resume(url):
    """Break a download off in the middle and finish it with Range and If-Range (RFC 9110, section 14)."""
    status, headers, whole = get(url)
    assert status == 200
    assert headers["Accept-Ranges"] == "bytes"
    half = len(whole) // 2
    status, part, rest = get(url, Range=f"bytes={half}-", If_Range=headers["ETag"])
    assert status == 206
    assert part["Content-Range"] == f"bytes {half}-{len(whole) - 1}/{len(whole)}"
    assert sha256(whole[:half] + rest).digest() == sha256(whole).digest()
    status, _headers, again = get(url, Range=f"bytes={half}-", If_Range='"another"')
    assert status == 200
    assert len(again) == len(whole)
    assert get(url, Range=f"bytes={len(whole)}-")[0] == 416
