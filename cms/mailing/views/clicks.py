"""A counted link of a mail: `/c/<token>`. It counts one, for all together, and leads on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseRedirect
from django.views.decorators.http import require_safe

from cms.core import links
from cms.mailing import actions
from cms.mailing.mail.clicks import LINK_PURPOSE
from cms.mailing.models import CountedLink

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)


@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """Lead to the address that was in the mail, and to no other: it is kept with the row that the token names.

    Nothing of the reader is kept, and no cookie set. A HEAD, or what a browser fetches ahead, does not count.
    """
    uid = links.uid_of(token)
    row = CountedLink.objects.filter(uid=uid).first() if uid else None
    if row is None or not links.verify(token, purpose=LINK_PURPOSE, uid=row.uid):
        raise Http404
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    if request.method == "GET" and not ahead:
        try:
            with transaction.atomic():
                actions.count_click(row)
        except DatabaseError:
            logger.exception("a click was not counted")
    response = HttpResponseRedirect(row.url)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
