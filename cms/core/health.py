"""Is the whole able to work? Asked by load balancers, by `make run` and by the admin's banner."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from redis import Redis
from redis.exceptions import RedisError

from cms.core import clock, registry
from cms.core.models import Heartbeat

logger = logging.getLogger(__name__)
SILENT_AFTER = timedelta(seconds=120)
LEAST_FREE_BYTES = 200 * 1024 * 1024
_migrated: set[str] = set()
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def will_pass(fault: BaseException | None) -> bool:
    """Whether a request that failed so may succeed in a moment, unchanged.

    PostgreSQL restarts, has no connection left or let nobody have a lock in time (SQLSTATE 08, 40, 53, 55P03, 57), or
    a disk is full. Nothing was kept: each request writes in one transaction.
    """
    if isinstance(fault, OSError):
        return fault.errno in _FULL
    return isinstance(fault, OperationalError | InterfaceError)


def database() -> str | None:
    """None when PostgreSQL answers, else what is wrong (as each check here)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError) as error:
        return _sentence(error)
    return None


def migrations() -> str | None:
    """Are all migrations applied? Once seen applied, they are not read again by this process."""
    from django.db.migrations.executor import MigrationExecutor

    name = connection.settings_dict["NAME"]
    if name in _migrated:
        return None
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, OSError) as error:
        return _sentence(error)
    if waiting:
        return f"{len(waiting)} to apply"
    _migrated.add(name)
    return None


def broker() -> str | None:
    """Does Redis answer a ping within half a second?"""
    client = Redis.from_url(settings.REDIS_URL, **settings.REDIS_OPTIONS)
    try:
        client.ping()
    except (RedisError, OSError) as error:
        return _sentence(error)
    finally:
        client.close()
    return None


def scheduler(now: datetime | None = None) -> str | None:
    """Did a worker hear the scheduler within the last two minutes?"""
    try:
        beat_at = Heartbeat.objects.filter(name="scheduler").values_list("beat_at", flat=True).first()
    except (DatabaseError, OSError) as error:
        return _sentence(error)
    if beat_at is None:
        return "never heard"
    silence = (now or clock.now()) - beat_at
    return f"silent for {int(silence.total_seconds())} s" if silence > SILENT_AFTER else None


def disk() -> str | None:
    """Can files be kept in VAR_DIR and in the media folder?"""
    for folder in (Path(settings.VAR_DIR), Path(settings.MEDIA_ROOT)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            return _sentence(error)
        if not os.access(folder, os.W_OK):
            return "not writable"
        if free < LEAST_FREE_BYTES:
            return f"{free // 1024 // 1024} MB free"
    return None


def readiness() -> tuple[bool, dict[str, Any]]:
    """Run every check; returns whether all passed, and {name: "ok" or what is wrong}."""
    checks: dict[str, Callable[[], str | None]] = {
        "database": database,
        "migrations": migrations,
        "broker": broker,
        "scheduler": scheduler,
        "disk": disk,
    }
    checks |= {str(name): check for name, check in registry.health_checks.items()}
    found: dict[str, Any] = {}
    for name, check in checks.items():
        found[name] = check() or "ok"
    return all(value == "ok" for value in found.values()), found


def scheduler_banner(request: Any, now: datetime) -> str | None:
    """A sentence for every page of the admin while nothing scheduled is being done."""
    if scheduler(now) is None:
        return None
    return _(
        "The scheduler is not answering: mail and reminders wait until it runs again. Please tell whoever "
        "looks after the server."
    )


def scheduler_line(user: Any, now: datetime) -> tuple[str, str]:
    """The scheduler and the worker behind it, for the admin's home: (level, sentence)."""
    beat_at = Heartbeat.objects.filter(name="scheduler").values_list("beat_at", flat=True).first()
    if beat_at is None or now - beat_at > SILENT_AFTER:
        return "critical", _("The scheduler does not answer.")
    return "info", _("The scheduler runs: last sign of life %(seconds)d seconds ago.") % {
        "seconds": max(int((now - beat_at).total_seconds()), 0)
    }


def _sentence(error: Exception) -> str:
    """The kind of failure; the text goes to the log, since it may name hosts and users."""
    logger.warning("a health check failed: %s", error)
    return type(error).__name__
