"""The words of mail about events."""

from events.mail.certificates import certificate, speaker_certificate
from events.mail.invitations import (
    INVITATION,
    brief,
    invitation,
    news,
    place_of_invitation,
    recheck_invitation,
    tell,
    why_not_invite,
)
from events.mail.letters import link_of
from events.mail.registrations import (
    called_off,
    cancelled,
    changed,
    confirm_address,
    confirmed,
    offer_lapsed,
    offered,
    promoted,
    refused,
    reinstated,
    requested,
    waiting,
)

__all__ = [
    "INVITATION",
    "brief",
    "called_off",
    "cancelled",
    "certificate",
    "changed",
    "confirm_address",
    "confirmed",
    "invitation",
    "link_of",
    "news",
    "offer_lapsed",
    "offered",
    "place_of_invitation",
    "promoted",
    "recheck_invitation",
    "refused",
    "reinstated",
    "requested",
    "speaker_certificate",
    "tell",
    "waiting",
    "why_not_invite",
]
