"""Telling those who got a text that it was corrected, or withdrawn: them and nobody else, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.mailing import actions as mailing
from cms.mailing.models import Mailing
from press.actions.distribution import mailing_title
from press.actions.releases import PressError
from press.models import Correction, Distribution, Kit, Purpose, Release
from press.queries import correctives

RENDERERS = {Purpose.CORRECTION: "press.correction", Purpose.WITHDRAWAL: "press.withdrawal"}


@transaction.atomic
def send_corrective(thing: Release | Kit, *, user: Any, now: datetime) -> Distribution:
    """Prepare the mailing that tells of the last correction, or of the withdrawal; launched from its own screen.

    Asked twice, the mailing prepared first is returned; one that was cancelled makes room for another, which
    leaves out whom the first had reached. Drafts about an earlier correction are given up: this one tells of both.
    Raises PressError where nobody has a wrong text or kit.
    """
    row: Any = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    correction = _to_announce(row)
    purpose = Purpose.CORRECTION if correction is not None else Purpose.WITHDRAWAL
    prepared = correctives.standing(row, purpose, correction)
    if prepared is not None:
        return prepared
    people = correctives.wrongly_told(correction) if correction is not None else correctives.told_of(row)
    if not people.exists():
        raise PressError(_("Nobody has received a text that this concerns."))
    _give_up(row, user=user, now=now)
    prefix = _("Correction") if correction is not None else _("Withdrawal")
    draft = mailing.create(
        renderer=RENDERERS[purpose],
        source_uid=row.uid,
        title=f"{prefix} – {mailing_title(row) if isinstance(row, Release) else row.name}"[:255],
        audiences=(),
        kind=Mailing.Kind.PRESS,
        user=user,
        activity=row.activity,
        now=now,
    )
    core.log_thing(row, action="corrective.prepared", user=user, now=now)
    return Distribution.objects.create(
        mailing=draft,
        **correctives.own(row),
        release_version=row.version,
        purpose=purpose,
        correction=correction,
        created_at=now,
        created_by=user if user is not None and user.pk else None,
    )


def _to_announce(row: Release | Kit) -> Correction | None:
    """The correction to tell of, or None for the withdrawal. Raises PressError where there is neither."""
    if row.withdrawn_at is not None:
        return None
    if (correction := correctives.latest_correction(row)) is None:
        raise PressError(_("Nothing was corrected: first say what was."))
    return correction


def _give_up(thing: Release | Kit, *, user: Any, now: datetime) -> None:
    """Cancel corrective mailings that have not left, and let go of those that an officer cancelled."""
    waiting = thing.distributions.filter(purpose__in=RENDERERS, given_up=False)
    for one in waiting.select_related("mailing"):
        if one.mailing.state in (Mailing.State.DRAFT, Mailing.State.SCHEDULED):
            mailing.cancel(one.mailing, user=user, now=now)
        elif one.mailing.state != Mailing.State.CANCELLED:
            continue
        Distribution.objects.filter(pk=one.pk).update(given_up=True)


def reword_mailings(thing: Release | Kit, *, now: datetime) -> int:
    """Give the mails of a corrected release or kit that have not arrived its present words; return how many."""
    number = 0
    for one in thing.distributions.exclude(purpose=Purpose.WITHDRAWAL).select_related("mailing"):
        number += mailing.reword(one.mailing, now=now)
    return number
