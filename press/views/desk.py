"""What other screens show of the press room: the home pages of the site and of the admin, a new page's thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from wagtail.models import TaskState

from cms.core.policies import visible
from cms.core.queries import branch_in, path_in
from cms.core.registry import Todo
from press import actions, queries
from press.models import Kit, KitPage, PressRoomPage, Purpose, Release, ReleasePage
from press.queries import correctives

if TYPE_CHECKING:
    from cms.core.registry import Context

SOON = timedelta(days=14)
RECENT = timedelta(days=30)


def _model_values(values: dict[str, Any]) -> dict[str, Any]:
    """The form's names as the model's: its texts are never None."""
    names = {"thing_audience": "audience", "kit_name": "name"}
    texts = ("reference", "signatory_name", "signatory_function")
    found = {names.get(name, name): value for name, value in values.items()}
    found |= {name: found[name] or "" for name in texts if name in found}
    if "audiences" in found:
        found["audiences"] = found["audiences"] or ()
    for name, fallback in (("kind", "release"), ("audience", "public"), ("name", "")):
        if name in found:
            found[name] = found[name] or fallback
    return found


def create_release(values: dict[str, Any], user: Any, now: datetime) -> Release:
    """The release of a new page, from its form's first values."""
    return actions.create_release(user=user, now=now, **_model_values(values))


def change_release(thing: Release, values: dict[str, Any], user: Any, now: datetime) -> Release:
    """The first values of a draft, kept again."""
    return actions.begin(thing, values=_model_values(values), user=user, now=now)


def release_values(thing: Release) -> dict[str, Any]:
    """What the form of a draft shows of its release."""
    return {
        "kind": thing.kind,
        "number": thing.number,
        "reference": thing.reference,
        "signatory_name": thing.signatory_name,
        "signatory_function": thing.signatory_function,
        "embargo_until": thing.embargo_until,
        "thing_audience": thing.audience,
        "kit": thing.kit_id,
        "activity": thing.activity_id,
        "audiences": list(thing.audiences.values_list("pk", flat=True)),
    }


def create_kit(values: dict[str, Any], user: Any, now: datetime) -> Kit:
    """The kit of a new page, from its form's first values."""
    return actions.create_kit(user=user, now=now, **_model_values(values))


def change_kit(thing: Kit, values: dict[str, Any], user: Any, now: datetime) -> Kit:
    """The first values of a draft, kept again."""
    return actions.begin_kit(thing, values=_model_values(values), user=user, now=now)


def kit_values(thing: Kit) -> dict[str, Any]:
    """What the form of a draft shows of its kit."""
    return {
        "embargo_until": thing.embargo_until,
        "thing_audience": thing.audience,
        "activity": thing.activity_id,
    }


def home_section(page: Any, ctx: Context) -> dict[str, Any] | None:
    """The newest releases, for the site's home; hidden while there is none."""
    releases = queries.latest(ctx, language=ctx.language)
    if not releases:
        return None
    room = visible(
        PressRoomPage.objects.filter(locale__language_code=ctx.language), reader=ctx.reader, now=ctx.now
    )
    newest, branch = releases[0], None
    if newest.locale.language_code != ctx.language:
        branch = branch_in(newest, language=ctx.language, reader=ctx.reader, now=ctx.now)
    return {
        "releases": releases,
        "room": room.select_related("locale").first(),
        "news": {"title": newest.title, "path": path_in(newest, branch)},
    }


def embargoes_due(user: Any, now: datetime) -> list[Todo]:
    """Releases whose embargo lifts within a fortnight, for those who may lift or delay it."""
    if not user.has_perm("press.lift_embargo"):
        return []
    found = []
    for release in queries.embargoed(now=now).filter(embargo_until__lte=now + SOON)[:10]:
        pages = list(release.pages.all())
        if not pages:
            continue
        page = pages[0]
        live = any(one.live for one in pages)
        text = page.title if not release.label else f"{release.label} – {page.title}"
        detail = (
            gettext("lifts by itself")
            if live
            else gettext("not published yet: at that hour nothing would appear")
        )
        found.append(
            Todo(
                text=text,
                url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
                detail=detail,
                due_at=release.embargo_until,
                level="info" if live else "warning",
            )
        )
    return found


def approvals_due(user: Any, now: datetime) -> list[Todo]:
    """Texts that wait for this user's approval."""
    waiting = (
        TaskState.objects.reviewable_by(user)
        .filter(workflow_state__base_content_type__app_label="wagtailcore")
        .select_related("revision", "task")[:20]
    )
    found = []
    for state in waiting:
        page = state.workflow_state.content_object
        if not isinstance(page, ReleasePage | KitPage):
            continue
        found.append(
            Todo(
                text=page.get_latest_revision_as_object().title,
                url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
                detail=_waiting_since(state.started_at, now),
                due_at=state.started_at,
                level="warning" if now - state.started_at > timedelta(days=2) else "info",
            )
        )
    return found


def correctives_due(user: Any, now: datetime) -> list[Todo]:
    """Texts corrected or withdrawn in the last month whose first readers have still to be told, for who may send."""
    if not user.has_perm("press.send_release"):
        return []
    found = []
    for thing in correctives.to_be_told(since=now - RECENT):
        pages, owed = list(thing.pages.all()), correctives.owed(thing)
        if owed is None or not pages:
            continue
        kind, label = ("release", thing.label) if isinstance(thing, Release) else ("kit", "")
        text = f"{label} – {pages[0].title}" if label else pages[0].title
        detail = gettext("the notice is prepared: it has not been sent")
        url = reverse("mailing_detail", args=[owed.mailing.pk]) if owed.mailing else ""
        if owed.mailing is None:
            detail = told_words(owed)
            url = reverse("press_button", args=[kind, thing.pk, "corrective"])
        found.append(Todo(text=text, url=url, detail=detail, level="warning"))
    return found


def told_words(owed: correctives.Owed) -> str:
    """Who has what, in a sentence for the officer."""
    if owed.purpose == Purpose.WITHDRAWAL:
        words = ngettext(
            "%(n)s person had received it before it was withdrawn",
            "%(n)s people had received it before it was withdrawn",
            owed.people,
        )
    elif owed.correction is not None and owed.correction.kit is not None:
        words = ngettext(
            "%(n)s person received the kit as it was before the correction",
            "%(n)s people received the kit as it was before the correction",
            owed.people,
        )
    else:
        words = ngettext(
            "%(n)s person received the text as it was before the correction",
            "%(n)s people received the text as it was before the correction",
            owed.people,
        )
    return words % {"n": owed.people}


def who_has_it(thing: Release | Kit) -> str:
    """That some received it already, and may be told; "" where nobody did, or where that is prepared."""
    owed = correctives.owed(thing)
    if owed is None or owed.mailing is not None:
        return ""
    if isinstance(thing, Kit):
        words = ngettext(
            "%(n)s person received the kit: you can tell them below.",
            "%(n)s people received the kit: you can tell them below.",
            owed.people,
        )
    else:
        words = ngettext(
            "%(n)s person received the former text: you can tell them below.",
            "%(n)s people received the former text: you can tell them below.",
            owed.people,
        )
    return words % {"n": owed.people}


def _waiting_since(start: datetime, now: datetime) -> str:
    days = (now - start).days
    if days < 1:
        return gettext("submitted today")
    return ngettext("waiting for %(n)s day", "waiting for %(n)s days", days) % {"n": days}
