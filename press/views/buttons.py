"""The questions behind the buttons of a release or a kit, each with a permission of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core import clock, formats
from press import actions, receivers
from press.forms import (
    AttachKitForm,
    CorrectForm,
    DetailsForm,
    EmbargoForm,
    LiftForm,
    NumberForm,
    SendForm,
    WithdrawForm,
)
from press.models import Kit, KitPage, Release, ReleasePage
from press.views.desk import release_values, who_has_it
from press.views.kit_buttons import KIT_BUTTONS
from press.views.verbs import AUDIENCE, CORRECTIVE, Button, standing, withdrawn


def _set_embargo(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.set_embargo(thing, until=data["until"], user=user, now=now, reason=data["reason"])
    return gettext("Under embargo until %(until)s.") % {"until": formats.zoned_date(row.embargo_until)}  # type: ignore[arg-type]


def _lift(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.lift_embargo(thing, user=user, now=now, reason=data["reason"])
    return gettext(
        "The embargo is lifted: the text is readable everywhere from now on, once it is published."
    )


def _withdraw(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.withdraw(thing, reason=data["reason"], user=user, now=now)
    said = withdrawn(row, now)
    if row.kit is not None and row.kit.withdrawn_at is None and row.kit.pages.filter(live=True).exists():
        said += " " + gettext("Its press kit stays: withdraw it too if nobody should read it.")
    return f"{said} {who_has_it(row)}".strip()


def _correct(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.correct(thing, **data, user=user, now=now)
    actions.reword_mailings(thing, now=now)
    return f"{gettext('The correction stands above the text.')} {who_has_it(thing)}".strip()


def _describe(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.describe(thing, user=user, now=now, **data)
    return gettext("Kept. It stands on the page from now on.")


def _number(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    row = actions.change_number(thing, number=data["number"], year=data["year"], user=user, now=now)
    return gettext("The release is now %(label)s.") % {"label": row.label}


def _attach(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    actions.attach_kit(thing, kit=data["kit"], user=user, now=now)
    return (
        gettext("The kit goes with the release.")
        if data["kit"]
        else gettext("The release has no kit any more.")
    )


def _send(thing: Release, data: dict[str, Any], user: Any, now: Any) -> str:
    people = {"audiences": data["audiences"], "extra_contacts": data["journalists"]}
    actions.send_release(thing, **people, user=user, now=now)
    return gettext("The mailing is prepared. Check it, then launch it.")


def _initial_number(thing: Release, now: Any) -> dict[str, Any]:
    year = thing.year or formats.local(now).year
    return {"year": year, "number": thing.number or actions.next_number(year=year)}


RELEASE_BUTTONS = (
    Button(
        "embargo",
        _("Set or delay the embargo"),
        "press.lift_embargo",
        EmbargoForm,
        _set_embargo,
        _("Until that instant nobody outside the team finds a trace of the text, its kit or its files."),
        offered=lambda thing, now: standing(thing, now) and not actions.was_public(thing, now=now),
        initial=lambda thing, now: {"until": thing.embargo_until},
    ),
    Button(
        "lift",
        _("Lift the embargo now"),
        "press.lift_embargo",
        LiftForm,
        _lift,
        _("Page, feeds, search, files and archives open at once. This cannot be undone."),
        offered=lambda thing, now: standing(thing, now) and thing.is_embargoed(now),
        danger=True,
    ),
    AUDIENCE,
    Button(
        "kit",
        _("Join a press kit"),
        "press.change_release",
        AttachKitForm,
        _attach,
        _("A kit that nobody has seen yet takes the embargo of the release."),
        offered=standing,
        initial=lambda thing, now: {"kit": thing.kit},
        publishes=True,
    ),
    Button(
        "details",
        _("Change kind or signatory"),
        "press.change_release",
        DetailsForm,
        _describe,
        offered=standing,
        initial=lambda thing, now: release_values(thing),
        publishes=True,
    ),
    Button(
        "number",
        _("Change the number"),
        "press.number_release",
        NumberForm,
        _number,
        _("A free number of the year's registry, without a gap."),
        offered=standing,
        initial=_initial_number,
    ),
    Button(
        "send",
        _("Send"),
        "press.send_release",
        SendForm,
        _send,
        _("The whole text goes by mail to the audiences you choose, with a link to the kit."),
        offered=standing,
        initial=lambda thing, now: {"audiences": release_values(thing)["audiences"]},
    ),
    CORRECTIVE,
    Button(
        "correct",
        _("Say what was corrected"),
        "press.correct_release",
        CorrectForm,
        _correct,
        offered=lambda thing, now: standing(thing, now) and actions.was_public(thing, now=now),
    ),
    Button(
        "withdraw",
        _("Withdraw"),
        "press.withdraw_release",
        WithdrawForm,
        _withdraw,
        _("The text leaves every list, feed and search; its page says why. Mailings in progress stop."),
        offered=standing,
        danger=True,
    ),
)
BUTTONS: dict[str, tuple[type[Any], type[Any], tuple[Button, ...]]] = {
    "release": (Release, ReleasePage, RELEASE_BUTTONS),
    "kit": (Kit, KitPage, KIT_BUTTONS),
}


def buttons_for(kind: str, thing: Any, *, user: Any, now: Any) -> list[Button]:
    """The buttons that this user may press on this thing now."""
    return [
        button
        for button in BUTTONS[kind][2]
        if user.has_perm(button.permission)
        and button.offered(thing, now)
        and (not button.publishes or may_publish_live(kind, thing, user))
    ]


def page_for(kind: str, thing: Any, user: Any) -> Any:
    """The page by which a user reaches a thing: the one whose editor they may open. PermissionDenied for none."""
    pages = (
        BUTTONS[kind][1].objects.filter(**{f"{kind}_id": thing.pk}).select_related("locale").order_by("path")
    )
    for page in pages:
        if page.permissions_for_user(user).can_edit():
            return page
    raise PermissionDenied


def may_publish_live(kind: str, thing: Any, user: Any) -> bool:
    """Whether `user` may publish every live page of a thing; there is none to ask about where none is live.

    What changes a published thing's files, or the kit that goes with it, opens files to readers at once or at its
    hour: it is a publication, whose rights and whose rule of approval must not be gone round.
    """
    live = BUTTONS[kind][1].objects.filter(**{f"{kind}_id": thing.pk}, live=True)
    return all(page.permissions_for_user(user).can_publish() for page in live)


def press_button(request: HttpRequest, kind: str, pk: int, verb: str) -> HttpResponse:
    """Ask (GET) and act (POST). Who lacks the permission, or cannot edit any page of the thing, is refused."""
    button = next((one for one in BUTTONS[kind][2] if one.name == verb), None) if kind in BUTTONS else None
    if button is None:
        raise Http404
    if not request.user.has_perm(button.permission):
        raise PermissionDenied
    thing = get_object_or_404(BUTTONS[kind][0], pk=pk)
    page = page_for(kind, thing, request.user)
    if button.publishes and not may_publish_live(kind, thing, request.user):
        raise PermissionDenied
    now = clock.now()
    form = button.form(request.POST if request.method == "POST" else None, initial=button.initial(thing, now))
    if request.method == "POST" and form.is_valid():
        try:
            sentence = button.act(thing, form.cleaned_data, request.user, now)
        except actions.PressError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, sentence)
            receivers.ring_for_files(thing)
            return redirect(_afterwards(button, thing, page))
    context = {
        "page": page,
        "thing": thing,
        "button": button,
        "form": form,
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/button.html", context)


def _afterwards(button: Button, thing: Any, page: Any) -> str:
    """Where to go on: the mailing just prepared, else the page's editor."""
    if button.name in ("send", "corrective"):
        latest = thing.distributions.order_by("-pk").first()
        try:
            return reverse("mailing_detail", args=[latest.mailing_id])
        except NoReverseMatch:
            pass
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
