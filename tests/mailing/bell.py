"""The service's Celery application with the tests' renderers: `celery -A tests.mailing.bell worker` (or beat).

Its scheduler looks for mail each second instead of twice a minute, and does nothing else; a soft shutdown, which
lasts as long as it may, is shorter.
"""

from __future__ import annotations

from typing import Any

from celery import signals

from settings.celery import MAIL_SWEEP, app

app.conf.beat_schedule = {"mail": {"task": MAIL_SWEEP, "schedule": 1, "options": {"expires": 5}}}
app.conf.worker_soft_shutdown_timeout = 3


@signals.worker_process_init.connect
def register(**kwargs: Any) -> None:
    from tests.factories import mailing

    mailing.register()
