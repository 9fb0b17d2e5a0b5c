"""The Celery application and the one beat table.

Celery only rings: what is due stands in the database, every task finds it there, and a sweep of the beat table
finds what a lost ring left behind. A task takes ids, and five at once have the effect of one.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from celery import Celery, signals

from settings import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.base")

app = Celery("kunnafoni")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
broker.install()

HEARTBEAT = "cms.core.tasks.heartbeat"
HEARTBEAT_SECONDS = 30
MAIL_SWEEP = "cms.mailing.tasks.sweep"
MAIL_SWEEP_SECONDS = 30
MAIL_REPORTS = "cms.mailing.tasks.read_reports"
MAIL_REPORTS_SECONDS = 60
PUBLICATIONS = "cms.core.tasks.publish_due"
PUBLICATIONS_SECONDS = 20
REGISTRATIONS_SWEEP = "events.tasks.sweep_registrations"
REGISTRATIONS_SWEEP_SECONDS = 120
DATES = "events.tasks.extend_horizon"
DATES_SECONDS = 6 * 3600
ERASURE = "events.tasks.erase_due"
ERASURE_SECONDS = 6 * 3600

# Each entry expires before the next is due, so that a worker that was away finds one of each, not hundreds.
app.conf.beat_schedule = {
    "heartbeat": {
        "task": HEARTBEAT,
        "schedule": HEARTBEAT_SECONDS,
        "options": {"expires": HEARTBEAT_SECONDS},
    },
    "mail": {
        "task": MAIL_SWEEP,
        "schedule": MAIL_SWEEP_SECONDS,
        "options": {"expires": MAIL_SWEEP_SECONDS},
    },
    "mail-reports": {
        "task": MAIL_REPORTS,
        "schedule": MAIL_REPORTS_SECONDS,
        "options": {"expires": MAIL_REPORTS_SECONDS},
    },
    "media-sizes": {
        "task": "media_library.tasks.prepare_pending",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "media-recordings": {
        "task": "media_library.tasks.prepare_recordings",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "media-later": {
        "task": "media_library.tasks.prepare_later",
        "schedule": 90,
        "options": {"expires": 90},
    },
    "media-take-in": {
        "task": "media_library.tasks.take_in",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "media-sweep": {
        "task": "media_library.tasks.sweep",
        "schedule": 6 * 3600,
        "options": {"expires": 3600},
    },
    "press-archives": {
        "task": "press.tasks.sweep_archives",
        "schedule": 120,
        "options": {"expires": 120},
    },
    "press-accreditations": {
        "task": "press.tasks.tell_decisions",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "press-doors": {
        "task": "press.tasks.forget_visits",
        "schedule": 6 * 3600,
        "options": {"expires": 3600},
    },
    "publications": {
        "task": PUBLICATIONS,
        "schedule": PUBLICATIONS_SECONDS,
        "options": {"expires": PUBLICATIONS_SECONDS},
    },
    "registrations": {
        "task": REGISTRATIONS_SWEEP,
        "schedule": REGISTRATIONS_SWEEP_SECONDS,
        "options": {"expires": REGISTRATIONS_SWEEP_SECONDS},
    },
    "rounds": {
        "task": "events.tasks.write_rounds",
        "schedule": 180,
        "options": {"expires": 180},
    },
    "registration-files": {
        "task": "events.tasks.erase_files",
        "schedule": 6 * 3600,
        "options": {"expires": 3600},
    },
    "dates": {
        "task": DATES,
        "schedule": DATES_SECONDS,
        "options": {"expires": DATES_SECONDS},
    },
    "erasure": {
        "task": ERASURE,
        "schedule": ERASURE_SECONDS,
        "options": {"expires": ERASURE_SECONDS},
    },
}


@signals.beat_init.connect
def beat_at_once(sender: Any, **kwargs: Any) -> None:
    """Say at the start that the scheduler lives, rather than after the first interval."""
    app.send_task(HEARTBEAT, ignore_result=True, expires=HEARTBEAT_SECONDS)


@signals.worker_ready.connect
def sweep_at_once(sender: Any, **kwargs: Any) -> None:
    """A worker that comes back first looks for mail that was left lying."""
    app.send_task(MAIL_SWEEP, ignore_result=True, expires=MAIL_SWEEP_SECONDS)


@signals.worker_ready.connect
def end_with_the_mail_in_hand(sender: Any, **kwargs: Any) -> None:
    """A worker told to stop begins no other mail: nobody's is in doubt because a deploy did not wait.

    Celery's own signal for it comes only after the soft shutdown (SIGQUIT, and SIGTERM where it is remapped).
    """
    from cms.mailing import actions

    ours = os.getpid()

    def heard(before: Any) -> Callable[..., None]:
        def stop(*arguments: Any) -> None:
            if os.getpid() == ours:
                actions.stop_sending()
            before(*arguments)

        return stop

    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        if callable(before := signal.getsignal(number)):
            signal.signal(number, heard(before))


@signals.setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Leave logging to Django's settings: Celery would replace it with its own format."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)
