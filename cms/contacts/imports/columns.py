"""What a column of a list holds, guessed from its heading, or from its cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from cms.contacts.validators import name_key


@dataclass(frozen=True)
class Column:
    """One thing a contact has. `names` are headings, folded by `name_key`; `many`: several columns may hold it."""

    key: str
    label: Any
    names: frozenset[str]
    many: bool = False
    most: int = 0


def _column(key: str, label: Any, names: str, *, many: bool = False, most: int = 0) -> Column:
    return Column(key, label, frozenset(names.split("|")), many, most)


COLUMNS = (
    _column(
        "name",
        gettext_lazy("full name"),
        "nom|name|nom complet|full name|nom et prenom|nom et prenoms|nom prenom|nom prenoms|prenom et nom"
        "|prenoms et nom|prenom nom|contact name|personne|denomination|noms|noms et prenoms",
        most=200,
    ),
    _column("first_name", gettext_lazy("first name"), "prenom|prenoms|first name|firstname|given name"),
    _column(
        "family_name",
        gettext_lazy("family name"),
        "nom de famille|family name|last name|lastname|surname|nom patronymique",
        most=100,
    ),
    _column(
        "civility",
        gettext_lazy("form of address"),
        "civilite|titre|title|form of address|salutation title|m mme|mr mme",
        most=30,
    ),
    _column(
        "function",
        gettext_lazy("function"),
        "fonction|function|poste|position|job title|qualite|role|profession|emploi",
        most=200,
    ),
    _column(
        "organisation",
        gettext_lazy("organisation"),
        "organisation|organization|organisme|structure|institution|societe|entreprise|company|service employeur"
        "|media|organe|organe de presse|ministere|ministry|employeur|employer|affiliation",
        most=200,
    ),
    _column(
        "organisation_kind",
        gettext_lazy("kind of organisation"),
        "nature de l organisme|nature de l organisation|type d organisation|type d organisme|kind of organisation"
        "|organisation type|organization type|type de structure|categorie",
    ),
    _column(
        "email",
        gettext_lazy("e-mail"),
        "email|e mail|mail|courriel|adresse e mail|adresse email|adresse mail|adresse electronique|email address"
        "|e mail address|adresses electroniques",
        many=True,
    ),
    _column(
        "phone",
        gettext_lazy("telephone"),
        "telephone|tel|phone|mobile|portable|gsm|cellulaire|cell|numero|numero de telephone|telephone number"
        "|phone number|contact telephonique|telephones|n de telephone|n tel|tel 1|tel 2|telephone 1|telephone 2",
        many=True,
    ),
    _column(
        "whatsapp", gettext_lazy("WhatsApp number"), "whatsapp|numero whatsapp|whatsapp number", many=True
    ),
    _column(
        "postal_address",
        gettext_lazy("postal address"),
        "adresse|address|adresse postale|postal address|bp|b p|boite postale|rue|street|quartier",
        many=True,
        most=1_000,
    ),
    _column("city", gettext_lazy("town"), "ville|city|town|localite|commune|lieu", most=100),
    _column("country", gettext_lazy("country"), "pays|country|pays de residence|country of residence"),
    _column("language", gettext_lazy("language"), "langue|language|lang|langue de correspondance"),
    _column(
        "kind", gettext_lazy("person or service"), "personne ou service|nature|kind|type|person or service"
    ),
    _column(
        "topics", gettext_lazy("topics"), "themes|theme|topics|topic|thematique|thematiques|sujets", many=True
    ),
    _column(
        "protocol_rank",
        gettext_lazy("rank in protocol"),
        "rang|rang protocolaire|rank|protocol rank|rank in protocol|ordre protocolaire|preseance",
    ),
    _column(
        "salutation",
        gettext_lazy("opening of a letter"),
        "formule d appel|appel|opening of a letter|salutation",
        most=200,
    ),
    _column(
        "closing",
        gettext_lazy("closing of a letter"),
        "formule de politesse|politesse|formule finale|closing of a letter|closing",
        most=1_000,
    ),
    _column(
        "under_cover_of",
        gettext_lazy("under cover of"),
        "sous couvert de|sous couvert|s c de|under cover of|c o",
        most=200,
    ),
    _column(
        "notes",
        gettext_lazy("notes"),
        "notes|note|remarques|remarque|observations|observation|commentaire|commentaires|comments",
        many=True,
        most=5_000,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
# What our own exports say besides, and other lists about their own lines.
_LEFT_OUT = re.compile(
    r"\b(?:ne veut|wants no|saisi|entered|cree|created|modifie|changed|corriger|to correct)\b|^(?:ligne|line)$"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}")
# Read in this order, where no heading fits to the letter.
_PARTS = (
    ("whatsapp", re.compile(r"\bwhats ?app\b")),
    ("email", re.compile(r"\b(?:(?:e ?)?mail|courriel|mel)s?\b")),
    ("phone", re.compile(r"\b(?:tel|telephone|phone|mobile|portable|gsm|cell)\w*\b")),
    ("organisation_kind", re.compile(r"\b(?:type|nature|kind)\b.*\b(?:organi\w+|structure)\b")),
    ("organisation", re.compile(r"\b(?:organi[sz]ation|organisme|structure|institution|media)\b")),
    ("first_name", re.compile(r"\bprenoms?\b")),
    ("function", re.compile(r"\b(?:fonction|function|poste)\b")),
    ("postal_address", re.compile(r"\b(?:adresse|address)\b")),
    ("name", re.compile(r"\b(?:nom|name)\b")),
)


def guess_columns(headings: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> list[str]:
    """For each heading the key of a column, or "" where it says nothing we keep; no single thing twice.

    `sample` are some lines: where a heading says nothing (« Contact » is a number as often as a name), cells do.
    """
    folded = [name_key(heading) for heading in headings]
    found = [next((one.key for one in COLUMNS if heading in one.names), "") for heading in folded]
    for place, heading in enumerate(folded):
        if _LEFT_OUT.search(heading):
            found[place] = ""
            continue
        if not found[place] and heading:
            found[place] = next((key for key, part in _PARTS if part.search(heading)), "")
        if not found[place]:
            found[place] = _by_cells([row[place] for row in sample if place < len(row) and row[place]])
    if "first_name" in found and "family_name" not in found and "name" in found:
        found[found.index("name")] = "family_name"  # « Nom » beside « Prénom »
    for place, key in enumerate(found):
        if key and not BY_KEY[key].many and key in found[:place]:
            found[place] = ""
    return found


def _by_cells(cells: Sequence[str]) -> str:
    if not cells:
        return ""
    if sum("@" in cell for cell in cells) * 2 > len(cells):
        return "email"
    numbers = sum(
        8 <= len(re.sub(r"\D", "", cell)) <= 30
        and not re.search(r"[^\W\d_]", cell)
        and not _DATE.search(cell)
        for cell in cells
    )
    return "phone" if numbers * 2 > len(cells) else ""
