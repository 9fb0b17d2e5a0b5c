"""What keeps the workers of one test run apart."""

import os
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def own_redis_database() -> None:
    """Give each xdist worker a Redis database.

    Called by the test settings: pytest-django reads them before any conftest runs.
    """
    worker, url = os.environ.get("PYTEST_XDIST_WORKER"), os.environ.get("REDIS_URL")
    if not worker or not url:
        return
    parts = urlsplit(url)
    number = str(int(worker.removeprefix("gw")) + 1)
    if parts.scheme in {"unix", "redis+socket"}:
        options = {k: v for k, v in parse_qsl(parts.query) if k not in {"db", "virtual_host"}} | {
            "db": number
        }
        parts = parts._replace(query=urlencode(options))
    else:
        parts = parts._replace(path="/" + number)
    os.environ["REDIS_URL"] = urlunsplit(parts)
