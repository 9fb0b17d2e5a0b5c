from cms.contacts.models.audiences import Audience, AudienceKind, AudienceMember
from cms.contacts.models.consents import Consent, ConsentSource, Purpose, Suppression, SuppressionReason
from cms.contacts.models.contacts import Contact, ContactEmail, ContactKind, ContactPhone
from cms.contacts.models.imports import ContactImport, ImportRow
from cms.contacts.models.media import Accreditation, AccreditationState, MediaKind, MediaProfile
from cms.contacts.models.organisations import Organisation, OrganisationKind

__all__ = [
    "Accreditation",
    "AccreditationState",
    "Audience",
    "AudienceKind",
    "AudienceMember",
    "Consent",
    "ConsentSource",
    "Contact",
    "ContactEmail",
    "ContactImport",
    "ContactKind",
    "ContactPhone",
    "ImportRow",
    "MediaKind",
    "MediaProfile",
    "Organisation",
    "OrganisationKind",
    "Purpose",
    "Suppression",
    "SuppressionReason",
]
