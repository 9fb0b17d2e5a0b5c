"""What an event is told with: who takes part in it, whom to ask, what to read, what is left of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from events.models.events import Event


class Part(models.TextChoices):
    """What an organisation does for an event."""

    ORGANISER = "organiser", _("Organises it with us")
    PARTNER = "partner", _("Partner")
    SPONSOR = "sponsor", _("Sponsor")


class Partner(Orderable):
    """An organisation that an event is held with, shown by its name on the event's page."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(
        "contacts.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
    )
    part = models.CharField(_("part"), max_length=20, choices=Part, default=Part.PARTNER)

    class Meta(Orderable.Meta):
        ordering = ["part", "sort_order", "pk"]
        verbose_name = _("partner of an event")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "organisation"], name="events_an_organisation_is_named_once_for_an_event"
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class EventContact(Orderable):
    """A person or a service to ask about an event: name, function, telephone and address are public."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.PROTECT, related_name="+", verbose_name=_("contact")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("contact of an event")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "contact"], name="events_a_contact_is_named_once_for_an_event"
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)


class EventReading(Orderable):
    """A page to read with an event: its press kit, a release, a report."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="readings")
    page = models.ForeignKey(
        "core.SitePage", on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("page read with an event")
        constraints = [
            models.UniqueConstraint(fields=["event", "page"], name="events_a_page_is_read_once_with_an_event")
        ]

    def __str__(self) -> str:
        return str(self.page)


class EventFile(Orderable):
    """A document, photograph, sound or film of an event, which its page keeps once it is over."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="files")
    asset = models.ForeignKey(
        "media_library.Asset", on_delete=models.PROTECT, related_name="+", verbose_name=_("library item")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("file of an event")
        constraints = [
            models.UniqueConstraint(fields=["event", "asset"], name="events_a_file_stands_once_with_an_event")
        ]

    def __str__(self) -> str:
        return str(self.asset)
