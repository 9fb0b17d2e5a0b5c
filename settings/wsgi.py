"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.base")
# The Celery application must be the current one before a request rings it.
from settings.celery import app as celery_app

application = get_wsgi_application()
__all__ = ["application", "celery_app"]
