"""Lists of media coverage out of files: columns by their headings, and each line read, or what to correct in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.contacts.imports import MOST_BYTES, Table, Unreadable, read_table
from cms.contacts.validators import name_key, tidy
from cms.core.models import SitePage
from press.models import Coverage, CoverageImport, Medium, Release, SpokenLanguage, Tone
from press.validators import parse_count, parse_duration, parse_hours, parse_past_day

__all__ = [
    "COLUMNS",
    "KNOWN",
    "MOST_BYTES",
    "NEW",
    "WRONG",
    "Unreadable",
    "guess_columns",
    "read_lines",
    "read_list",
]

MOST_LINES = 2_000
NEW, KNOWN, WRONG = "new", "known", "wrong"

#: What a column may hold: key, words for the officer, headings folded by `name_key`.
COLUMNS: tuple[tuple[str, Any, str], ...] = (
    (
        "outlet",
        gettext_lazy("outlet"),
        "media|medias|organe|organe de presse|outlet|journal|chaine|station|source|titre de presse|nom du media",
    ),
    ("medium", gettext_lazy("medium"), "type|type de media|medium|support|nature|categorie|kind"),
    (
        "programme",
        gettext_lazy("programme or column"),
        "emission|programme|rubrique|emission ou rubrique|programme or column|section|programme ou rubrique",
    ),
    ("title", gettext_lazy("title"), "titre|title|intitule|sujet|headline|titre de l article"),
    (
        "said_date",
        gettext_lazy("date"),
        "date|jour|date de parution|date de diffusion|parution|published|publication date",
    ),
    ("said_time", gettext_lazy("hour"), "heure|hour|time|heure de diffusion"),
    ("language", gettext_lazy("language"), "langue|language"),
    ("duration_seconds", gettext_lazy("length"), "duree|length|duration|temps d antenne"),
    ("page", gettext_lazy("page"), "page|pages|n de page"),
    ("extract", gettext_lazy("extract"), "extrait|extract|citation|resume|texte|verbatim"),
    ("address", gettext_lazy("address"), "adresse|lien|url|address|link|adresse web|lien web"),
    ("tone", gettext_lazy("tone"), "ton|tonalite|tone|sentiment|appreciation"),
    (
        "reach",
        gettext_lazy("people reached"),
        "audience|portee|reach|tirage|people reached|personnes touchees|auditeurs|lecteurs|vues",
    ),
    (
        "thing",
        gettext_lazy("release or event"),
        "communique|evenement|origine|communique ou evenement|release or event|release|event|reference",
    ),
)
LABELS = {key: label for key, label, _names in COLUMNS}
_BY_NAME = {name: key for key, _label, names in COLUMNS for name in names.split("|")}
NEEDED = ("outlet", "said_date")
# "CP n° 2026/014", "2026-14"; not the year and the next number of a title, nor a date.
_LABEL = re.compile(r"(?<![\d/])(\d{4})[/-](\d{1,5})(?![\d/-])")

_MEDIA = {
    Medium.PRINT: "print|presse|presse ecrite|journal|newspaper|magazine|quotidien|hebdomadaire",
    Medium.RADIO: "radio",
    Medium.TELEVISION: "television|tele|tv",
    Medium.ONLINE: "online|web|site|site web|en ligne|internet|presse en ligne|website",
    Medium.SOCIAL: "social|reseaux sociaux|reseau social|facebook|x|twitter|social networks",
    Medium.AGENCY: "agency|agence|agence de presse|news agency",
}
_TONES = {
    Tone.FAVOURABLE: "favourable|favorable|positif|positive|positif ve",
    Tone.NEUTRAL: "neutral|neutre|factuel",
    Tone.CRITICAL: "critical|critique|negatif|negative|defavorable",
}
_TONGUES = {
    SpokenLanguage.FRENCH: "francais|french",
    SpokenLanguage.ENGLISH: "anglais|english",
    SpokenLanguage.BAMBARA: "bambara|bamanankan|bamana|dioula",
    SpokenLanguage.FULFULDE: "fulfulde|peul|peulh|pular|fulfulde peul",
    SpokenLanguage.SONINKE: "soninke|sarakole",
    SpokenLanguage.SONGHAY: "songhay|songhai|songhoy|sonrhai",
    SpokenLanguage.TAMASHEQ: "tamasheq|tamachek|tamacheq",
    SpokenLanguage.DOGON: "dogon",
    SpokenLanguage.BOMU: "bomu|bobo|bwa",
    SpokenLanguage.SENUFO: "senoufo|senufo|minianka|mamara",
    SpokenLanguage.ARABIC: "arabe|arabic|hassaniya",
    SpokenLanguage.OTHER: "autre|other",
}


def _words(known: dict[Any, str]) -> dict[str, str]:
    return {name: str(code) for code, names in known.items() for name in (str(code), *names.split("|"))}


MEDIA, TONES, TONGUES = _words(_MEDIA), _words(_TONES), _words(_TONGUES)


def already_in() -> str:
    return _("This list was brought in or given up already.")


def read_list(data: bytes) -> Table:
    """The table of a file with the columns that coverage needs. Raises Unreadable, with a sentence."""
    table = read_table(data)
    columns = guess_columns(table.headings)
    missing = [str(LABELS[key]) for key in NEEDED if key not in columns]
    if missing:
        raise Unreadable(
            _("No column of this file is headed: %(names)s. Name the columns as in the model to download.")
            % {"names": ", ".join(missing)}
        )
    if len(table.rows) > MOST_LINES:
        raise Unreadable(_("This file has more than 2,000 lines. Cut the list into several files."))
    return table


def guess_columns(headings: Sequence[str]) -> list[str]:
    """For each heading the key of a column, or "" where it says nothing we keep; no single thing twice."""
    found: list[str] = []
    for heading in headings:
        key = _BY_NAME.get(name_key(heading), "")
        found.append("" if key in found else key)
    return found


@dataclass
class Read:
    """A line: its number in the spreadsheet, its cells, what becomes of it, the row it makes, what to correct."""

    number: int
    cells: list[str]
    verdict: str = NEW
    row: Coverage | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return " ".join(f"{where} : {said}" if where else said for where, said in self.errors)


def read_lines(listing: CoverageImport) -> list[Read]:
    """Every line of a list in order, compared with what is in already and with the lines before it (two queries)."""
    read = [_read(listing, number, cells) for number, cells in listing.lines]
    _find_things(listing, read)
    prints = {line.row.fingerprint for line in read if line.row is not None}
    known = set(Coverage.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True))
    for line in read:
        if line.errors:
            line.verdict = WRONG
        elif line.row is not None and line.row.fingerprint in known:
            line.verdict = KNOWN
        elif line.row is not None:
            known.add(line.row.fingerprint)
    return read


def _one_of(words: dict[str, str], sentence: Any) -> Callable[[str], str]:
    def read(cell: str) -> str:
        found = words.get(name_key(cell))
        if found is None:
            raise ValidationError(sentence % {"word": cell[:40]})
        return found

    return read


def _first_hour(cell: str) -> Any:
    """The hour of a cell; a spreadsheet's own hours carry seconds. Raises ValidationError."""
    hours = parse_hours(re.sub(r"(\d{1,2}:\d{2}):\d{2}$", r"\1", cell))
    if not hours:
        raise ValidationError(_("Write an hour like 19 h 30."))
    return hours[0]


READERS: dict[str, Callable[[str], Any]] = {
    "medium": _one_of(
        MEDIA, gettext_lazy("Unknown medium: “%(word)s”. Write press, radio, television, website…")
    ),
    "tone": _one_of(TONES, gettext_lazy("Unknown tone: “%(word)s”. Write favourable, neutral or critical.")),
    "language": _one_of(TONGUES, gettext_lazy("Unknown language: “%(word)s”.")),
    "said_date": parse_past_day,
    "said_time": _first_hour,
    "duration_seconds": parse_duration,
    "reach": parse_count,
}


def _read(listing: CoverageImport, number: int, cells: list[str]) -> Read:
    line = Read(number, cells)
    values: dict[str, Any] = {"thing_uid": listing.thing_uid}
    headings = dict(zip(listing.columns, listing.headings, strict=False))
    for place, cell in enumerate(cells):
        key = listing.columns[place] if place < len(listing.columns) else ""
        if not key or key == "thing" or not cell.strip():
            continue
        try:
            values[key] = READERS[key](cell) if key in READERS else cell if key == "extract" else tidy(cell)
        except ValidationError as error:
            line.errors.append((headings[key], " ".join(error.messages)))
    line.row = row = Coverage(**{**values, "medium": values.get("medium") or _guess_medium(values)})
    try:
        row.clean_fields(
            exclude=[key for key in headings if any(headings[key] == where for where, _s in line.errors)]
        )
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            if name != "fingerprint":
                line.errors.append((headings.get(name, str(LABELS.get(name, name))), " ".join(sentences)))
    return line


def _guess_medium(values: dict[str, Any]) -> str:
    """Without a column that says it: an address is a website's, a page a paper's, a length is heard."""
    if values.get("page"):
        return Medium.PRINT
    if values.get("address"):
        return Medium.ONLINE
    return Medium.RADIO if values.get("duration_seconds") else ""


def _find_things(listing: CoverageImport, read: list[Read]) -> None:
    """Give each right line what it comes from, by number or title, and its fingerprint (two queries at most)."""
    place = listing.columns.index("thing") if "thing" in listing.columns else None
    said = {
        line.number: line.cells[place].strip()
        for line in read
        if place is not None and place < len(line.cells) and line.cells[place].strip()
    }
    known = _things(set(said.values()))
    for line in read:
        if (cell := said.get(line.number)) and line.row is not None:
            line.row.thing_uid = known.get(cell)
            if line.row.thing_uid is None:
                sentence = _("No release or event is called “%(word)s”.") % {"word": cell[:60]}
                line.errors.append((listing.headings[place or 0], sentence))
        if not line.errors and line.row is not None:
            line.row.fingerprint = line.row.print_of()


def _things(cells: set[str]) -> dict[str, UUID]:
    """The releases and events that cells name: "CP n° 2026/014", or the very title of a page."""
    if not cells:
        return {}
    numbers = {cell: (int(m[1]), int(m[2])) for cell in cells if (m := _LABEL.search(cell))}
    rows = Release.objects.filter(year__in={year for year, _n in numbers.values()})
    labels = {(row.year, row.number): row.uid for row in rows.filter(number__isnull=False)}
    titles = SitePage.objects.filter(title__in=cells, thing_uid__isnull=False).order_by("-pk")
    found = {title: uid for title, uid in titles.values_list("title", "thing_uid") if uid is not None}
    for cell, label in numbers.items():
        if label in labels:
            found.setdefault(cell, labels[label])
    return found
