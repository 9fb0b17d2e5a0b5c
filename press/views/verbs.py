"""The verbs behind the buttons of a release or a kit: what one is, and those that both have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from press import actions
from press.forms import AudienceForm
from press.models import Kit, Release
from press.queries import correctives


@dataclass(frozen=True)
class Button:
    """A verb as the team sees it: its words, its permission, its question, and what it does.

    act(thing, data, user, now) returns the sentence said afterwards. `offered(thing, now)` tells whether it makes
    sense now; initial(thing, now) fills the question. One that `publishes` changes what readers get of a thing whose
    page is live, as publishing does: there it asks for that right too.
    """

    name: str
    label: Any
    permission: str
    form: type[forms.Form]
    act: Callable[..., Any]
    explanation: Any = ""
    offered: Callable[..., bool] = lambda thing, now: True
    initial: Callable[..., dict[str, Any]] = lambda thing, now: {}
    danger: bool = False
    publishes: bool = False


def _audience(thing: Any, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.set_audience(thing, audience=data["audience"], user=user, now=now, reason=data["reason"])
    return gettext("Who may read it: %(audience)s.") % {"audience": row.get_audience_display()}


def withdrawn(row: Release | Kit, now: Any) -> str:
    """What visitors find in place of what was withdrawn."""
    if row.is_embargoed(now):
        return gettext("Withdrawn. Visitors never read it, and find nothing in its place.")
    return gettext("Withdrawn. Visitors read the reason in its place.")


def _tell(thing: Any, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.send_corrective(thing, user=user, now=now)
    return gettext("The mailing is prepared. Check it, then launch it.")


def _to_tell(thing: Any, now: Any) -> bool:
    owed = correctives.owed(thing)
    return owed is not None and owed.mailing is None


def standing(thing: Any, now: Any) -> bool:
    """Whether a thing was not withdrawn."""
    return thing.withdrawn_at is None


AUDIENCE = Button(
    "audience",
    _("Say who may read it"),
    "press.lift_embargo",
    AudienceForm,
    _audience,
    _("Its files go with it. What everyone could read already cannot be closed again."),
    offered=lambda thing, now: (
        standing(thing, now) and not (thing.audience == "public" and actions.was_public(thing, now=now))
    ),
    initial=lambda thing, now: {"audience": thing.audience},
)
CORRECTIVE = Button(
    "corrective",
    _("Tell those who received it"),
    "press.send_release",
    forms.Form,
    _tell,
    _(
        "A mail of its own – what was corrected with the corrected text, or that it is withdrawn and why – goes to "
        "those who received the former text, and to nobody else. Whom it left for in doubt is told too; whose mail "
        "came back, or who wants no more mails, is not. You launch it on the next screen."
    ),
    offered=_to_tell,
)
