"""New words for the mails of a mailing that have not arrived: what they announce was corrected meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from cms.core.registry import Refused
from cms.mailing.actions.clicks import write_counted
from cms.mailing.actions.launch import letter_fields
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.models import Letter, Mailing

#: Nothing of these was taken by anybody: a mail in doubt keeps its words, it may have arrived with them.
NOT_ARRIVED = Q(state__in=["queued", "deferred", "failed"]) | Q(state="sending", handed_at__isnull=True)


@transaction.atomic
def reword(mailing: Mailing, *, now: datetime) -> int:
    """Freeze a launched mailing's text anew for those it has not reached; return how many that concerns.

    Rows that a worker holds without having begun them are taken back: it would send the former words. Where the
    text is what it was, or may not be written now, nothing changes.
    """
    row = Mailing.objects.select_for_update(of=("self",)).select_related("sender").get(pk=mailing.pk)
    if row.launched_at is None or row.is_standing or row.state == Mailing.State.CANCELLED:
        return 0
    waiting, number = row.deliveries.filter(NOT_ARRIVED), 0
    for language in sorted(waiting.order_by().values_list("language", flat=True).distinct()):
        last = row.letters.filter(language=language).order_by("-version").first()
        try:
            with translation.override(language):
                parts = write_counted(row, language=language, sender=row.sender or ensure_sender(), now=now)
        except Refused:
            continue
        fields = letter_fields(parts)
        if last is None or all(getattr(last, name) == value for name, value in fields.items()):
            continue
        fresh = Letter.objects.create(
            mailing=row, language=language, version=last.version + 1, created_at=now, **fields
        )
        of_language = waiting.filter(language=language)
        number += of_language.filter(state="sending").update(
            template_version=fresh.version, state="queued", claim_token=None, lease_until=None
        )
        number += of_language.exclude(template_version=fresh.version).update(template_version=fresh.version)
    return number
