"""The page that says whether a sender's domain is in order, as far as the DNS answers."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.mailing.mail import domains, signing
from cms.mailing.models import Sender
from cms.mailing.views.admin import HOME, forbidden


def signing_key(domain: str) -> signing.Key | None:
    """The key that signs here for a domain, if one does and can be read."""
    try:
        return signing.current(domain)
    except signing.KeyFault:
        return None


class SenderDomain(WagtailAdminTemplateMixin, TemplateView):
    """SPF, DKIM, DMARC, replies and returns of one sender."""

    template_name = "mailing/admin/domain.html"
    header_icon = "site"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("mailing.view_sender") and not request.user.has_perm(
            "mailing.change_sender"
        ):
            return forbidden(request)
        self.sender = get_object_or_404(Sender, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Is %(domain)s in order?") % {"domain": self.sender.domain}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            HOME,
            {"url": reverse("mailing_senders:index"), "label": _("Senders")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("selector", "").strip()
        sender = self.sender
        key = signing_key(sender.domain)
        if key is not None and not wanted:
            wanted = key.selector
        checks = domains.check(
            domain=sender.domain,
            return_domain=(sender.bounce_address or sender.address).rpartition("@")[2].lower(),
            reply_domain=(sender.reply_to or sender.address).rpartition("@")[2].lower(),
            selector=wanted if domains.is_selector(wanted) else "",
            key=signing.public_half(key.pem) if key is not None and key.selector == wanted else "",
        )
        return super().get_context_data(
            sender=sender,
            checks=checks,
            selector=wanted,
            bad_selector=bool(wanted) and not domains.is_selector(wanted),
            well=all(one.level == domains.OK for one in checks),
            **kwargs,
        )
