"""The kits' archives, last of all: a release lies in them as it is printed, with what events and mail add to it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from cms.core import clock
from press import actions
from press.models import KitPage


def build(*, now: datetime) -> None:
    """Build the archives that are not there yet; a second run changes nothing. Not as of `now`, when the loading
    began: what it has made public since stands in the releases too."""
    now = max(now, clock.now())
    for page in KitPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).select_related("kit"):
        if actions.want_archives(page.kit, now=now):
            actions.build_archives(page.kit, now=now)
