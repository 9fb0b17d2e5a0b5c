"""What kombu does with messages in hand when its line to Redis is gone: nothing that a worker dies of."""

from __future__ import annotations

import logging
from typing import Any

from kombu.transport import redis as transport
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class LosableQoS(transport.QoS):  # type: ignore[misc]
    """Messages in hand, acknowledged or given back where that is possible.

    kombu (5.7) gives them back when a channel closes, and Celery acknowledges one when its task ends. Where Redis went
    away meanwhile, the channel is taken apart already: both ended in an AttributeError, which Celery calls
    unrecoverable, and the worker with them. Such a message is let go: the sweeps ring again for what is due, and Redis,
    if it kept the message, after the visibility timeout; tasks may run twice.
    """

    @property
    def is_gone(self) -> bool:
        line = self.channel.connection
        return line is None or line.client is None

    def restore_unacked(self, client: Any = None) -> None:
        try:
            if not self.is_gone:
                super().restore_unacked(client)
        except (OSError, RedisError) as error:
            logger.warning("messages in hand cannot be given back, the sweeps will find the work: %r", error)
        if self._delivered is not None:
            self._delivered.clear()

    def ack(self, delivery_tag: str) -> None:
        if not self.is_gone:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if not self.is_gone:
            super().reject(delivery_tag, requeue=requeue)


def install() -> None:
    """Have every channel to Redis of this process use it."""
    transport.Channel.QoS = LosableQoS
