"""What was posted of a release on the social networks: a log kept by hand, since no network is written to from here."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from press.models.releases import Release


class Network(models.TextChoices):
    """Where the unit posts. The codes stay; they stand in exports."""

    FACEBOOK = "facebook", "Facebook"
    X = "x", "X"
    LINKEDIN = "linkedin", "LinkedIn"
    INSTAGRAM = "instagram", "Instagram"
    WHATSAPP = "whatsapp", "WhatsApp"
    TELEGRAM = "telegram", "Telegram"
    BLUESKY = "bluesky", "Bluesky"


class SocialPost(models.Model):
    """One post: where, when, by whom, at which address, with which words."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="posts")
    network = models.CharField(_("network"), max_length=10, choices=Network)
    posted_at = models.DateTimeField(_("posted on"))
    link = models.URLField(
        _("address of the post"),
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    words = models.TextField(_("words posted"), blank=True, max_length=5000)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-posted_at", "-pk"]
        verbose_name = _("post on a network")
        verbose_name_plural = _("posts on networks")
        permissions = [("log_socialpost", _("Log what was posted on the networks"))]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["release", "link"], name="press_post_of_a_release_is_logged_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_network_display()} – {self.posted_at:%Y-%m-%d}"
