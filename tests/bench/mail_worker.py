"""A worker to be measured and killed: it forks a process for each ``go MAILING CONNECTIONS`` it reads.

Usage: python -m tests.bench.mail_worker DATABASE SMTP_PORT

The process says its number as JSON, drains the mailing until nothing is due, and says how many mails it sent, in
how many seconds of the clock and of its processor.
"""

from __future__ import annotations

import json
import os
import sys
import time

import django
from django.conf import settings


def prepare(database: str, port: str) -> None:
    """Load everything once, without a connection to the database, so that a fork begins at once."""
    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    django.setup()
    from tests.factories import mailing as factories

    factories.register()


def say(**values: float) -> None:
    print(json.dumps(values), flush=True)


def work(mailing_id: int, connections: int) -> None:
    """Drain one mailing, over and over as the bell does, while it is being sent and something is due."""
    from cms.core import clock
    from cms.mailing import actions
    from cms.mailing.models import Mailing

    running = Mailing.objects.filter(
        pk=mailing_id, state="sending", deliveries__state__in=["queued", "deferred"]
    )
    running.exists()  # the connection stands before the measurement begins
    say(pid=os.getpid())
    sent, wall, cpu = 0, time.perf_counter(), time.process_time()
    while running.exists():
        done = actions.drain(mailing_id, clock=clock.now, connections=connections)
        sent += done.sent
        if not done.sent:
            time.sleep(0.02)
    say(sent=sent, wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def main(database: str, port: str) -> None:
    prepare(database, port)
    say(ready=1)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(*(int(word) for word in line.split()[1:]))
            os._exit(0)
        os.waitpid(child, 0)
        say(over=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
