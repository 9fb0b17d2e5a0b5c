"""The demo's press room: releases of 2017 to 2019, one embargo ahead, four kits, two mailings."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from wagtail.models import Locale

from cms.contacts.models import Audience
from cms.core.actions import edit_page
from cms.core.models import Topic
from cms.mailing import actions as mailing
from cms.pages.actions import ensure_translation
from cms.pages.models import HomePage
from media_library import actions as library
from media_library.models import Asset
from press import actions
from press.demo import journalists, media, paper, words
from press.demo import kits as kits_demo
from press.demo.logos import LOGOS, Logo, draw_logo
from press.demo.pictures import DRAWINGS, Drawing, draw
from press.models import (
    Boilerplate,
    Distribution,
    Kit,
    KitIndexPage,
    KitPage,
    PressContact,
    PressRoomPage,
    Release,
    ReleaseIndexPage,
    ReleasePage,
)

AUDIENCE = "presse-nationale"
SENT = "vingt-ans-du-tokten-mali"


def build(*, now: datetime) -> None:
    """Lay the press room and its words; a second run changes nothing."""
    user = get_user_model().objects.filter(username="officer").first()
    home = HomePage.objects.get(locale__language_code=settings.LANGUAGE_CODE)
    actions.lay_press_room(home, user=user, now=now)
    _topics()
    boilerplate, contacts = _boilerplate(), _contacts()
    pictures = _pictures(user=user, now=now)
    # the one by link last: what it shows too is public by then, and stays so
    every = (*words.KITS, kits_demo.LINKED)
    kits = {facts["key"]: _kit(facts, pictures, user=user, now=now) for facts in every}
    PressRoomPage.objects.filter(logos_kit=None).update(logos_kit=kits["identite"])
    shared = {"boilerplate": boilerplate, "contacts": contacts}
    for facts in words.RELEASES:
        at = _bamako(facts["date"], 9)
        _release(facts, shared, pictures, kits, user=user, at=at)
    _attach(user=user, now=now)
    ahead = _ahead(shared, pictures, kits, user=user, now=now)
    journalists.build(ahead.release, user=user, now=now)
    _sound(user=user, now=now)
    _send(user=user, now=now)
    kits_demo.build(kits, pictures, user=user, now=now)
    media.build(user=user, now=now)


def _sound(*, user: Any, now: datetime) -> None:
    """The radio's tune goes with the release on the twenty years, ready for broadcast."""
    page = ReleasePage.objects.get(slug=SENT, locale__language_code=settings.LANGUAGE_CODE)
    asset = Asset.objects.filter(filename=words.SOUND["filename"]).first()
    if asset is not None and not asset.sound_bites.exists():
        library.add_sound(page=page, asset=asset, words=words.SOUND, user=user, now=now)


def _bamako(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(settings.TIME_ZONE))


def _topics() -> None:
    locales = {code: Locale.objects.get(language_code=code) for code in ("fr", "en")}
    for slug, (french, english) in words.TOPICS.items():
        source, _created = Topic.objects.get_or_create(
            slug=slug, locale=locales["fr"], defaults={"name": french}
        )
        Topic.objects.get_or_create(
            translation_key=source.translation_key,
            locale=locales["en"],
            defaults={"name": english, "slug": slug},
        )


def _named(slugs: Any, locale: Locale) -> list[Topic]:
    return list(Topic.objects.filter(slug__in=slugs, locale=locale))


def _boilerplate() -> Boilerplate:
    source: Boilerplate | None = None
    for code, (title, text) in words.BOILERPLATE.items():
        locale = Locale.objects.get(language_code=code)
        key = {"translation_key": source.translation_key} if source else {}
        row, _created = Boilerplate.objects.get_or_create(
            title=title, locale=locale, defaults={"text": text, **key}
        )
        source = source or row
    if source is None:
        raise LookupError("the demo has no boilerplate")
    return source


def _contacts() -> list[PressContact]:
    found = []
    for facts in words.CONTACTS:
        shared = {name: value for name, value in facts.items() if name not in ("fr", "en")}
        source: PressContact | None = None
        for code in ("fr", "en"):
            locale = Locale.objects.get(language_code=code)
            key = {"translation_key": source.translation_key} if source else {}
            row, _created = PressContact.objects.get_or_create(
                name=facts["name"], locale=locale, defaults={**shared, **facts[code], **key}
            )
            source = source or row
        if source is not None:
            found.append(source)
    return found


def _pictures(*, user: Any, now: datetime) -> dict[str, Asset]:
    found = {}
    drawn: list[tuple[Drawing | Logo, str, Callable[[], bytes]]] = [
        *((one, f"{one.slug}.jpg", partial(draw, one)) for one in DRAWINGS),
        *((one, f"{one.slug}.png", partial(draw_logo, one)) for one in LOGOS),
    ]
    for drawing, filename, made in drawn:
        asset = Asset.objects.filter(filename=filename, kind="image").first()
        if asset is None:
            asset = library.import_file(
                fileobj=io.BytesIO(made()),
                filename=filename,
                title=drawing.title,
                alt=drawing.alt,
                caption=drawing.caption,
                credit="TOKTEN-Mali",
                copyright="TOKTEN-Mali",
                user=user,
                now=now,
            )
        found[drawing.slug] = asset
    return found


def _kit(facts: dict[str, Any], pictures: dict[str, Asset], *, user: Any, now: datetime) -> Kit:
    index = KitIndexPage.objects.select_related("locale").get(locale__language_code="fr")
    page = KitPage.objects.filter(slug=facts["slug"], path__startswith=index.path).first()
    if page is not None:
        return page.kit
    embargo = None if facts["date"] else _hour_ahead(now)
    audience = facts.get("audience", "public")
    kit = actions.create_kit(
        name=facts["title"], user=user, now=now, embargo_until=embargo, audience=audience
    )
    assets = [pictures[name] for name in facts["pictures"]]
    assets += list(Asset.objects.filter(kind="document", title__in=facts["documents"]).order_by("title"))
    actions.set_items(kit, items=[(asset, facts.get("section", "")) for asset in assets], user=user, now=now)
    page = actions.word_kit(
        kit,
        parent=index,
        title=facts["title"],
        slug=facts["slug"],
        lead=facts["lead"],
        topics=_named(facts["topics"], index.locale),
        card_image=assets[0].image,
        user=user,
        now=_bamako(facts["date"], 9) if facts["date"] else now,
    )
    if translated := facts.get("en"):
        ensure_translation(page, "en", user=user, now=page.first_published_at, **translated)
    return kit


def _hour_ahead(now: datetime) -> datetime:
    """Ten o'clock in Bamako, the day after tomorrow."""
    return _bamako((now + timedelta(days=2)).date(), 10)


def _release(
    facts: dict[str, Any],
    shared: dict[str, Any],
    pictures: dict[str, Asset],
    kits: dict[str, Kit],
    *,
    user: Any,
    at: datetime,
    embargo: datetime | None = None,
) -> ReleasePage:
    index = ReleaseIndexPage.objects.select_related("locale").get(locale__language_code="fr")
    found = ReleasePage.objects.filter(slug=facts["slug"], path__startswith=index.path).first()
    if found is not None:
        return found
    name, function = words.COORDINATOR
    release = actions.create_release(
        user=user,
        now=at,
        kind=facts["kind"],
        # the texts of years past are numbered in their own year
        number=facts.get("number") or (actions.next_number(year=at.year) if embargo is None else None),
        year=at.year if embargo is None else None,
        signatory_name=name,
        signatory_function=function,
        embargo_until=embargo,
        kit=kits.get(facts.get("kit", "")),
    )
    picture = pictures.get(facts.get("picture", ""))
    body = list(facts["body"])
    if picture is not None:
        body.insert(1, ("image", {"image": picture.image, "caption": "", "decorative": False}))
    present, former = facts.get("former", (None, None))
    page = actions.word_release(
        release,
        parent=index,
        title=facts["title"],
        slug=facts["slug"],
        lead=facts["lead"],
        body=[former if block == present else block for block in body],
        dateline_place="Bamako",
        dateline_date=at.date(),
        boilerplate=shared["boilerplate"],
        contacts=shared["contacts"],
        topics=_named(facts["topics"], index.locale),
        card_image=picture.image if picture is not None else None,
        user=user,
        now=at,
    )
    if translated := facts.get("en"):
        ensure_translation(page, "en", user=user, now=at, **translated)
    if note := facts.get("correction"):
        _correct(page, body, note, user=user, now=at + timedelta(days=1))
    return page


def _correct(page: ReleasePage, body: list[Any], note: str, *, user: Any, now: datetime) -> None:
    """Publish the words as they should have been, and say so."""
    fresh = ReleasePage.objects.get(pk=page.pk)
    edit_page(fresh, changes={"body": body}, user=user, now=now, publish=True)
    actions.correct(Release.objects.get(pk=fresh.release_id), note=note, user=user, now=now)


def _attach(*, user: Any, now: datetime) -> None:
    """The documents that go with a release, where nobody has chosen any yet."""
    for facts in words.RELEASES:
        page = ReleasePage.objects.filter(slug=facts["slug"]).select_related("release").first()
        files = Asset.objects.filter(filename__in=facts.get("attachments", ()), kind="document")
        if page is not None and files and not page.release.attachments.exists():
            chosen = [(one, "") for one in files]
            actions.set_files(page.release, scan=None, attachments=chosen, user=user, now=now)


def _ahead(
    shared: dict[str, Any], pictures: dict[str, Asset], kits: dict[str, Kit], *, user: Any, now: datetime
) -> ReleasePage:
    """One release under embargo, whatever the day of loading."""
    return _release(words.AHEAD, shared, pictures, kits, user=user, at=now, embargo=_hour_ahead(now))


def _send(*, user: Any, now: datetime) -> None:
    """One mailing to the national press, launched: the worker sends it; and one in preparation."""
    page = ReleasePage.objects.filter(slug=SENT).select_related("release").first()
    audience = Audience.objects.filter(slug=AUDIENCE).first()
    if page is None or audience is None or Distribution.objects.filter(release=page.release).exists():
        return
    row = actions.send_release(page.release, audiences=[audience], user=user, now=now)
    mailing.launch(row.mailing, user=user, now=now)
    # A second one is being prepared: some of its people have no e-mail address.
    actions.send_release(page.release, audiences=paper.people(now=now), user=user, now=now)
