"""What follows from an event's publication: its sounds open with it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.signals import page_published

from cms.core import clock
from events.models import EventPage
from media_library import actions as library
from media_library.models import SoundBite


@receiver(page_published, sender=EventPage, dispatch_uid="events.event_published")
def event_published(sender: Any, instance: EventPage, **kwargs: Any) -> None:
    """Open the sounds of an event that has just gone public."""
    library.open_sounds_of(instance, now=clock.now())


@receiver(post_save, sender=SoundBite, dispatch_uid="events.sound_added")
def sound_added(sender: Any, instance: SoundBite, **kwargs: Any) -> None:
    """Open a sound that joins a published event (`open_sounds_of` asks), in the transaction that adds it."""
    for page in EventPage.objects.filter(thing_uid=instance.thing_uid):
        library.open_sounds_of(page, now=clock.now())
