from cms.contacts.viewsets.accreditations import AccreditationViewSet, EndAction, GrantAction
from cms.contacts.viewsets.accreditations import due as accreditations_due
from cms.contacts.viewsets.audiences import AudienceViewSet
from cms.contacts.viewsets.choosers import contact_chooser, organisation_chooser
from cms.contacts.viewsets.consents import ConsentViewSet
from cms.contacts.viewsets.contacts import ContactViewSet
from cms.contacts.viewsets.journalists import JournalistViewSet
from cms.contacts.viewsets.organisations import OrganisationViewSet
from cms.contacts.viewsets.suppressions import SuppressionViewSet

__all__ = [
    "AccreditationViewSet",
    "AudienceViewSet",
    "ConsentViewSet",
    "ContactViewSet",
    "EndAction",
    "GrantAction",
    "JournalistViewSet",
    "OrganisationViewSet",
    "SuppressionViewSet",
    "accreditations_due",
    "contact_chooser",
    "organisation_chooser",
]
