"""The rows that every app builds on."""

from cms.core.models.approval import Approval, ApprovalTask
from cms.core.models.pages import NotReady, SitePage
from cms.core.models.things import Audience, Heartbeat, Thing, ThingLog
from cms.core.models.topics import Sector, Topic
from cms.core.models.tries import Attempt

__all__ = [
    "Approval",
    "ApprovalTask",
    "Attempt",
    "Audience",
    "Heartbeat",
    "NotReady",
    "Sector",
    "SitePage",
    "Thing",
    "ThingLog",
    "Topic",
]
