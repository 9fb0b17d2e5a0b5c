"""Assets as readers may see them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, Func, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex

from cms.core import links
from cms.core.models import SitePage
from media_library import policies
from media_library.models import (
    Asset,
    AssetText,
    Blob,
    Hold,
    Kind,
    LibraryDocument,
    LibraryImage,
    LibraryMedia,
    ShareLink,
    Upload,
)
from media_library.models.recordings import Preparation, Recording, SoundBite, file_for
from media_library.models.shares import PURPOSE
from media_library.storage import av, presets

if TYPE_CHECKING:
    from cms.core.reader import Reader

ALIKE = 4  # bits of 64: the same picture in another size, format or compression
_ADDRESS = re.compile(r"media/([0-9a-f]{32})/")


def opens(path: str, *, now: datetime) -> bool | None:
    """Whether everybody may fetch the file at this address of the site at `now`; None for what is no file's."""
    found = _ADDRESS.match(path)
    return public(now=now, assets=Asset.objects.filter(uid=UUID(found[1]))).exists() if found else None


def whole(assets: QuerySet[Asset] | None = None) -> QuerySet[Asset]:
    """Assets with all that templates and serializers need: rows, words, holds.

    Four queries, however many; three more where sounds or films are among them.
    """
    found = Asset.objects.all() if assets is None else assets
    return found.select_related(
        "blob", "image", "document__poster", "media__poster", "recording__poster"
    ).prefetch_related(
        "texts__locale",
        "holds",
        "image__renditions",
        "media__asset__recordings__blob",
        "media__asset__speeches",
    )


def public(*, now: datetime, assets: QuerySet[Asset] | None = None) -> QuerySet[Asset]:
    """Narrow to what anybody may have at `now`."""
    found = Asset.objects.all() if assets is None else assets
    holding = Hold.objects.filter(policies.keeping(now=now), asset=OuterRef("pk"))
    return found.filter(policies.opened(now=now) & ~Exists(holding))


def visible(*, reader: Reader, now: datetime, assets: QuerySet[Asset] | None = None) -> QuerySet[Asset]:
    """Narrow to what `reader` may have at `now`: the same answer as `policies.may_serve`, as a query."""
    found = Asset.objects.all() if assets is None else assets
    if reader.user is not None and reader.user.has_perm(policies.SEE_UNRELEASED):
        return found.filter(quarantined_at__isnull=True)
    holding = Hold.objects.filter(policies.keeping(reader=reader, now=now), asset=OuterRef("pk"))
    allowed: Any = policies.opened(now=now) & ~Exists(holding)
    if reader.grants:
        granted = Hold.objects.filter(asset=OuterRef("pk"), source_uid__in=reader.grants)
        granted = granted.exclude(source_uid=OuterRef("uid"))
        running = Hold.objects.filter(Q(until__isnull=True) | Q(until__gt=now), asset=OuterRef("pk"))
        handed = Q(uid__in=reader.grants) & ~Exists(running)
        # `policies._is_granted`: what is not granted and keeps it longer than all that are
        beside = Hold.objects.filter(asset=OuterRef("asset"), source_uid__in=reader.grants)
        beside = beside.exclude(source_uid=OuterRef("asset__uid")).order_by()
        foreign = ~Q(source_uid__in=reader.grants) | Q(source_uid=F("asset__uid"))
        longer = running.filter(foreign).filter(
            Q(until__isnull=True)
            | Q(until__gt=Subquery(beside.values("asset").annotate(last=Max("until")).values("last")))
        )
        narrower = Hold.objects.filter(foreign, asset=OuterRef("pk"), until__lte=now)
        narrower = narrower.exclude(audience__in=reader.audiences)
        narrower = narrower.exclude(audience__in=beside.values("audience"))
        whole = Exists(granted.filter(until__isnull=True)) | ~(Exists(longer) | Exists(narrower))
        usable = policies.usable(now=now) & Q(quarantined_at__isnull=True)
        allowed |= usable & (Exists(granted) & whole | handed)  # type: ignore[operator]
    return found.filter(allowed)


def named_by(page: Any) -> QuerySet[Asset]:
    """The assets that a page's published words name: body, rich text, file, picture for lists."""
    ReferenceIndex.create_or_update_for_object(page)
    references = ReferenceIndex.get_references_for_object(page)
    found = Q(pk__in=[])
    for column, model in (("image", LibraryImage), ("document", LibraryDocument), ("media", LibraryMedia)):
        kind = ContentType.objects.get_for_model(model)
        keys = references.filter(to_content_type=kind).values_list("to_object_id", flat=True)
        found |= Q(**{f"{column}__pk__in": [int(key) for key in keys]})
    return Asset.objects.filter(found)


def unprepared(*, limit: int = 50) -> QuerySet[LibraryImage]:
    """Pictures whose sizes have not been rendered ahead."""
    return LibraryImage.objects.filter(prepared_at__isnull=True).order_by("pk")[:limit]


def sounds_of(uids: Iterable[UUID]) -> dict[UUID, list[SoundBite]]:
    """The sounds ready for broadcast of things, by their uid, in order (six queries, however many)."""
    found: dict[UUID, list[SoundBite]] = {uid: [] for uid in uids}
    rows = SoundBite.objects.filter(thing_uid__in=found).select_related(
        "asset__blob", "asset__media__poster", "asset__recording__poster"
    )
    for row in rows.prefetch_related(
        "asset__holds", "asset__recordings__blob", "asset__speeches", "asset__texts__locale"
    ):
        row.asset.media.asset = row.asset
        found[row.thing_uid].append(row)
    return found


def served_sounds(rows: Iterable[SoundBite], *, reader: Reader, now: datetime) -> list[SoundBite]:
    """Those of them that `reader` may have at `now`; of the others not even the words are told."""
    return [row for row in rows if policies.may_serve(row.asset, reader=reader, now=now)]


def pages_of_thing(uid: UUID) -> list[Any]:
    """The pages that word a thing, for the team."""
    pages = SitePage.objects.filter(thing_uid=uid).select_related("locale").order_by("path")
    return [page.specific for page in pages]


def tool_banner(request: Any, now: datetime) -> str | None:
    """For the team's home page: that sounds and films wait for a program that is not there."""
    user = getattr(request, "user", None)
    if user is None or not user.has_perm("media_library.release_asset") or av.is_installed():
        return None
    if not Recording.objects.filter(state=Preparation.WAITING).exists():
        return None
    return _(
        "The program ffmpeg is missing: sounds and films wait for their light versions. Ask whoever runs the server."
    )


def next_recording(*, now: datetime) -> int | None:
    """The key of the asset that has waited longest to be prepared; None while a recording is worked on."""
    waiting = Recording.objects.filter(state=Preparation.WAITING)
    if waiting.filter(claimed_until__gt=now).exists():
        return None
    return waiting.order_by("pk").values_list("asset_id", flat=True).first()


def without_avif(*, limit: int) -> QuerySet[LibraryImage]:
    """Pictures whose sizes are there but for those in AVIF."""
    found = LibraryImage.objects.filter(prepared_at__isnull=False, avif_at__isnull=True)
    return found.exclude(file__endswith=".svg").order_by("-pk")[:limit]


def without_preview(*, limit: int) -> QuerySet[LibraryDocument]:
    """PDFs whose first page has not been drawn."""
    found = LibraryDocument.objects.filter(looked_at__isnull=True, file__endswith=".pdf")
    return found.filter(asset__quarantined_at__isnull=True).order_by("-pk")[:limit]


def uncleaned(*, limit: int) -> QuerySet[LibraryDocument]:
    """PDFs and Office files that came in before clean copies were made of such."""
    found = LibraryDocument.objects.filter(asset__blob__cleaned__isnull=True)
    return found.exclude(file__endswith=".txt").exclude(file__endswith=".csv").order_by("-pk")[:limit]


def in_quarantine(*, limit: int) -> QuerySet[Blob]:
    """Bytes that no scanner has looked at, of assets that wait for it."""
    waiting = Asset.objects.filter(blob=OuterRef("pk"), quarantined_at__isnull=False)
    return Blob.objects.filter(Exists(waiting), finding="").order_by("pk")[:limit]


def size_of(asset: Asset, preset: str) -> int | None:
    """The bytes of the largest JPEG of a preset ("light", "press", "print"…), or None where not yet rendered.

    Assets that are no pictures have one size. Uses the prefetched renditions of `whole`.
    """
    if asset.kind in (Kind.AUDIO, Kind.VIDEO):
        file = file_for(asset, preset)
        return file[0].size if file is not None else None
    if asset.kind != Kind.IMAGE:
        return asset.blob.size
    spec = presets.PRESETS[preset][0][-1].spec
    return asset.image.sizes_made().get(spec)


def saying(words: str) -> Q:
    """The condition that an asset's title, place, credit, words or tags hold all of these words, accents or not."""
    found = Q()
    for word in words.split()[:8]:
        found &= (
            Q(title__unaccent__icontains=word)
            | Q(place__unaccent__icontains=word)
            | Q(credit__unaccent__icontains=word)
            | Q(Exists(AssetText.objects.filter(asset=OuterRef("pk"), caption__unaccent__icontains=word)))
            | Q(Exists(AssetText.objects.filter(asset=OuterRef("pk"), alt__unaccent__icontains=word)))
            | _of_row(tags__name__unaccent__icontains=word)
        )
    return found


def arrived(*, user: Any, limit: int) -> QuerySet[Upload]:
    """What an account sent lately, newest first, with what became of it."""
    found = Upload.objects.filter(user=user).select_related(
        "asset__blob", "asset__image", "asset__document", "asset__media"
    )
    return found.prefetch_related("asset__texts").order_by("-created_at", "-pk")[:limit]


def same_as(assets: Iterable[Asset]) -> dict[int, list[Asset]]:
    """Other items of the library with the very same bytes, oldest first, by the key of the asset asked about."""
    asked = list(assets)
    rows = Asset.objects.filter(blob__in={asset.blob_id for asset in asked}).order_by("pk")
    found = list(rows.select_related("image", "document", "media"))
    return {
        asset.pk: [one for one in found if one.blob_id == asset.blob_id and one.pk != asset.pk]
        for asset in asked
    }


def state(asset: Asset, *, now: datetime) -> str:
    """What an asset is at `now`, for its staff: "quarantine" (the scanner has not spoken, or found something),
    "withdrawn", "disagreed", "expired", "unreleased", "held" (an embargo runs), "restricted" (released for an
    audience) or "public". No query where `holds` is prefetched.
    """
    if asset.quarantined_at is not None:
        return "quarantine"
    if asset.withdrawn_at is not None:
        return "withdrawn"
    if asset.consent_ends_at is not None and asset.consent_ends_at <= now:
        return "disagreed"
    if asset.expires_at is not None and asset.expires_at <= now:
        return "expired"
    if asset.released_at is None:
        return "unreleased"
    holds = [hold for hold in asset.holds.all() if policies.keeps(hold, now=now)]
    if any(hold.until is None or hold.until > now for hold in holds):
        return "held"
    return "restricted" if holds else "public"


def shelved(
    *,
    now: datetime,
    q: str = "",
    kind: str = "",
    state: str = "",
    licence: str = "",
    collection: Any = None,
    tag: Any = None,
    person: Any = None,
    lacks: str = "",
) -> QuerySet[Asset]:
    """The items of the staff's list, newest first, with all that a row shows (five queries, however many)."""
    found = Asset.objects.all() if state != "public" else public(now=now)
    found = found.filter(_in_state(state, now=now)) if state else found
    for column, value in (("kind", kind), ("licence", licence), ("consents__person", person)):
        found = found.filter(**{column: value}) if value else found
    if collection is not None:
        found = found.filter(_of_row(collection=collection))
    if tag is not None:
        found = found.filter(_of_row(tags=tag))
    french = AssetText.objects.filter(asset=OuterRef("pk"), locale__language_code=settings.LANGUAGE_CODE)
    if lacks == "alt":
        found = found.filter(~Exists(french.filter(~Q(alt="") | Q(decorative=True))), kind=Kind.IMAGE)
    elif lacks == "credit":
        found = found.filter(credit="")
    elif lacks == "english":
        english = AssetText.objects.filter(asset=OuterRef("pk"), locale__language_code="en")
        found = found.filter(~Exists(english))
    if q:
        found = found.filter(saying(q))
    found = found.select_related("blob", "image", "document", "media")
    return found.prefetch_related("texts__locale", "holds").order_by("-created_at", "-pk")


def _of_row(**value: Any) -> Q:
    """A condition on the row that Wagtail knows, whichever of the three it is."""
    ((name, wanted),) = value.items()
    found = Q(pk__in=[])
    for model in (LibraryImage, LibraryDocument, LibraryMedia):
        rows = model.objects.filter(**{name: wanted})  # type: ignore[attr-defined]
        found |= Q(pk__in=rows.order_by().values("asset"))
    return found


def _in_state(state: str, *, now: datetime) -> Q:
    """`state` as a condition, but for "public", whose rows `public` gives; and "ending": rights that end soon."""
    ended = Q(expires_at__lte=now)
    disagreed = Q(consent_ends_at__lte=now)
    kept = Q(withdrawn_at=None, quarantined_at=None)
    alive = kept & ~disagreed & ~ended
    holding = Exists(Hold.objects.filter(policies.keeping(now=now), asset=OuterRef("pk")))
    return {
        "quarantine": Q(quarantined_at__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False, quarantined_at=None),
        "disagreed": kept & disagreed,
        "expired": kept & ~disagreed & ended,
        "ending": alive & Q(expires_at__lte=now + timedelta(days=60)),
        "unreleased": alive & Q(released_at=None),
        "held": alive & Q(released_at__isnull=False) & Q(holding),
    }.get(state, Q())


def alike(image: LibraryImage, *, limit: int = 5) -> list[Asset]:
    """Pictures that look like this one but for a few of 64 bits, other files of the same view: likest first."""
    if image.fingerprint is None:
        return []
    distance = Func(
        F("fingerprint"),
        Value(image.fingerprint),
        template="bit_count((%(expressions)s)::bit(64))",
        arg_joiner=" # ",
        output_field=IntegerField(),
    )
    found = LibraryImage.objects.filter(fingerprint__isnull=False).annotate(distance=distance)
    rows = found.filter(distance__lte=ALIKE).exclude(asset__blob=image.asset.blob_id)
    return [row.asset for row in rows.select_related("asset__image").order_by("distance", "pk")[:limit]]


def share_of(token: str, *, now: datetime) -> ShareLink | None:
    """The link of a token, where it is one of ours, open and not past its day."""
    uid = links.uid_of(token)
    link = (
        ShareLink.objects.filter(uid=uid, revoked_at__isnull=True, expires_at__gt=now).first()
        if uid
        else None
    )
    return link if link is not None and links.verify(token, purpose=PURPOSE, uid=link.uid) else None


def links_to(thing_uid: UUID, *, now: datetime) -> QuerySet[ShareLink]:
    """The links that open a thing at `now`, newest first."""
    found = ShareLink.objects.filter(thing_uid=thing_uid, revoked_at__isnull=True, expires_at__gt=now)
    return found.select_related("created_by").order_by("-created_at", "-pk")


def open_shares(asset: Asset, *, now: datetime) -> QuerySet[ShareLink]:
    """The links that open an asset at `now`, newest first."""
    return asset.shares.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-created_at")[:20]


def read_words_and_holds(assets: Collection[Asset]) -> None:
    """Give assets what `texts__locale` and `holds` would be prefetched as, for reading alone (two queries).

    `prefetch_related` makes a queryset, filter and all, for each asset and relation: of a kit of 25 files that was a
    sixth of what serving a part of its archive costs. Only `.all()` of the two relations answers afterwards.
    """
    texts: dict[int, list[AssetText]] = {asset.pk: [] for asset in assets}
    holds: dict[int, list[Hold]] = {asset.pk: [] for asset in assets}
    for text in AssetText.objects.filter(asset__in=texts).select_related("locale"):
        texts[text.asset_id].append(text)
    for hold in Hold.objects.filter(asset__in=holds):
        holds[hold.asset_id].append(hold)
    for asset in assets:
        asset._prefetched_objects_cache = {"texts": texts[asset.pk], "holds": holds[asset.pk]}
