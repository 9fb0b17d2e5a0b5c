"""The state of an asset on Wagtail's own edit screens: `{% load library_admin %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from wagtail.admin.admin_url_finder import AdminURLFinder

from cms.core import clock
from media_library import policies, queries
from media_library.forms import SpeechForm
from media_library.models import Asset, Recording, SoundBite, Version
from media_library.models.recordings import address_of, lacks_captions, recording_of, versions_of
from media_library.models.rows import LibraryFile
from media_library.queries import usage
from media_library.storage import av

register = template.Library()


@register.simple_tag(takes_context=True)
def shares_of(context: Any, asset: Asset) -> dict[str, Any]:
    """`{% shares_of asset as shares %}`: {"may_share", "links": those that open it now}."""
    may = context["request"].user.has_perm("media_library.share_asset")
    return {"may_share": may, "links": queries.open_shares(asset, now=clock.now()) if may else []}


@register.simple_tag(takes_context=True)
def state_of(context: Any, asset: Asset) -> dict[str, Any]:
    """`{% state_of asset as state %}`: what it is now, and what this user may do about it.

    {"code": one of `queries.state`, "now", "holds", "same" (items with the very same bytes), "alike" (pictures),
    "may_release", "may_withdraw", "may_restore", "may_note",
    "may_take_back", "may_see_downloads", "versions", "persons", "uses"}.
    "restricted": an audience has it, and nothing else keeps it.
    """
    now, user = clock.now(), context["request"].user
    holds = [hold for hold in asset.holds.all() if policies.keeps(hold, now=now)]
    code = queries.state(asset, now=now)
    return {
        "code": code,
        "now": now,
        "holds": holds,
        "same": queries.same_as([asset])[asset.pk],
        "alike": queries.alike(asset.image) if asset.kind == "image" else [],
        "may_release": code == "unreleased" and user.has_perm("media_library.release_asset"),
        "may_withdraw": code not in ("withdrawn",) and user.has_perm("media_library.withdraw_asset"),
        "may_take_back": user.has_perm("media_library.release_asset"),
        "may_see_downloads": user.has_perm(policies.SEE_DOWNLOADS),
        "may_note": user.has_perm("media_library.change_consent"),
        "persons": list(asset.consents.select_related("person")),
        "versions": list(asset.versions.select_related("blob", "replaced_by")),
        "uses": usage.uses(asset),
        "may_restore": code == "withdrawn" and user.has_perm("media_library.withdraw_asset"),
    }


@register.simple_tag
def before_deleting(row: Any) -> dict[str, Any] | None:
    """`{% before_deleting object as found %}` of a picture, document, sound or film: what deleting it would meet.

    {"asset", "uses" as `usage.uses`, "kept_by": names of what keeps it from being deleted}; None of anything else.
    """
    if not isinstance(row, LibraryFile):
        return None
    return {"asset": row.asset, "uses": usage.uses(row.asset), "kept_by": usage.kept_by(row.asset)}


@register.simple_tag
def recording_state(asset: Asset) -> dict[str, Any]:
    """`{% recording_state asset as state %}`: how far a sound or film is, its versions and its words.

    {"row": Recording, "installed": whether ffmpeg is there, "files", "speeches", "lacks_captions", "speech_form"}.
    """
    versions = versions_of(asset)
    return {
        "row": recording_of(asset) or Recording(asset=asset),
        "installed": av.is_installed(),
        "files": [
            {
                "label": Version(name).label,
                "url": address_of(asset, name),
                "size": versions[name].blob.size,
                "width": versions[name].width,
                "height": versions[name].height,
            }
            for name in Version
            if name in versions
        ],
        "speeches": list(asset.speeches.all()),
        "lacks_captions": lacks_captions(asset),
        "speech_form": SpeechForm(kind=asset.kind),
    }


@register.simple_tag
def captions_address(asset: Asset, language: str) -> str:
    """`{% captions_address asset "fr" %}`: where its captions are."""
    return f"{settings.MEDIA_URL}{asset.uid.hex}/captions/{language}.vtt"


@register.simple_tag(takes_context=True)
def edit_address(context: Any, shown: Any) -> str:
    """`{% edit_address page as edit %}`: where the team changes something that an item is shown in, or ""."""
    return AdminURLFinder(context["request"].user).get_edit_url(shown) or ""


@register.simple_tag(takes_context=True)
def sounds_line(context: Any, thing: Any) -> dict[str, Any]:
    """`{% sounds_line release as sounds %}` in the panel of a thing's state: {"url": where its sounds are arranged, ""
    for who may not; "count"}."""
    may = context["self"].request.user.has_perm("media_library.change_soundbite")
    return {
        "url": reverse("media_library_sounds", args=[thing.uid.hex]) if may else "",
        "count": SoundBite.objects.filter(thing_uid=thing.uid).count() if may else 0,
    }
