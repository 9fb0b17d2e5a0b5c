"""A cache that may be lost: with Redis down or silent, reads miss, writes do nothing, and nothing waits."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
REST_SECONDS = 10.0


class Breaker:
    """Remembers for a moment that a server did not answer, so that each caller does not wait in turn."""

    def __init__(self, rest: float = REST_SECONDS) -> None:
        self.rest = rest
        self.until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self.until

    def trip(self) -> None:
        self.until = time.monotonic() + self.rest


breaker = Breaker()


class LosableRedisCache(RedisCache):
    """Django's Redis cache, whose failures are logged and swallowed.

    Never a place for what must be kept: seats, throttles that protect an account, queues.
    """

    def _attempt(self, name: str, nothing: Any, *args: Any, **kwargs: Any) -> Any:
        if breaker.is_open:
            return nothing
        try:
            return getattr(super(), name)(*args, **kwargs)
        except (RedisError, OSError) as error:
            breaker.trip()
            logger.warning("cache is not answering: %s", error)
            return nothing

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("add", False, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._attempt("get", default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("touch", False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("delete", False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("get_many", {}, *args, **kwargs)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("set_many", list(data), data, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("delete_many", None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("has_key", False, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        return self._attempt("incr", delta, key, delta, version)

    def clear(self) -> Any:
        return self._attempt("clear", False)
