from cms.contacts.actions.accreditations import (
    grant_accreditation,
    request_accreditation,
    revoke_accreditation,
)
from cms.contacts.actions.audiences import (
    add_to_audience,
    find_or_create_audience,
    put_audience_aside,
    remove_from_audience,
    take_audience_back,
)
from cms.contacts.actions.consents import (
    confirm_consent,
    lift_suppression,
    record_consent,
    suppress,
    withdraw_consent,
)
from cms.contacts.actions.contacts import (
    ContactUnreachable,
    find_or_create_contact,
    find_or_create_organisation,
    put_aside,
    put_organisation_aside,
    settle_primaries,
    take_back,
)

__all__ = [
    "ContactUnreachable",
    "add_to_audience",
    "confirm_consent",
    "find_or_create_audience",
    "find_or_create_contact",
    "find_or_create_organisation",
    "grant_accreditation",
    "lift_suppression",
    "put_aside",
    "put_audience_aside",
    "put_organisation_aside",
    "record_consent",
    "remove_from_audience",
    "request_accreditation",
    "revoke_accreditation",
    "settle_primaries",
    "suppress",
    "take_audience_back",
    "take_back",
    "withdraw_consent",
]
