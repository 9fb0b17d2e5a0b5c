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
from cms.contacts.actions.history import (
    contact_card,
    forget_values,
    organisation_card,
    record_contact,
    record_organisation,
)
from cms.contacts.actions.importing import confirm_import
from cms.contacts.actions.imports import (
    ColumnsUnclear,
    ImportChanged,
    begin_import,
    decide_all,
    decide_rows,
    drop_import,
    set_columns,
)
from cms.contacts.actions.merging import FIELDS as MERGED_FIELDS
from cms.contacts.actions.merging import WISHES, CannotMerge, merge_contacts, relations

__all__ = [
    "MERGED_FIELDS",
    "WISHES",
    "CannotMerge",
    "ColumnsUnclear",
    "ContactUnreachable",
    "ImportChanged",
    "add_to_audience",
    "begin_import",
    "confirm_consent",
    "confirm_import",
    "contact_card",
    "decide_all",
    "decide_rows",
    "drop_import",
    "find_or_create_audience",
    "find_or_create_contact",
    "find_or_create_organisation",
    "forget_values",
    "grant_accreditation",
    "lift_suppression",
    "merge_contacts",
    "organisation_card",
    "put_aside",
    "put_audience_aside",
    "put_organisation_aside",
    "record_consent",
    "record_contact",
    "record_organisation",
    "relations",
    "remove_from_audience",
    "request_accreditation",
    "revoke_accreditation",
    "set_columns",
    "settle_primaries",
    "suppress",
    "take_audience_back",
    "take_back",
    "withdraw_consent",
]
