"""Settings of the test suite."""

from settings.services.workers import own_redis_database

own_redis_database()

from settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Read from the apps' folders, without hashing: no collectstatic before a test.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Tasks are called as functions by tests; what an edge rings is rung in earnest.
CELERY_TASK_ALWAYS_EAGER = False
EVEN_ANSWER_SECONDS = 0  # tests/events/test_faults.py sets it
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver", ".localhost"]  # noqa: F405
