"""`make run`: production settings, relaxed for a machine of one's own."""

from settings.base import *  # noqa: F403
