"""Tasks of the floor: the sign of life of scheduler, broker and worker together."""

from celery import shared_task

from cms.core import actions, clock
from cms.core.models import Heartbeat


@shared_task(name="cms.core.tasks.heartbeat", ignore_result=True, soft_time_limit=20, time_limit=25)
def heartbeat() -> None:
    """Write that the scheduler rang and a worker heard it."""
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"beat_at": clock.now()})


@shared_task(name="cms.core.tasks.publish_due", ignore_result=True, soft_time_limit=100, time_limit=120)
def publish_due() -> None:
    """Publish what was scheduled for now or before."""
    actions.publish_due(now=clock.now())
