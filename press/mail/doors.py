"""The mails that carry a journalist's own links: the door, one early copy, a sign-in.

Nobody but the journalist reads them, and none names the text: what is under embargo is named behind the door, once the
agreement is accepted. A link is derived when the mail is made; revoked meanwhile, the mail does not leave.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from cms.core import clock, formats
from cms.core.registry import Parts, Refused
from press.exports import embargo_line
from press.models import AccreditationRequest, DoorKey, EarlyCopy
from press.queries import doors

DOOR, COPY, KEY = "press.door", "press.early_copy", "press.door_key"
REQUEST, REFUSED = "press.accreditation_request", "press.accreditation_refused"


def door(delivery: Any, language: str, now: datetime) -> Parts:
    """The link of a journalist's door. Raises Refused where it leads nowhere any more."""
    found = doors.standing_door(delivery.values["accreditation"], now=now)
    if found is None or found.generation != int(delivery.values["generation"]):
        raise Refused(_("This accreditation has ended, or its link was replaced."))
    return _letter(
        _("Your access to the press room"),
        [
            _("Hello [[name]],"),
            _(
                "You are accredited. Behind this link you find what is open to you: texts under embargo where we "
                "opened them to you, what is kept for accredited journalists, and the latest releases and kits."
            ),
        ],
        link=doors.door_url(found),
        button=_("Open my press access"),
        after=[
            _("This link is yours alone: what is read through it is written down with your name."),
            *_until(found),
        ],
    )


def _changed(copy: EarlyCopy) -> str:
    """What has become of a text or kit since its journalist read it."""
    if copy.kit_id is None:
        return _(
            "This text has changed since you read it. Please use what stands there now, and nothing else."
        )
    return _(
        "Files of this kit have changed since you read it. Please use those that are there now, and no others."
    )


def early_copy(delivery: Any, language: str, now: datetime) -> Parts:
    """The link of one text under embargo, which is not named here. Raises Refused where it was closed."""
    copy = EarlyCopy.objects.open().filter(uid=delivery.values["copy"]).first()
    found = doors.standing_door(copy.accreditation.uid.hex, now=now) if copy is not None else None
    if copy is None or found is None or copy.thing.withdrawn_at is not None:
        raise Refused(_("This early copy was closed."))
    line = embargo_line(copy.thing, now=now, language=language)
    title, opened = _("A text under embargo is open to you"), _("We open this text to you before its hour.")
    if copy.contact_id in doors.with_former_words(copy.thing):
        title, opened = _("A text under embargo was changed"), _changed(copy)
    if delivery.values.get("again"):
        title = f"{_('Reminder')} – {title}"
    return _letter(
        title,
        [
            _("Hello [[name]],"),
            *([line] if line else []),
            opened,
        ],
        link=doors.copy_url(copy),
        button=_("Read it under embargo"),
        after=[
            _(
                "Publish nothing of it before that hour. You accept the embargo agreement before the text opens."
            ),
            _("This link is yours alone: what is read through it is written down with your name."),
        ],
    )


def key(delivery: Any, language: str, now: datetime) -> Parts:
    """The link by which a journalist signs in, once, within the hour. Raises Refused later."""
    row = DoorKey.objects.filter(uid=delivery.values["key"], used_at=None).first()
    if row is None or now - row.asked_at > doors.KEY_HOLDS:
        raise Refused(_("This sign-in link is used, or older than an hour."))
    return _letter(
        _("Sign in to the press room"),
        [
            _("Hello [[name]],"),
            _("Somebody, probably you, asked to sign in to the press room with this address."),
        ],
        link=doors.key_url(row),
        button=_("Sign in"),
        after=[
            _("The link is good for an hour, once. If it was not you, do nothing."),
        ],
    )


def request(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks the owner of an address whether the request for accreditation is theirs. Raises Refused once it is moot."""
    row = AccreditationRequest.objects.filter(uid=delivery.values["request"], confirmed_at=None).first()
    if row is None:
        raise Refused(_("This request is confirmed, replaced, or older than a week."))
    return _letter(
        _("Confirm your request for accreditation"),
        [
            _("Hello [[name]],"),
            _("Somebody, probably you, asked for a press accreditation with this address."),
        ],
        link=doors.request_url(row),
        button=_("Confirm my request"),
        after=[
            _("The press office reads it once you have confirmed. The link is good for a week."),
            _("If it was not you, do nothing: the request is forgotten after a week."),
        ],
    )


def refused(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the accreditation is not granted, and why."""
    subject = _("Your request for accreditation")
    lines = [
        _("Hello [[name]],"),
        _("We cannot accredit you at present."),
        *(
            [_("Reason: %(reason)s") % {"reason": reason}]
            if (reason := delivery.values.get("reason"))
            else []
        ),
        _("The press office answers your questions; all that is public stays open to you on the site."),
    ]
    html = format_html(
        "<h1>{}</h1>{}", subject, format_html_join("", "<p>{}</p>", ((line,) for line in lines))
    )
    return Parts(subject, "\n\n".join(lines), str(html))


def _until(accreditation: Any) -> list[str]:
    if accreditation.valid_until is None or accreditation.valid_until <= clock.now():
        return []
    return [
        _("Your accreditation holds until %(day)s.") % {"day": formats.long_date(accreditation.valid_until)}
    ]


def _letter(subject: str, before: list[str], *, link: str, button: str, after: list[str]) -> Parts:
    text = "\n\n".join([*before, f"{button} :\n{link}", *after])
    html = format_html(
        '<h1>{}</h1>{}<p><a class="button" href="{}">{}</a></p>{}',
        subject,
        format_html_join("", "<p>{}</p>", ((line,) for line in before)),
        link,
        button,
        format_html_join("", "<p>{}</p>", ((line,) for line in after)),
    )
    return Parts(subject, text, str(html))
