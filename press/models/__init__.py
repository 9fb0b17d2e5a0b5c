"""The rows of the press room: releases, kits, and the pages that word them."""

from press.models.accreditation import AccreditationRequest
from press.models.coverage import (
    Coverage,
    CoverageImport,
    Medium,
    OutletFollowUp,
    OutletState,
    SpokenLanguage,
    Tone,
)
from press.models.diffusion import Diffusion, Support, Terms
from press.models.distribution import Distribution, Purpose
from press.models.doors import DoorKey, DoorVisit, EarlyCopy, EmbargoAgreement
from press.models.kits import (
    DIGITS,
    LIGHT_LIMIT,
    FormerArchive,
    Kit,
    KitArchive,
    KitDownload,
    KitItem,
    OfferedFile,
    Tier,
)
from press.models.pages import (
    KitIndexPage,
    KitPage,
    PressContactsPage,
    PressRoomPage,
    ReleaseIndexPage,
    ReleasePage,
)
from press.models.posts import Network, SocialPost
from press.models.releases import Attachment, Correction, NumberSeries, Release, ReleaseKind, Wording
from press.models.snippets import Boilerplate, PressContact

__all__ = [
    "DIGITS",
    "LIGHT_LIMIT",
    "AccreditationRequest",
    "Attachment",
    "Boilerplate",
    "Correction",
    "Coverage",
    "CoverageImport",
    "Diffusion",
    "Distribution",
    "DoorKey",
    "DoorVisit",
    "EarlyCopy",
    "EmbargoAgreement",
    "FormerArchive",
    "Kit",
    "KitArchive",
    "KitDownload",
    "KitIndexPage",
    "KitItem",
    "KitPage",
    "Medium",
    "Network",
    "NumberSeries",
    "OfferedFile",
    "OutletFollowUp",
    "OutletState",
    "PressContact",
    "PressContactsPage",
    "PressRoomPage",
    "Purpose",
    "Release",
    "ReleaseIndexPage",
    "ReleaseKind",
    "ReleasePage",
    "SocialPost",
    "SpokenLanguage",
    "Support",
    "Terms",
    "Tier",
    "Tone",
    "Wording",
]
