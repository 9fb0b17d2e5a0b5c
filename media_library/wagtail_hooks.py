"""What the library adds to the admin's own addresses."""

from __future__ import annotations

from django.urls import URLPattern, re_path
from wagtail import hooks

from media_library.views import rights


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The three buttons beside an asset."""
    uid = r"^library/(?P<uid>[0-9a-f]{32})/"
    return [
        re_path(uid + "release/$", rights.release, name="media_library_release"),
        re_path(uid + "withdraw/$", rights.withdraw, name="media_library_withdraw"),
        re_path(uid + "restore/$", rights.restore, name="media_library_restore"),
    ]
