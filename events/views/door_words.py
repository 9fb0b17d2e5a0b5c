"""What the door's script says: a page that works without a network brings its words along."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: By the names that `door.js` knows; `{n}` and the like are filled in there.
WORDS = {
    "admitted": _("Come in"),
    "already": _("Inside already"),
    "not_confirmed": _("No confirmed seat"),
    "unknown": _("Not on the list"),
    "full": _("No seat left"),
    "closed": _("Outside the hours of the door"),
    "undone": _("Entry taken back"),
    "already_at": _("since {at} {door}"),
    "by_list": _("By the list of {at}: we are without network."),
    "unknown_offline": _(
        "Not on the list of {at}. Send the person to the welcome desk, or write the name below."
    ),
    "unknown_online": _("This code is none of ours for this date. Look for the name."),
    "vouch": _("Let in all the same"),
    "undo": _("That was a mistake: take it back"),
    "is_in": _("inside since {at}"),
    "nobody": _("Nobody of that name. Write them down below."),
    "more": _("{n} more: write more of the name."),
    "online": _("Up to date at {at}"),
    "offline": _("Without network since {at}. Everything goes on; what you do is sent later."),
    "no_network": _("Without network."),
    "queued": _("{n} to send"),
    "inside": _("Inside: {inside}"),
    "expected": _("{expected} expected"),
    "signed_out": _("Your session has ended: nothing is lost. Sign in again to send what is waiting."),
    "forbidden": _("Your account may no longer keep this door. The list is wiped from this telephone."),
    "wiped": _("The list is wiped from this telephone."),
    "wiped_key": _("The key of this door was changed: the list was wiped and is being read again."),
    "wrong_key": _("That is not the key of this door."),
    "no_list": _("This telephone has no list yet. It needs the network once."),
    "insecure": _("Without https this page works with a network only."),
    "no_camera": _("This telephone's browser reads no codes. Type the code under the square, or the name."),
    "camera_refused": _("The camera was refused. Allow it in the browser's settings, or type the name."),
    "camera_stop": _("Stop the camera"),
    "camera": _("Scan a code"),
    "pending_wipe": _("{n} entries are not sent yet. Find a network before you close this door."),
    "conflict_already": _("let in twice"),
    "conflict_not_confirmed": _("let in without a confirmed seat"),
    "conflict_full": _("let in beyond the seats"),
    "conflict_unknown": _("let in with a code that is none of ours"),
    "conflict_closed": _("let in outside the hours"),
}


def words() -> dict[str, str]:
    """The sentences in the active language."""
    return {name: str(said) for name, said in WORDS.items()}
