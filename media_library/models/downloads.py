"""How often files are taken: numbers of a day, of nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media_library.models.assets import Asset


class AssetDownload(models.Model):
    """How often one file was taken in one size on one day (of the site's time zone): no address, no reader, no hour.

    `variant` is "" for a document, sound or film, else the size's name ("press.jpg").
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="downloads")
    variant = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("downloads of a file in a day")
        verbose_name_plural = _("downloads of files by day")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "variant", "day"], name="media_library_assetdownload_one_number_a_day"
            )
        ]
        indexes = [models.Index(fields=["day"], name="media_library_downloads_of_day")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.variant} {self.day} : {self.count}"
