"""Texts that go out by themselves, for the officer's list of what is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from cms.core.registry import Todo
from press.queries.scheduled import scheduled_pages

#: The scheduler comes round every few seconds: what is late by this did not go out.
LATE = timedelta(minutes=2)


def publications_due(user: Any, now: datetime) -> list[Todo]:
    """Scheduled texts that this user may edit, soonest first; one whose hour has passed is an alarm."""
    found = []
    for page, at in scheduled_pages():
        if not page.permissions_for_user(user).can_edit():
            continue
        late = at + LATE < now
        detail = (
            gettext("it could not be published at its hour: open it and publish it")
            if late
            else gettext("goes out by itself")
        )
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        level = "critical" if late else "info"
        found.append(Todo(text=page.draft_title, url=url, detail=detail, due_at=at, level=level))
    return found
