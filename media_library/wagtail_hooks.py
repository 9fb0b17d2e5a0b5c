"""What the library adds to the admin's own addresses."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter

from media_library.policies import SEE_UNRELEASED
from media_library.views import (
    downloads,
    persons,
    rights,
    shares,
    shelf,
    soundbites,
    speeches,
    uploads,
    versions,
)

LOG_ACTIONS = (
    ("media_library.consent_noted", _("Note a consent"), _("Consent noted: %(person)s")),
    ("media_library.person_removed", _("Take a person out"), _("Not shown after all: %(person)s")),
    ("media_library.rights_changed", _("Change rights"), _("Rights and credits changed")),
    ("media_library.consent_withdrawn", _("Withdraw a consent"), _("Consent withdrawn: %(person)s")),
    ("media_library.released", _("Make a file public"), _("Made public")),
    ("media_library.embargoed", _("Keep a file until an hour"), _("Kept under embargo until %(until)s")),
    ("media_library.link_made", _("Hand out a link"), _("Link handed out: %(note)s")),
    ("media_library.link_closed", _("Close a link"), _("Link closed: %(note)s")),
    ("media_library.withdrawn", _("Withdraw a file"), _("Withdrawn: %(reason)s")),
    ("media_library.restored", _("Undo a withdrawal"), _("The withdrawal is undone; it is not public yet")),
)


def _sound_urls(uid: str) -> list[URLPattern]:
    return [
        re_path(uid + "retry/$", speeches.retry, name="media_library_retry"),
        re_path(uid + "say/$", speeches.say, name="media_library_say"),
        re_path(uid + r"unsay/(?P<language>[\w-]{1,10})/$", speeches.unsay, name="media_library_unsay"),
        re_path(uid + "waive/$", speeches.waive, name="media_library_waive"),
        re_path(r"^library/sounds/(?P<uid>[0-9a-f]{32})/$", soundbites.sounds, name="media_library_sounds"),
        re_path(
            r"^library/sounds/(?P<uid>[0-9a-f]{32})/(?P<pk>\d{1,18})/(?P<verb>earlier|later|remove|change)/$",
            soundbites.sound,
            name="media_library_sound",
        ),
    ]


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The library's list, what stands beside an asset, persons and sounds; files on their way in."""
    uid = r"^library/(?P<uid>[0-9a-f]{32})/"
    return [
        *_sound_urls(uid),
        re_path(uid + "release/$", rights.release, name="media_library_release"),
        re_path(uid + "withdraw/$", rights.withdraw, name="media_library_withdraw"),
        re_path(uid + "restore/$", rights.restore, name="media_library_restore"),
        re_path(uid + "share/$", shares.make, name="media_library_share"),
        re_path(uid + r"share/(?P<link>[0-9a-f]{32})/$", shares.close, name="media_library_unshare"),
        re_path(uid + "embargo/$", rights.embargo, name="media_library_embargo"),
        re_path(uid + "downloads/$", downloads.of_asset, name="media_library_downloads"),
        re_path(uid + "persons/$", persons.of_asset, name="media_library_persons"),
        path("library/", shelf.shelf, name="media_library_shelf"),
        path("library/contact-sheet/", shelf.contact_sheet, name="media_library_contact_sheet"),
        path("library/persons/<int:pk>/", persons.everywhere, name="media_library_person"),
        path(
            "library/consents/<int:pk>/withdraw/",
            persons.change,
            {"verb": "withdraw"},
            name="media_library_consent_withdraw",
        ),
        path(
            "library/consents/<int:pk>/remove/",
            persons.change,
            {"verb": "remove"},
            name="media_library_consent_remove",
        ),
        path("library/versions/<int:pk>/", versions.download, name="media_library_version"),
        path("library/versions/<int:pk>/back/", versions.take_back, name="media_library_version_back"),
        path("library/uploads/", uploads.uploads, name="media_library_uploads"),
        re_path(r"^library/uploads/(?P<uid>[0-9a-f]{32})/$", uploads.upload, name="media_library_upload"),
    ]


class SendItem(MenuItem):
    """Shown to those who may add pictures."""

    def is_shown(self, request: Any) -> bool:
        return bool(uploads.may_send(request.user))


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return SendItem(
        _("Send files"), reverse("media_library_uploads"), name="send-files", icon_name="upload", order=310
    )


class Told(LogFormatter):
    """A sentence of the journal, with what its entry holds."""

    def format_message(self, log_entry: Any) -> str:
        return str(self.message) % defaultdict(str, log_entry.data)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Words for what the journal keeps of a library item."""
    for action, label, message in LOG_ACTIONS:
        actions.register_action(action)(type("Told", (Told,), {"label": label, "message": message}))


class ShelfItem(MenuItem):
    """Shown to those who see the library's unreleased items."""

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm(SEE_UNRELEASED))


@hooks.register("register_admin_menu_item")
def shelf_item() -> MenuItem:
    return ShelfItem(
        _("All files"), reverse("media_library_shelf"), name="shelf", icon_name="folder-open-inverse", order=5
    )
