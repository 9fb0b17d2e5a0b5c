"""A worker process that a test may kill: drains one mailing over SMTP and leaves.

Usage: python -m tests.mailing.worker DATABASE MAILING_ID SMTP_PORT
"""

from __future__ import annotations

import sys

import django
from django.conf import settings


def main(database: str, mailing_id: str, port: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    django.setup()
    from cms.core import clock
    from cms.mailing import actions
    from tests.factories import mailing as factories

    factories.register()
    actions.drain(int(mailing_id), clock=clock.now)


if __name__ == "__main__":
    main(*sys.argv[1:])
