"""The questions behind the buttons of a kit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core import formats
from press import actions
from press.forms import EmbargoForm, KitAudienceForm, LiftForm, SendForm, WithdrawForm
from press.forms.kits import CorrectKitForm
from press.models import Kit
from press.queries import offered
from press.views.desk import who_has_it
from press.views.verbs import AUDIENCE, CORRECTIVE, Button, standing, withdrawn


def _send(thing: Kit, data: dict[str, Any], user: Any, now: Any) -> str:
    people = {"audiences": data["audiences"], "extra_contacts": data["journalists"]}
    actions.send_kit(thing, **people, user=user, now=now)
    return gettext("The mailing is prepared. Check it, then launch it.")


def _embargo(thing: Kit, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.set_kit_embargo(thing, until=data["until"], user=user, now=now, reason=data["reason"])
    return gettext("Under embargo until %(until)s.") % {"until": formats.zoned_date(row.embargo_until)}  # type: ignore[arg-type]


def _lift(thing: Kit, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.lift_kit_embargo(thing, user=user, now=now, reason=data["reason"])
    return gettext("The embargo is lifted: the kit is open from now on, once it is published.")


def _withdraw(thing: Kit, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.withdraw_kit(thing, reason=data["reason"], user=user, now=now)
    return f"{withdrawn(row, now)} {who_has_it(row)}".strip()


def _correct(thing: Kit, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.correct_kit(thing, **data, user=user, now=now)
    actions.reword_mailings(thing, now=now)
    return f"{gettext('The correction stands above the kit.')} {who_has_it(thing)}".strip()


KIT_BUTTONS = (
    Button(
        "embargo",
        _("Set or delay the embargo"),
        "press.lift_embargo",
        EmbargoForm,
        _embargo,
        _("Until that instant nobody outside the team finds a trace of the kit or its files."),
        offered=lambda thing, now: standing(thing, now) and not actions.was_public(thing, now=now),
        initial=lambda thing, now: {"until": thing.embargo_until},
    ),
    Button(
        "lift",
        _("Lift the embargo now"),
        "press.lift_embargo",
        LiftForm,
        _lift,
        _("The kit, its files and its archives open at once. This cannot be undone."),
        offered=lambda thing, now: standing(thing, now) and thing.is_embargoed(now),
        danger=True,
    ),
    replace(AUDIENCE, form=KitAudienceForm),
    Button(
        "send",
        _("Send"),
        "press.send_release",
        SendForm,
        _send,
        _("What the kit holds goes by mail to the people you choose, with its link; no file is attached."),
        offered=lambda thing, now: standing(thing, now) and thing.audience != "link",
    ),
    replace(
        CORRECTIVE,
        explanation=_(
            "A mail of its own – what was corrected with the files as they are now, or that the kit is withdrawn and "
            "why – goes to those who received it as it was or read it early, and to nobody else. You launch it on the "
            "next screen."
        ),
    ),
    Button(
        "correct",
        _("Say what was corrected"),
        "press.correct_kit",
        CorrectKitForm,
        _correct,
        _("Replace or remove the wrong file first: “Choose the files” asks for this sentence too."),
        offered=lambda thing, now: standing(thing, now) and actions.was_public(thing, now=now),
        initial=lambda thing, now: {"left": offered.unsaid(thing)},
    ),
    Button(
        "withdraw",
        _("Withdraw"),
        "press.withdraw_kit",
        WithdrawForm,
        _withdraw,
        _("The kit leaves every list; its archives are not served any more."),
        offered=standing,
        danger=True,
    ),
)
