"""The state of a release or kit beside its words, in the editor."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext

from cms.core import clock
from cms.core.models import Audience, ThingLog
from media_library import queries as library
from press import actions, queries
from press.models import LIGHT_LIMIT, KitPage, ReleasePage
from press.queries import correctives, offered
from press.views.buttons import buttons_for, may_publish_live
from press.views.desk import told_words


def _links(kind: str, thing: Any, user: Any, now: Any) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("press_button", args=[kind, thing.pk, button.name]),
            "label": button.label,
            "danger": button.danger,
        }
        for button in buttons_for(kind, thing, user=user, now=now)
    ]


def _mailing_url(mailing: Any) -> str:
    try:
        return reverse("mailing_detail", args=[mailing.pk])
    except NoReverseMatch:
        return ""


def release_state(page: ReleasePage, request: Any) -> tuple[str, dict[str, Any]]:
    """What the release is now, what can be done with it, and who did what."""
    now, release = clock.now(), page.release
    sent = release.distributions.select_related("mailing")[:5]
    return "press/admin/release_state.html", {
        "release": release,
        "kit_page": release.kit.pages.first() if release.kit else None,
        "state": _state(page, release, now),
        "is_embargoed": release.is_embargoed(now),
        "buttons": _links("release", release, request.user, now) + _files_link(release, request.user),
        "log": ThingLog.objects.filter(thing_uid=release.uid).select_related("user")[:6],
        "sent": [{"mailing": one.mailing, "url": _mailing_url(one.mailing)} for one in sent],
        "public_url": page.public_url,
        "share_url": _share_url(release, request.user),
        "told": _told("release", release, request.user),
        "early": _early("release", release, request.user, now),
        "files": release.attachments.count() + (1 if release.signed_scan_id else 0),
        "followup_url": _followup("release", release, request.user),
    }


def _files_link(release: Any, user: Any) -> list[dict[str, Any]]:
    """Where the signed document and the attachments are chosen, for who may."""
    if (
        release.withdrawn_at is not None
        or not user.has_perm("press.change_release")
        or not may_publish_live("release", release, user)
    ):
        return []
    label = gettext("Signed document and attachments")
    return [{"url": reverse("press_release_files", args=[release.pk]), "label": label, "danger": False}]


def _share_url(release: Any, user: Any) -> str:
    """Where its words are copied for WhatsApp, for who hands texts on."""
    if not user.has_perm("mailing.change_mailing"):
        return ""
    return reverse("mailing_share", args=["press.release", release.uid])


def _early(kind: str, thing: Any, user: Any, now: Any) -> dict[str, Any] | None:
    """How many read it before its hour, and where that is seen to; None where there is nothing to see."""
    if not (user.has_perm("press.give_early_copy") or user.has_perm("press.view_doorvisit")):
        return None
    count = thing.early_copies.open().count()
    if not count and not thing.is_embargoed(now):
        return None
    return {"count": count, "url": reverse("press_early", args=[kind, thing.pk])}


def _followup(kind: str, thing: Any, user: Any) -> str:
    """Where one sees what became of it at the journalists'; "" where nobody was told of it, or for others."""
    if not user.has_perm("press.view_doorvisit"):
        return ""
    told = thing.distributions.exists() or thing.early_copies.exists()
    return reverse("press_followup", args=[kind, thing.pk]) if told else ""


def _told(kind: str, thing: Any, user: Any) -> dict[str, str] | None:
    """That some have a text or kit which was corrected or withdrawn since, for who may tell them."""
    if not user.has_perm("press.send_release") or (owed := correctives.owed(thing)) is None:
        return None
    if owed.mailing is not None:
        sentence = gettext("The notice to those who had received it is prepared: it has not been sent.")
        url, label = _mailing_url(owed.mailing), gettext("See the notice")
    else:
        sentence = f"{told_words(owed)}."
        url, label = (
            reverse("press_button", args=[kind, thing.pk, "corrective"]),
            gettext("Tell them…"),
        )
    if owed.same_words and kind == "kit":
        sentence += " " + gettext(
            "No wrong file is named: if the fault is in one, replace or remove it, and say so again."
        )
    elif owed.same_words:
        sentence += " " + gettext(
            "The text online is still the one they have: if the fault is in it, correct and publish it first."
        )
    return {"sentence": sentence, "url": url, "label": label}


def kit_state(page: KitPage, request: Any) -> tuple[str, dict[str, Any]]:
    """What the kit holds now, its archives, and what can be done with it."""
    now, kit = clock.now(), page.kit
    archives = list(queries.archives_of(kit).values())
    return "press/admin/kit_state.html", {
        "kit": kit,
        "state": _state(page, kit, now),
        "is_embargoed": kit.is_embargoed(now),
        "items": queries.items_of(kit),
        "told": _told("kit", kit, request.user),
        "unsaid": _unsaid(kit, request.user, now),
        "early": _early("kit", kit, request.user, now),
        "followup_url": _followup("kit", kit, request.user),
        "links": _links_to(kit, request.user, now),
        "archives": archives,
        "heavy": next((row for row in archives if row.is_ready and row.is_too_heavy), None),
        "limit": LIGHT_LIMIT,
        "may_see_downloads": request.user.has_perm("press.view_kitdownload"),
        "may_fill": request.user.has_perm("press.fill_kit") and may_publish_live("kit", kit, request.user),
        "buttons": _links("kit", kit, request.user, now),
        "log": ThingLog.objects.filter(thing_uid=kit.uid).select_related("user")[:6],
        "public_url": page.public_url,
    }


def _unsaid(kit: Any, user: Any, now: Any) -> dict[str, str] | None:
    """That files which some have received left the kit without a word, for who may say it."""
    if kit.withdrawn_at is not None or not user.has_perm("press.correct_kit"):
        return None
    if not actions.was_public(kit, now=now):
        return None
    files = list(offered.unsaid(kit))
    people = correctives.who_have(kit, files).count() if files else 0
    if not people:
        return None
    sentence = ngettext(
        "Files were replaced or removed that %(n)s person has received. If one was wrong, say what was corrected.",
        "Files were replaced or removed that %(n)s people have received. If one was wrong, say what was corrected.",
        people,
    )
    return {
        "sentence": sentence % {"n": people},
        "url": reverse("press_button", args=["kit", kit.pk, "correct"]),
        "label": gettext("Say what was corrected"),
    }


def _links_to(kit: Any, user: Any, now: Any) -> dict[str, Any] | None:
    """How many links open the kit, and where they are made; None for other kits, and for who hands out none."""
    if kit.audience != Audience.LINK or not user.has_perm("media_library.share_asset"):
        return None
    count = library.links_to(kit.uid, now=now).count()
    return {"count": count, "url": reverse("press_kit_links", args=[kit.pk])}


def _state(page: Any, thing: Any, now: Any) -> str:
    if thing.withdrawn_at is not None:
        return "withdrawn"
    if not page.live:
        return "draft"
    if thing.is_embargoed(now):
        return "embargoed"
    return "corrected" if getattr(thing, "corrected_at", None) else "live"
