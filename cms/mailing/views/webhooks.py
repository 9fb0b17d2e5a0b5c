"""Where mail providers post what became of mails: `/m/reports/<provider>`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.core import clock
from cms.mailing import actions
from cms.mailing.mail.providers import PROVIDERS, NotProved, findings_in

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def reports(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what a provider posts; 401 without its proof, 404 for one that was not set up.

    All of a post is written in one transaction, so that a provider that gets no 200 may post it again.
    """
    secret = settings.MAILING_WEBHOOKS.get(provider)
    if not secret or provider not in PROVIDERS:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        findings = findings_in(request, provider=provider, secret=secret)
    except NotProved:
        logger.warning("a post to the reports of %s did not prove its origin", provider)
        return HttpResponse(status=401)
    except ValueError:
        return HttpResponse(status=400)
    now = clock.now()
    with transaction.atomic():
        actions.take(findings, source=f"webhook:{provider}", now=now)
    actions.apply_reports(now=now)
    return HttpResponse()
