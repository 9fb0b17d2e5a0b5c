"""What changes things and pages; each in one transaction, each leaving a line in the log."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, Task, Workflow, WorkflowPage, WorkflowTask

from cms.core import registry
from cms.core.models import ApprovalTask, Attempt, SitePage, Thing, ThingLog
from cms.core.models.approval import needs_reason
from cms.core.models.pages import ROW_COLUMNS

T = TypeVar("T", bound=Thing)
logger = logging.getLogger(__name__)
# So many scheduled texts are published by one sweep; the next takes the rest.
DUE_AT_ONCE = 200

# French, because they are the organisation's own data, which it may rename.
WORKFLOW = "Validation des textes"
TASK = "Validation par la rédaction"
# What a page that is begun from another takes of Wagtail's own columns; its place, state and dates are its own.
WORDS_OF_A_PAGE: Final = ("seo_title", "search_description", "show_in_menus")


class TooManyTries(Exception):
    """Whoever tries has tried enough for now; nothing was counted."""


class ReasonMissing(PermissionDenied):
    """Somebody approves their own text, and says not why."""


class NotAModel(Exception):
    """Nothing is begun from this page; the message is a sentence for the officer."""


def project(thing: Thing, *, now: datetime) -> None:
    """Write the thing's dates and audience on all its pages and raise their versions.

    Called inside the transaction of the action that changed the thing: pages and thing are never seen apart.
    """
    for page in thing.pages.only("pk", "first_published_at"):  # type: ignore[attr-defined]
        starts = [at for at in (thing.embargo_until, page.first_published_at) if at is not None]
        SitePage.objects.filter(pk=page.pk).update(
            thing_uid=thing.uid,
            audience=thing.audience,
            public_from=max(starts, default=None),
            public_until=thing.expires_at,
            withdrawn_at=thing.withdrawn_at,
            version=F("version") + 1,
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else (str(value) if value is not None else None)


@transaction.atomic
def change_thing(
    thing: T, *, action: str, changes: dict[str, Any], user: Any, now: datetime, reason: str = ""
) -> T:
    """Change a thing's own columns under its row lock, tell its pages, and log who did it and why.

    Returns the row as saved. `thing` itself is brought up to date. Values in `changes` are model values.
    """
    row: T = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    before = {name: _plain(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
        setattr(thing, name, value)
    row.version += 1
    thing.version = row.version
    row.save()
    project(row, now=now)
    log_thing(
        row,
        action=action,
        user=user,
        now=now,
        reason=reason,
        changes={name: [before[name], _plain(value)] for name, value in changes.items()},
    )
    return row


def log_thing(
    thing: Thing,
    *,
    action: str,
    user: Any,
    now: datetime,
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> ThingLog:
    """Add a line to the thing's log."""
    return ThingLog.objects.create(
        thing_uid=thing.uid,
        thing_type=thing._meta.label,
        action=action,
        user=user if user is not None and user.pk else None,
        at=now,
        changes=changes or {},
        reason=reason,
    )


@transaction.atomic
def publish_page(page: Any, *, user: Any, now: datetime) -> Any:
    """Publish the page's present words (a revision is made), whatever the thing's embargo; returns the page.

    A first publication is dated `now`, and the public columns follow the page and its thing.
    """
    first = page.first_published_at is None
    revision = page.save_revision(user=user, log_action=False)
    revision.publish(user=user, skip_permission_checks=True)
    if first:
        Page.objects.filter(pk=page.pk).update(first_published_at=now, last_published_at=now)
    fresh = type(page).objects.get(pk=page.pk)
    if first:
        fresh.public_from = None
        fresh.take_schedule()
        SitePage.objects.filter(pk=page.pk).update(public_from=fresh.public_from)
    return fresh


def lock_page(page: Any) -> Any:
    """Hold the rows of a page and of the thing it words until the transaction ends; return the page as it is now.

    The thing first, as every action on it and every `SitePage.save` does, so that a page's edit and a thing's
    change cannot deadlock.
    """
    page.hold_thing()
    SitePage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    return type(page).objects.get(pk=page.pk)


@transaction.atomic
def edit_page(page: Any, *, changes: dict[str, Any], user: Any, now: datetime, publish: bool = False) -> Any:
    """Change words of a page as an editor would: a new revision on top of the latest, published on request.

    Returns the page. Raises ValidationError where the words break the page's own rules. The caller has checked
    the user's permissions and holds the page's row lock where it compared versions.
    """
    draft = page.get_latest_revision_as_object() if page.latest_revision_id else page
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.full_clean()
    revision = draft.save_revision(user=user, log_action=True)
    if publish:
        revision.publish(user=user, skip_permission_checks=True)
    return type(page).objects.get(pk=page.pk)


def place_page(parent: Any, page: Any, *, user: Any, now: datetime) -> Any:
    """Add `page` below `parent` and publish it: how setup, the demo and tests make pages. Returns the page."""
    page.live = False
    page.owner = user
    parent.add_child(instance=page)
    return publish_page(page, user=user, now=now)


@transaction.atomic
def begin_from(page: Any, *, title: str, key: UUID, user: Any, now: datetime) -> Any:
    """Begin another thing of the sort that `page` words, with its words as a draft below the same list.

    The words are those that readers have, else the latest draft's; nothing else of the thing comes along
    (`registry.PageType.begin_like`). Under the same `key` and title, twice or at once, it is one page, which is
    returned. Raises NotAModel for what is under embargo, whose words would come out from under it, or withdrawn.
    """
    kind = registry.page_type_of(page)
    if kind.begin_like is None or page.alias_of_id is not None:
        raise NotAModel(_("Nothing is begun from this page."))
    thing = page.thing
    if thing.withdrawn_at is not None:
        raise NotAModel(_("This was withdrawn: its words are used no more."))
    if thing.is_embargoed(now):
        raise NotAModel(_("This is under embargo: its words stay where they are until its hour."))
    parent = Page.objects.select_for_update(of=("self",)).get(pk=page.get_parent().pk)
    uid = uuid5(page.uid, f"{key.hex} {title}")
    if (begun := type(page).objects.filter(uid=uid).first()) is not None:
        return begun
    words = _words_of(page if page.live else page.get_latest_revision_as_object(), kind)
    new = type(page)(title=title, uid=uid, locale=page.locale, owner=user, live=False, **words)
    setattr(new, page.THING, kind.begin_like(thing, title, user, now))
    parent.specific.add_child(instance=new)
    new.save_revision(
        user=user, log_action=True, clean=False
    )  # a draft may lack what its publication asks for
    return new


def _words_of(page: Any, kind: registry.PageType) -> dict[str, Any]:
    """The words of a page that another may take over, by field: its own columns, and its lists of topics and such."""
    owned = {field.name for field in Page._meta.get_fields()} - set(WORDS_OF_A_PAGE)
    kept = {*ROW_COLUMNS, page.THING, *kind.left_behind}
    found = {}
    for field in type(page)._meta.get_fields():
        if field.name in owned or field.name in kept or not getattr(field, "editable", False):
            continue
        if field.many_to_many:
            found[field.name] = list(getattr(page, field.name).all())
        elif (not field.auto_created and not field.is_relation) or field.many_to_one:
            found[field.name] = getattr(page, field.name)
    return found


@transaction.atomic
def ensure_workflow(*, page: Page, group: str = "editor") -> Any:
    """Set the approval of texts up from `page` down: authors and officers submit, `group` approves.

    Returns the workflow. Repeat at will.
    """
    editors = Group.objects.get(name=group)
    task = Task.objects.filter(name=TASK).first()
    if task is None:
        task = ApprovalTask.objects.create(name=TASK, active=True)
    if not task.specific.groups.filter(pk=editors.pk).exists():
        task.specific.groups.add(editors)
    workflow = Workflow.objects.filter(name=WORKFLOW).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=WORKFLOW, active=True)
    WorkflowTask.objects.get_or_create(workflow=workflow, task_id=task.pk, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": workflow})
    return workflow


def publish_approved(workflow_state: Any, *, user: Any) -> None:
    """Publish the text whose last approval was given, in the transaction of that approval.

    Raises PermissionDenied where the approver's role does not publish, ReasonMissing where they approved their
    own text without saying why; either undoes the approval.
    """
    page = workflow_state.content_object
    page = page.specific if isinstance(page, Page) else page
    if user is not None and isinstance(page, SitePage):
        if not page.permissions_for_user(user).can_publish_approved():
            raise PermissionDenied(_("Your role does not publish."))
        if needs_reason(workflow_state, user) and not workflow_state.current_task_state.comment.strip():
            raise ReasonMissing(
                _("This text is your own: approve it with a reason, which stays in the page's history.")
            )
        page.get_latest_revision().publish(user=user, skip_permission_checks=True)
        return
    page.get_latest_revision().publish(user=user)


def publish_due(*, now: datetime) -> int:
    """Publish the words whose scheduled hour has come, each in a transaction of its own; return how many were.

    Two schedulers at once publish each once. One that fails is logged and stays due: the others go out, and it is
    tried again by the next sweep; the team's to-do list says that it is late.
    """
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at", "pk")
    done = 0
    for pk in due.values_list("pk", flat=True)[:DUE_AT_ONCE]:
        try:
            done += publish_scheduled(revision_pk=pk, now=now)
        except Exception:
            # Whatever is wrong with one text keeps no other back.
            logger.exception("scheduled publication failed", extra={"revision": pk})
    return done


@transaction.atomic
def publish_scheduled(*, revision_pk: int, now: datetime) -> bool:
    """Publish one scheduled revision if its hour has come and nobody has done it yet; tell whether it was done.

    The page's rows are held first, in the order of every edit; what is due is asked again under that lock.
    """
    revision = Revision.objects.filter(pk=revision_pk).first()
    page = revision.content_object if revision is not None else None
    if page is None:
        return False
    if isinstance(page, SitePage):
        lock_page(page)
    revision = Revision.objects.filter(pk=revision_pk, approved_go_live_at__lte=now).first()
    if revision is None:
        return False
    # The hour has come by the clock that was passed in: the words carry no schedule any more.
    revision.content = {**revision.content, "go_live_at": None}
    revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)
    return True


def beat(name: str, *, now: datetime) -> None:
    """Record a sign of life of a background process."""
    from cms.core.models import Heartbeat

    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def note_try(*, kind: str, value: str, limit: int, within: timedelta, now: datetime) -> None:
    """Count a try at a public form by `value` (a network, an address). Raises TooManyTries above `limit` `within`.

    Only a keyed hash of `kind` and `value` is kept, and no longer than it counts.
    """
    message = f"{kind}\0{value}".encode()
    bucket = hmac.new(settings.LINK_KEY.encode(), message, sha256).hexdigest()
    if Attempt.objects.filter(bucket=bucket, at__gt=now - within).count() >= limit:
        raise TooManyTries
    Attempt.objects.create(bucket=bucket, at=now, forget_at=now + within)
    Attempt.objects.filter(forget_at__lte=now).delete()
