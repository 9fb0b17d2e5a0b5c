from cms.contacts.models.audiences import Audience, AudienceKind, AudienceMember
from cms.contacts.models.consents import Consent, ConsentSource, Purpose, Suppression, SuppressionReason
from cms.contacts.models.contacts import Contact, ContactEmail, ContactKind, ContactPhone
from cms.contacts.models.imports import ContactImport, ImportRow
from cms.contacts.models.media import Accreditation, AccreditationState, MediaKind, MediaProfile
from cms.contacts.models.organisations import Organisation, OrganisationKind
from cms.contacts.models.preferences import OFFERED, Frequency, Preference, SignUp

__all__ = [
    "OFFERED",
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
    "Frequency",
    "ImportRow",
    "MediaKind",
    "MediaProfile",
    "Organisation",
    "OrganisationKind",
    "Preference",
    "Purpose",
    "SignUp",
    "Suppression",
    "SuppressionReason",
]
