"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from settings.waits import bound_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.base")
application = get_wsgi_application()
connection_created.connect(bound_waits)
