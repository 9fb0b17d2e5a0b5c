"""Log lines as JSON with a request id, and without the secrets that stand in addresses."""

from __future__ import annotations

import contextvars
import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

# A path below these is somebody's key: abstract, delegation, reviewer, registration, invitation, door, shared
# file, mail, password reset. Derived keys (43 characters) are blotted out wherever else one stands.
_SECRET_PATHS = re.compile(
    r"/(a|c|d|e|i|j|m|r|s|verify)/[^/\s\"'?#<>\\]+|/(password_reset/confirm)/[^\s\"'?#<>\\]+"
)
_KEY = re.compile(r"/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_BEARER = re.compile(r"(?i)\b(bearer)\s+[a-z0-9._~+/=-]{8,}")
_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time"}


def without_secrets(text: str) -> str:
    """Return `text` with the holders' keys of addresses, and bearer tokens, blotted out."""
    text = _SECRET_PATHS.sub(lambda found: f"/{found[1] or found[2]}/…", text)
    return _BEARER.sub(r"\1 …", _KEY.sub("/…", text))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request_id, what `extra` gave, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        cleaned = {
            name: without_secrets(value) if isinstance(value, str) else value for name, value in line.items()
        }
        return json.dumps(cleaned, ensure_ascii=False, default=lambda value: without_secrets(str(value)))


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to stderr, one line each."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "settings.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers (console in DEBUG, mail to admins) are replaced by the root's.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # 404s are in the request line already
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django_tasks": {"level": "WARNING"},
            # one line for each heartbeat would bury the others
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def scrub_event(event: Any, hint: Any) -> Any:
    """Take the holders' keys out of an error report before it leaves the house (Sentry's before_send)."""
    return json.loads(without_secrets(json.dumps(event, default=str)))
