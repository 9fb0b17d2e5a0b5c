"""What the team's forms were posted for: so that a post sent twice, by two clicks or a bad line, makes one thing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficePost(models.Model):
    """One post of a form of the team that was done, by a hash of all that it said, and where its answer led."""

    mark = models.CharField(max_length=64)
    leads_to = models.CharField(max_length=500)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("post of the team")
        verbose_name_plural = _("posts of the team")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["mark"], name="a_post_of_the_team_is_done_once")]

    def __str__(self) -> str:
        return f"{self.mark[:8]} {self.at:%Y-%m-%d %H:%M:%S}"
