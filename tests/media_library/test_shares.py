"""Links that the staff hand out for files that are not public; pictures that look alike."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import ModelLogEntry

from cms.core import clock
from cms.core.reader import Reader
from media_library import actions, policies, queries
from media_library.models import Asset, ShareLink
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf, picture, wav

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0"


def handed(*assets: Asset, days: int = 7) -> ShareLink:
    now = clock.now()
    return actions.share(
        assets=assets, note="Imprimeur", user=None, expires_at=now + timedelta(days=days), now=now
    )


def test_a_link_opens_its_files_and_no_others_and_nothing_is_kept(officer: Client, client: Client) -> None:
    link, other = handed(make_asset(pdf(), "note.pdf", title="La note")), make_asset(pdf(), "autre.pdf")
    reader = Client(headers={"user-agent": BROWSER})
    page = reader.get(link.path)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    assert "La note" in page.content.decode()
    asset = link.assets.get()
    file = reader.get(f"{link.path}file/{asset.uid.hex}/note.pdf")
    assert (file.status_code, file.headers["Cache-Control"]) == (200, "private, no-store")
    assert reader.get(f"{link.path}file/{other.uid.hex}/autre.pdf").status_code == 404
    assert reader.get(asset.url).status_code == 404, "the public address stays shut"
    link.refresh_from_db()
    assert (link.opened_count, link.taken_count) == (1, 1)


@pytest.mark.parametrize(
    "why",
    [
        "closed",
        "past",
        "misspelt",
        "another purpose",
        "withdrawn",
        "held since",
        "kept since for an hour of its own",
    ],
)
def test_a_link_that_opens_no_more_answers_like_one_that_never_was(officer: Client, why: str) -> None:
    from cms.core import links

    asset = make_asset(pdf(), "note.pdf")
    link = handed(asset)
    path, reader = link.path, Client()
    assert reader.get(f"{path}file/{asset.uid.hex}/note.pdf").status_code == 200, "the control"
    if why == "closed":
        actions.unshare(link, user=None, now=clock.now())
    elif why == "past":
        ShareLink.objects.update(
            created_at=clock.now() - timedelta(days=9), expires_at=clock.now() - timedelta(days=2)
        )
    elif why == "misspelt":
        path = f"/s/{links.make('share', uuid4())}/"
    elif why == "another purpose":
        path = f"/s/{links.make('delivery', link.uid)}/"
    elif why == "withdrawn":
        actions.withdraw(asset, reason="x", now=clock.now())
    elif why == "kept since for an hour of its own":
        actions.embargo(asset, until=clock.now() + timedelta(hours=1), now=clock.now())
    else:
        actions.hold([asset], until=None, source_uid=uuid4(), now=clock.now())
    never = reader.get(f"/s/{links.make('share', uuid4())}/file/{asset.uid.hex}/note.pdf")
    gone = reader.get(f"{path}file/{asset.uid.hex}/note.pdf")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.headers["Cache-Control"] == never.headers["Cache-Control"]


def test_a_link_to_a_sound_names_what_it_opens(officer: Client) -> None:
    """A plain WAV goes out as it is, without ffmpeg."""
    asset = make_asset(wav(), "discours.wav")
    path = f"{handed(asset).path}file/{asset.uid.hex}/discours.wav"
    reader = Client()
    assert f'href="{path}"' in reader.get(ShareLink.objects.get().path).content.decode()
    assert reader.get(path).status_code == 200


def test_no_link_opens_an_embargo_and_the_officer_reads_why(officer: Client) -> None:
    asset = make_asset(pdf(), "note.pdf")
    actions.hold([asset], until=clock.now() + timedelta(hours=1), source_uid=uuid4(), now=clock.now())
    with pytest.raises(actions.NotShareable, match="embargo"):
        handed(asset)
    for days in (0, 91):
        with pytest.raises(actions.NotShareable):
            handed(make_asset(pdf(), "b.pdf"), days=days)


def test_the_policy_and_the_query_say_the_same_of_a_link(officer: Client) -> None:
    now, free, kept = clock.now(), make_asset(pdf(), "a.pdf"), make_asset(pdf(), "b.pdf")
    actions.hold([kept], until=None, source_uid=uuid4(), now=now)
    own = actions.embargo(make_asset(pdf(), "c.pdf"), until=now + timedelta(hours=1), now=now)
    reader = Reader(grants=frozenset({free.uid, kept.uid, own.uid}))
    served = [one for one in Asset.objects.all() if policies.may_serve(one, reader=reader, now=now)]
    assert served == list(queries.visible(reader=reader, now=now)) == [free]


def test_a_grant_for_one_text_opens_no_file_that_another_keeps_for_longer(officer: Client) -> None:
    now, granted = clock.now(), uuid4()
    later, alone, ended, kept, draft, narrow, alike = (
        make_asset(pdf(name), f"{name}.pdf") for name in "abcdefg"
    )
    hours = {later: 2, alone: None, ended: -1, kept: 9, draft: 0}
    for asset, other in hours.items():
        actions.hold([asset], until=now + timedelta(hours=3), source_uid=granted, now=now)
        if other is not None:
            until = now + timedelta(hours=other) if asset != draft else None
            actions.hold([asset], until=until, source_uid=uuid4(), now=now)
    for asset, audience in (
        (narrow, "journalists"),
        (alike, "link"),
    ):  # past its hour, for readers of whom this is none
        actions.hold([asset], until=now, audience=audience, source_uid=uuid4(), now=now)
        actions.hold([asset], until=now, audience="link", source_uid=granted, now=now)
    reader = Reader(grants=frozenset({granted}))
    served = {one.pk for one in Asset.objects.all() if policies.may_serve(one, reader=reader, now=now)}
    assert served == {later.pk, alone.pk, ended.pk, alike.pk}
    assert served == set(queries.visible(reader=reader, now=now).values_list("pk", flat=True))


def test_officers_make_and_close_links_beside_the_file_and_the_protocol_does_not(officer: Client) -> None:
    asset = make_asset(picture())
    make = reverse("media_library_share", args=[asset.uid.hex])
    officer.post(make, {"share_note": "Imprimeur", "share_days": "7"})
    link = ShareLink.objects.get()
    edit = officer.get(asset.edit_path).content.decode()
    assert link.path in edit
    assert "Fermer le lien" in edit
    officer.post(reverse("media_library_unshare", args=[asset.uid.hex, link.uid.hex]))
    assert Client().get(link.path).status_code == 404
    officer.post(reverse("media_library_unshare", args=[asset.uid.hex, link.uid.hex]))
    told = [
        (one.action, one.data["note"], one.user is not None) for one in ModelLogEntry.objects.order_by("pk")
    ]
    acts = ("media_library.link_made", "media_library.link_closed")
    assert told[-2:] == [(act, "Imprimeur", True) for act in acts], "who handed it out, who closed it, once"
    other = Client()
    other.force_login(make_user("protocol"))
    other.post(make, {"share_note": "x", "share_days": "7"})
    assert ShareLink.objects.count() == 1


def test_the_same_picture_in_another_size_and_format_is_said_to_look_alike(officer: Client) -> None:
    drawn = Image.effect_noise((12, 8), 120).resize((900, 600), Image.Resampling.BICUBIC).convert("RGB")

    def saved(image: Image.Image, form: str, **options: Any) -> bytes:
        out = io.BytesIO()
        image.save(out, form, **options)
        return out.getvalue()

    first = make_asset(saved(drawn, "JPEG", quality=92), "a.jpg", title="La première")
    again = make_asset(saved(drawn.resize((450, 300)), "WEBP", quality=60), "b.webp", title="La même")
    make_asset(saved(drawn.transpose(Image.Transpose.ROTATE_180), "PNG"), "c.png", title="Une autre")
    assert queries.alike(again.image) == [first]
    assert "Ressemble beaucoup" in officer.get(again.edit_path).content.decode()
