"""What follows from a page's publication or deletion, by whichever door it came."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import copy_for_translation_done, page_published, page_unpublished

from cms.core import clock
from cms.core.ring import ring
from media_library.models import SoundBite
from press import actions, queries
from press.models import Kit, KitPage, Release, ReleasePage


def ring_for_archives(kit_pk: int) -> None:
    """Wake a worker for a kit's archives once the transaction is through; a lost ring is found by the sweep."""
    ring("press.tasks.build_archives", kit_pk)


def ring_for_files(thing: Release | Kit) -> None:
    """Wake a worker for what is made of a changed thing: a kit's archives, a release's formats and its kit."""
    if isinstance(thing, Kit):
        ring_for_archives(thing.pk)
        return
    ring("press.tasks.prepare_formats", thing.pk)
    if thing.kit_id is not None:
        ring_for_archives(thing.kit_id)


@receiver(page_published, sender=ReleasePage, dispatch_uid="press.release_published")
def release_published(sender: Any, instance: ReleasePage, revision: Any = None, **kwargs: Any) -> None:
    """Number the release, and open the files of its text at its hour; mails of a corrected one take its new words."""
    if not instance.live:  # it is only scheduled yet
        return
    now = clock.now()
    actions.published(instance, user=getattr(revision, "user", None), now=now)
    release = Release.objects.get(pk=instance.release_id)
    if release.corrected_at is not None:
        actions.reword_mailings(release, now=now)
    ring_for_files(release)


@receiver(page_published, sender=KitPage, dispatch_uid="press.kit_published")
def kit_published(sender: Any, instance: KitPage, **kwargs: Any) -> None:
    """Open the kit's files at its hour, and have its archives built."""
    if not instance.live:
        return
    actions.publish_kit(instance, now=clock.now())
    ring_for_archives(instance.kit_id)


@receiver(post_save, sender=SoundBite, dispatch_uid="press.sound_added")
@receiver(post_delete, sender=SoundBite, dispatch_uid="press.sound_removed")
def sounds_changed(sender: Any, instance: SoundBite, **kwargs: Any) -> None:
    """A sound that joins or leaves a release opens or closes with it, in the transaction that changes the list."""
    for release in Release.objects.filter(uid=instance.thing_uid):
        actions.page_left(Release, release.pk, now=clock.now())


@receiver(page_unpublished, sender=ReleasePage, dispatch_uid="press.release_unpublished")
@receiver(post_delete, sender=ReleasePage, dispatch_uid="press.release_page_gone")
def release_page_left(sender: Any, instance: ReleasePage, **kwargs: Any) -> None:
    """What the public never had of a release's files goes back to the team with its page."""
    actions.page_left(Release, instance.release_id, now=clock.now())


@receiver(page_unpublished, sender=KitPage, dispatch_uid="press.kit_unpublished")
@receiver(post_delete, sender=KitPage, dispatch_uid="press.kit_page_gone")
def kit_page_left(sender: Any, instance: KitPage, **kwargs: Any) -> None:
    """What the public never had of a kit's files goes back to the team with its page."""
    actions.page_left(Kit, instance.kit_id, now=clock.now())


@receiver(copy_for_translation_done, dispatch_uid="press.page_translated")
def page_translated(sender: Any, source_obj: Any, target_obj: Any, **kwargs: Any) -> None:
    """A fresh translation takes its contacts, topics and sectors in its own language, where they are said in it."""
    if not isinstance(target_obj, ReleasePage | KitPage):
        return
    language = target_obj.locale.language_code
    for name in ("contacts", "topics", "sectors"):
        if hasattr(target_obj, name):
            rows = getattr(source_obj, name).select_related("locale")
            setattr(target_obj, name, queries.in_language(rows, language=language))
    target_obj.save()
    target_obj.save_revision()


@receiver(post_delete, sender=ReleasePage, dispatch_uid="press.release_page_deleted")
def release_page_deleted(sender: Any, instance: ReleasePage, **kwargs: Any) -> None:
    """A release that nobody has ever seen goes with its last page."""
    actions.forget_if_unused([instance.release_id])
