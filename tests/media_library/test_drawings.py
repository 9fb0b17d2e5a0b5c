"""Drawings lose what is no shape before anybody gets them; the file that was sent stays as it was, and private."""

from __future__ import annotations

import re
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from media_library import actions
from media_library.models import Archive
from media_library.storage import drawings, originals
from tests.factories.media_library import make_asset

BOX = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100"'
SHAPE = '<path id="mark" d="M0 0h200v100z" style="fill:#955a0c"/>'
LOGO = f"<svg {BOX}><title>TOKTEN</title><style>.a{{fill:url(#g)}}</style>{SHAPE}<use href='#mark'/></svg>".encode()
HOSTILE = {
    "script": "<script>evil()</script>",
    "onload": '<g onload="evil()" onclick="evil()"><path d="M0 0"/></g>',
    "javascript": '<a xlink:href="java&#10;script:evil()" href=" JavaScript:evil()"><text>x</text></a>',
    "animated": '<a><animate attributeName="href" values="javascript:evil()"/><set to="javascript:evil()"/></a>',
    "external use": '<use href="https://evil.example/a.svg#x"/><use xlink:href="//evil.example/a.svg#x"/>',
    "external picture": '<image href="https://evil.example/a.png" width="9" height="9"/>',
    "style": "<style>@import url(https://evil.example/a.css); @im\\port 'https://evil.example/b.css';"
    " .a{fill:u\\72l(https://evil.example/c)}</style>",
    "attribute": '<path d="M0 0" style="fill:url(https://evil.example/c#a)" filter="url(https://evil.example/f#b)"/>',
    "foreign": "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><iframe src='//evil.example'/></body>"
    "</foreignObject>",
    "comment": "<!-- evil --><metadata>evil</metadata><?xml-stylesheet href='https://evil.example'?>",
}
ENTITIES = b'<!DOCTYPE svg [<!ENTITY e "evil"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
FORBIDDEN = re.compile(
    rb"evil|script|https?://(?!www\.w3\.org)|ENTITY|DOCTYPE|<a [^>]*href|foreignObject|\son\w+=", re.I
)


def with_(inside: str) -> bytes:
    return f"<svg {BOX}>{inside}{SHAPE}</svg>".encode()


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_but_shapes_is_left_of_a_hostile_drawing(what: str) -> None:
    given = with_(HOSTILE[what])
    assert FORBIDDEN.search(given)  # the control: what is looked for is there before
    cleaned, size = drawings.clean_svg(given)
    assert not FORBIDDEN.search(cleaned)
    assert b"M0 0h200v100z" in cleaned
    assert size == (1280, 640)


def test_no_entity_is_left_of_a_drawing() -> None:
    cleaned, _size = drawings.clean_svg(ENTITIES + with_("<text>plain</text>"))
    assert not FORBIDDEN.search(cleaned)
    read, _size = drawings.clean_svg(ENTITIES + with_("<text>&f;</text>"))
    assert b"root:" not in read


def test_an_honest_drawing_keeps_its_colours_its_title_and_its_own_references() -> None:
    cleaned, _size = drawings.clean_svg(LOGO)
    for kept in (b"TOKTEN", b"url(#g)", b"fill:#955a0c", b'href="#mark"', b'viewBox="0 0 200 100"'):
        assert kept in cleaned
    assert drawings.clean_svg(cleaned)[0] == cleaned


def test_a_drawing_that_repeats_itself_without_end_is_refused() -> None:
    layers = '<g id="l0"><path d="M0 0"/></g>'
    for number in range(1, 9):
        layers += f'<g id="l{number}">' + f'<use href="#l{number - 1}"/>' * 10 + "</g>"
    for bad in (layers, '<g id="x"><use href="#x"/></g>'):
        with pytest.raises(drawings.Unclean):
            drawings.clean_svg(with_(bad))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg", "nettoyé"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "nettoyé"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "nettoyé"),
        (with_('<image href="data:image/png;base64,AAAA"/>'), "photographie"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_in_french(
    settings: Any, tmp_path: Any, data: bytes, said: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with override("fr"), pytest.raises(ValidationError, match=said):
        make_asset(data, "logo.svg")


@pytest.mark.django_db
def test_the_public_gets_the_cleaned_drawing_in_every_size_and_never_the_one_that_was_sent(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = with_("".join(HOSTILE.values()))
    asset = make_asset(given, "logo.svg", released=True)
    asset.image.asset = asset
    with originals().open(asset.blob.name) as kept:
        assert kept.read() == given
    for address in [
        asset.url,
        *(asset.image.get_rendition(spec).url for spec in ("max-165x165", "width-720|format-webp")),
    ]:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Content-Type"] == "image/svg+xml"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert not FORBIDDEN.search(body(response))


@pytest.mark.django_db
def test_an_archive_carries_the_cleaned_drawing(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(with_("".join(HOSTILE.values())), "logo.svg", released=True)
    now = asset.released_at
    assert now is not None
    archive: Archive = actions.build_archive(entries=[actions.Entry(asset)], now=now)
    with ZipFile(archive.path) as packed:
        assert not FORBIDDEN.search(packed.read("logo.svg"))


@pytest.mark.django_db
def test_an_officer_sends_a_drawing_and_sees_it_in_the_list(officer: Client) -> None:

    upload = SimpleUploadedFile("logo.svg", LOGO, content_type="image/svg+xml")
    sent = officer.post(
        reverse("wagtailimages:add"),
        {"title": "Marque", "alt": "Le signe", "licence": "press", "file": upload},
    )
    assert sent.status_code == 302, sent.content.decode()
    listed = officer.get(reverse("wagtailimages:index"))
    assert "Marque" in listed.content.decode()
