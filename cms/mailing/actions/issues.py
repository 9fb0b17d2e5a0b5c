"""An issue of a newsletter becomes a mailing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cms.mailing import queries
from cms.mailing.actions.compose import EDITABLE, create
from cms.mailing.mail.issues import RENDERER
from cms.mailing.models import Issue, IssueSending, Mailing


@transaction.atomic
def prepare_issue(issue: Issue, *, user: Any, now: datetime) -> Mailing:
    """The mailing in which an issue is being prepared, made when there is none; nothing leaves before `launch`.

    An issue already sent may be sent once more, to others: that is another mailing.
    """
    # All its languages are one issue: two who press at once in two of them get one mailing.
    rows = list(
        Issue.objects.select_for_update().filter(translation_key=issue.translation_key).order_by("pk")
    )
    prepared = queries.mailings_of_issue(issue).filter(state__in=EDITABLE).first()
    if prepared is not None:
        return prepared
    words = next((row for row in rows if row.language == queries.languages()[0]), issue)
    mailing = create(
        renderer=RENDERER,
        source_uid=issue.translation_key,
        title=str(words),
        audiences=[],
        user=user,
        activity=issue.activity,
        kind=Mailing.Kind.NEWSLETTER,
        now=now,
    )
    IssueSending.objects.create(issue=issue, mailing=mailing, created_at=now)
    return mailing
