"""Contacts of the demonstration: real bodies named by the plan, invented people, all at example.org."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, cycle

from cms.accounts.models import User
from cms.contacts import actions
from cms.contacts.models import (
    Audience,
    ConsentSource,
    Contact,
    ContactImport,
    ContactKind,
    Frequency,
    MediaKind,
    MediaProfile,
    Organisation,
    OrganisationKind,
    Purpose,
    SuppressionReason,
)
from cms.contacts.validators import name_key

K = OrganisationKind
WOMEN = (
    "Aminata",
    "Fatoumata",
    "Mariam",
    "Awa",
    "Kadidia",
    "Rokia",
    "Assitan",
    "Hawa",
    "Nana",
    "Djénéba",
    "Safiatou",
)
MEN = (
    "Moussa",
    "Ibrahim",
    "Amadou",
    "Souleymane",
    "Bakary",
    "Cheick",
    "Modibo",
    "Drissa",
    "Lassana",
    "Issa",
    "Yacouba",
)
# First words of the functions below that a woman holds.
OF_A_WOMAN = frozenset(
    [
        "Chargée",
        "Directrice",
        "Cheffe",
        "Présidente",
        "Trésorière",
        "Maîtresse",
        "Vice-rectrice",
        "Adjointe",
        "Conseillère",
        "Coordinatrice",
        "Rédactrice",
        "Animatrice",
        "Correspondante",
        "Professeure",
        "Chercheuse",
        "Experte",
        "Secrétaire",
        "Lectrice",
    ]
)
LAST = (
    "Traoré",
    "Diarra",
    "Coulibaly",
    "Keïta",
    "Touré",
    "Sidibé",
    "Konaté",
    "Diallo",
    "Sissoko",
    "Dembélé",
    "Kanté",
    "Camara",
    "Haïdara",
)

# organisation, acronym, kind, country, what each of its people does
BODIES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "Ministère des Maliens de l’extérieur et de l’intégration africaine",
        "MMEIA",
        K.MINISTRY,
        "ML",
        ("Secrétaire générale", "Conseiller technique", "Chargée de communication"),
    ),
    ("Délégation générale des Maliens de l’extérieur", "DGME", K.MINISTRY, "ML", ("Délégué général",)),
    (
        "Ministère de l’Enseignement supérieur et de la recherche scientifique",
        "",
        K.MINISTRY,
        "ML",
        ("Directrice de cabinet",),
    ),
    ("Ministère de la Santé", "", K.MINISTRY, "ML", ("Point focal TOKTEN",)),
    ("Ministère de l’Agriculture", "", K.MINISTRY, "ML", ("Point focal TOKTEN",)),
    (
        "Programme des Nations unies pour le développement",
        "PNUD",
        K.DONOR,
        "ML",
        ("Chargée de programme", "Chargé de communication"),
    ),
    ("Union économique et monétaire ouest-africaine", "UEMOA", K.DONOR, "BF", ("Chargé de mission",)),
    ("Centre d’information et de gestion des migrations", "CIGEM", K.OTHER, "ML", ("Cheffe de service",)),
    ("Agence pour la promotion de l’emploi des jeunes", "APEJ", K.OTHER, "ML", ("Point focal TOKTEN",)),
    ("Agence nationale pour l’emploi", "ANPE", K.OTHER, "ML", ("Chargé des relations publiques",)),
    (
        "Fonds d’appui à la formation professionnelle et à l’apprentissage",
        "FAFPA",
        K.OTHER,
        "ML",
        ("Directrice adjointe",),
    ),
    ("Conseil national du patronat du Mali", "CNPM", K.ASSOCIATION, "ML", ("Secrétaire générale",)),
    ("Centre du secteur privé", "CSP", K.COMPANY, "ML", ("Responsable PME-PMI",)),
    (
        "Assemblée permanente des chambres de métiers du Mali",
        "APCMM",
        K.ASSOCIATION,
        "ML",
        ("Présidente de commission",),
    ),
    ("Société malienne des sciences appliquées", "MSAS", K.ASSOCIATION, "ML", ("Président", "Trésorière")),
    ("Faculté des sciences et techniques", "FAST", K.UNIVERSITY, "ML", ("Doyen", "Maîtresse de conférences")),
    ("Université de Ségou", "", K.UNIVERSITY, "ML", ("Vice-rectrice",)),
    ("Hôpital du Point G", "", K.OTHER, "ML", ("Chef de service",)),
    ("Région de Kayes", "", K.LOCAL_AUTHORITY, "ML", ("Secrétaire générale",)),
    ("Mairie de Mopti", "", K.LOCAL_AUTHORITY, "ML", ("Adjointe au maire",)),
    ("Ambassade du Mali en France", "", K.EMBASSY, "FR", ("Conseillère consulaire",)),
    ("Consulat général du Mali à New York", "", K.EMBASSY, "US", ("Consul général",)),
    ("TOKTEN Niger", "", K.PROGRAMME, "NE", ("Coordinateur",)),
    ("TOKTEN Sénégal", "", K.PROGRAMME, "SN", ("Coordinatrice",)),
    ("Association des femmes ingénieures du Delta", "", K.NGO, "ML", ("Présidente",)),
    (
        "Coordination du TOKTEN-Mali",
        "TOKTEN",
        K.PROGRAMME,
        "ML",
        ("Coordinateur", "Chargé de suivi-évaluation", "Secrétaire d’équipe"),
    ),
)
# outlet (invented but for ORTM), kind of media, country, its people
OUTLETS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "Office de radiodiffusion télévision du Mali",
        "ORTM",
        MediaKind.TELEVISION,
        "ML",
        ("Rédactrice télévision", "Reporter", "Cadreur"),
    ),
    ("Le Courrier du Djoliba", "", MediaKind.PRINT, "ML", ("Rédactrice en chef", "Reporter")),
    ("La Lettre du Mandé", "", MediaKind.PRINT, "ML", ("Journaliste",)),
    ("Radio Sanankuya", "", MediaKind.RADIO, "ML", ("Animatrice", "Rédacteur")),
    ("Radio des Deux Rives, Gao", "", MediaKind.RADIO, "ML", ("Correspondant",)),
    ("Sahel Matin", "", MediaKind.ONLINE, "ML", ("Journaliste scientifique",)),
    ("Agence Delta Presse", "", MediaKind.AGENCY, "ML", ("Chef du bureau de Bamako",)),
    ("Diaspora Hebdo", "", MediaKind.PRINT, "FR", ("Correspondante à Paris",)),
    ("West Africa Science Desk", "", MediaKind.ONLINE, "US", ("Editor",)),
)
EXPERTS = (
    ("Pr", "FR", "Professeure de biochimie"),
    ("Dr", "US", "Ingénieur en géologie"),
    ("Dr", "CA", "Médecin, santé publique"),
    ("Dr", "DE", "Chercheuse en informatique"),
    ("Pr", "IT", "Professeur de mathématiques"),
    ("M.", "ES", "Agronome"),
    ("Mme", "FR", "Experte en PME"),
)
# Reached by telephone alone, as relays and communities are.
BY_TELEPHONE = (
    ("Antenne de relais de Sikasso", "antennes-de-relais"),
    ("Antenne de relais de Tombouctou", "antennes-de-relais"),
    ("Coopérative des maraîchères de Kati", "communautes-beneficiaires"),
    ("Union des producteurs de riz de Niono", "communautes-beneficiaires"),
    ("Comité de santé de Bankass", "communautes-beneficiaires"),
)
ALL_MEDIA = ["print", "radio", "television", "online", "agency", "freelance"]
# slug, name, conditions (none: a list kept by hand)
AUDIENCES: tuple[tuple[str, str, dict[str, list[str]] | None], ...] = (
    ("presse-nationale", "Presse nationale", {"media_kinds": ALL_MEDIA, "countries": ["ML"]}),
    ("medias", "Médias", {"media_kinds": ALL_MEDIA}),
    ("comite-de-pilotage", "Comité de pilotage", None),
    ("directeur-national", "Directeur national du projet", None),
    ("pnud", "PNUD", None),
    ("tokten", "Coordination et personnel du TOKTEN", None),
    ("points-focaux", "Points focaux", None),
    ("antennes-de-relais", "Antennes de relais", None),
    ("homologues", "Homologues des missionnaires", None),
    ("mmeia", "MMEIA", None),
    ("experts-consultants", "Experts et consultants", None),
    ("structures-beneficiaires", "Structures bénéficiaires", None),
    ("ministeres-sectoriels", "Ministères sectoriels", {"organisation_kinds": ["ministry"]}),
    (
        "collectivites-territoriales",
        "Collectivités territoriales",
        {"organisation_kinds": ["local_authority"]},
    ),
    ("communautes-beneficiaires", "Communautés bénéficiaires", None),
    (
        "ptf-ong-of",
        "PTF, ONG et organisations faîtières",
        {"organisation_kinds": ["donor", "ngo", "association"]},
    ),
    ("grand-public", "Grand public", None),
    ("agences", "Agences", None),
    ("autorites", "Autorités publiques et politiques", None),
    ("societe-civile", "Société civile", {"organisation_kinds": ["ngo", "association"]}),
    ("donateurs", "Donateurs", {"organisation_kinds": ["donor"]}),
    ("diaspora", "Diaspora", {"countries": ["FR", "US", "CA", "DE", "IT", "ES"]}),
    ("pays-d-accueil", "Pays d’accueil", {"organisation_kinds": ["embassy"]}),
    ("autres-acteurs", "Autres acteurs intéressés", {"organisation_kinds": ["company"]}),
    ("abonnes", "Abonnés à la lettre d’information", {"consents": ["newsletter"]}),
)
# Put together from others: slug, name, who is in it, who is not.
COMBINED = (
    (
        "partenaires-hors-pnud",
        "Partenaires et autorités, sans le PNUD",
        ("ptf-ong-of", "donateurs", "autorites"),
        ("pnud",),
    ),
)
# How often the readers wish to be written to.
FREQUENCIES = (Frequency.ALL, Frequency.MONTHLY, Frequency.WEEKLY)
# Lists kept by hand: who is on them, by the acronym of their organisation.
LISTS = {
    "comite-de-pilotage": ("MMEIA", "DGME", "PNUD", "APEJ", "ANPE", "FAFPA", "CNPM", "CSP"),
    "directeur-national": ("DGME",),
    "pnud": ("PNUD",),
    "tokten": ("TOKTEN",),
    "mmeia": ("MMEIA", "DGME"),
    "structures-beneficiaires": ("FAST", "MSAS", "APCMM", "CIGEM"),
    "homologues": ("FAST", "MSAS"),
    "agences": ("APEJ", "ANPE"),
    "autorites": ("MMEIA", "DGME"),
}


class _People:
    """Invented names and numbers, the same at each loading."""

    def __init__(self) -> None:
        self._names = {True: self._pairs(WOMEN, 5), False: self._pairs(MEN, 7)}
        self._numbers = count(1)
        self._addresses = count(1)

    @staticmethod
    def _pairs(firsts: tuple[str, ...], step: int) -> Iterator[tuple[str, str]]:
        return ((firsts[n % len(firsts)], LAST[(n * step) % len(LAST)]) for n in count())

    def name(self, *, woman: bool) -> tuple[str, str]:
        return next(self._names[woman])

    def address(self, name: str) -> str:
        return f"{name_key(name).replace(' ', '.')}.{next(self._addresses)}@example.org"

    def phone(self) -> str:
        return f"+22376001{next(self._numbers):03d}"


def build(*, now: datetime) -> None:
    """Enter organisations, contacts, journalists and audiences, through the app's own actions; once or again."""
    people = _People()
    by_body: dict[str, list[Contact]] = {}
    for name, acronym, kind, country, functions in BODIES:
        organisation = _organisation(name, acronym, kind, country)
        for function in functions:
            contact = _person(people, organisation, function=function, now=now)
            by_body.setdefault(acronym or name, []).append(contact)
    _journalists(people, now=now)
    experts = [_expert(people, *row, now=now) for row in EXPERTS]
    audiences = {
        slug: actions.find_or_create_audience(slug=slug, name=name, criteria=criteria)
        for slug, name, criteria in AUDIENCES
    }
    for slug, name, includes, excludes in COMBINED:
        actions.find_or_create_audience(
            slug=slug,
            name=name,
            includes=[audiences[part] for part in includes],
            excludes=[audiences[part] for part in excludes],
        )
    for slug, bodies in LISTS.items():
        members = [contact for body in bodies for contact in by_body[body]]
        actions.add_to_audience(audience=audiences[slug], contacts=members, now=now)
    actions.add_to_audience(audience=audiences["experts-consultants"], contacts=experts, now=now)
    focal = [c for group in by_body.values() for c in group if c.function == "Point focal TOKTEN"]
    actions.add_to_audience(audience=audiences["points-focaux"], contacts=focal, now=now)
    for name, slug in BY_TELEPHONE:
        relay = actions.find_or_create_contact(
            phone=people.phone(), name=name, language="bm", kind=ContactKind.SERVICE, now=now
        )
        actions.add_to_audience(audience=audiences[slug], contacts=[relay], now=now)
    _readers(people, audiences["grand-public"], now=now)
    _focal_account(focal)
    _past_of_cards(by_body, audiences["grand-public"], now=now)


def _organisation(name: str, acronym: str, kind: str, country: str) -> Organisation:
    organisation = actions.find_or_create_organisation(name=name, country=country, kind=kind)
    if acronym and not organisation.acronym:
        organisation.acronym = acronym
        organisation.save(update_fields=["acronym"])
    return organisation


def _person(
    people: _People,
    organisation: Organisation | None,
    *,
    function: str,
    civility: str = "",
    country: str = "",
    now: datetime,
) -> Contact:
    woman = function.split()[0] in OF_A_WOMAN
    first, last = people.name(woman=woman)
    contact = actions.find_or_create_contact(
        email=people.address(f"{first} {last}"),
        phone=people.phone(),
        name=f"{first} {last}",
        language="en" if function == "Editor" else "fr",
        country=country or (organisation.country if organisation else "ML"),
        now=now,
    )
    if not contact.function:
        contact.function, contact.family_name = function, last
        contact.civility = civility or ("Mme" if woman else "M.")
        contact.organisation = organisation
        contact.save()
    return contact


def _journalists(people: _People, *, now: datetime) -> None:
    cards = count(101)
    for name, acronym, kind, country, functions in OUTLETS:
        outlet = _organisation(name, acronym, OrganisationKind.MEDIA, country)
        for function in functions:
            contact = _person(people, outlet, function=function, now=now)
            MediaProfile.objects.get_or_create(
                contact=contact,
                defaults={"kind": kind, "outlet": outlet, "press_card": f"DEMO-{next(cards)}"},
            )
            actions.record_consent(
                contact=contact,
                purpose=Purpose.PRESS,
                source=ConsentSource.PAPER,
                evidence="Fiche de la salle de presse",
                now=now,
            )
            if kind in (MediaKind.TELEVISION, MediaKind.PRINT) and not contact.accreditations.exists():
                until = now + timedelta(days=365)
                actions.grant_accreditation(contact=contact, valid_until=until, now=now)


def _expert(people: _People, civility: str, country: str, function: str, *, now: datetime) -> Contact:
    return _person(people, None, function=function, civility=civility, country=country, now=now)


def _readers(people: _People, audience: object, *, now: datetime) -> None:
    """People who signed up on the site: most confirmed, one has not yet, one left again."""
    states = cycle(("confirmed", "confirmed", "confirmed", "asked", "left"))
    for number in range(5):
        reader = _person(people, None, function=("Lecteur", "Lectrice")[number % 2], now=now)
        actions.add_to_audience(audience=audience, contacts=[reader], now=now)  # type: ignore[arg-type]
        state = next(states)
        if reader.consents.exists():
            continue
        consent = actions.record_consent(
            contact=reader, purpose=Purpose.NEWSLETTER, source=ConsentSource.FORM, now=now
        )
        if state != "asked":
            actions.confirm_consent(consent, now=now)
            actions.choose(contact=reader, frequency=FREQUENCIES[number % 3], topics=(), now=now)
        if state == "left" and reader.primary_email:
            actions.suppress(address=reader.primary_email, reason=SuppressionReason.UNSUBSCRIBED, now=now)


def _focal_account(focal: list[Contact]) -> None:
    """The demo account `focal` is one of the focal points."""
    user = User.objects.filter(username="focal", contact=None).first()
    if user is not None and focal:
        Contact.objects.filter(pk=focal[0].pk, account=None).update(account=user)


ATTENDANCE = """Civilité;Nom et prénoms;Structure;Type d'organisme;Fonction;Courriel;Téléphone;Ville
M.;Adama Fomba;Radio Rurale de Ségou;Radio;Animateur;adama.fomba@example.org;76 00 19 01;Ségou
Mme;Oumou Dembélé;Mairie de Sikasso;Mairie;Chargée de communication;;66 00 19 02 / 76 00 19 02;Sikasso
M.;Seydou Bagayoko;Radio Rurale de Ségou;Radio;Technicien;seydou.bagayoko.example.org;76 00 19 03;Ségou
"""


def _past_of_cards(by_body: dict[str, list[Contact]], audience: Audience, *, now: datetime) -> None:
    """A list brought in from a forum's attendance sheet, with a line to correct; and a card that was changed since."""
    officer = User.objects.filter(username="officer").first()
    if ContactImport.objects.exists():
        return
    listing = actions.begin_import(
        filename="presence-forum-segou.csv", data=ATTENDANCE.encode("cp1252"), user=officer, now=now
    )
    listing = actions.set_columns(
        listing,
        columns=listing.columns,
        language="fr",
        country="ML",
        audience=audience,
        purposes=[Purpose.INVITATIONS],
        evidence="Feuille de présence du forum de Ségou, signée",
    )
    actions.confirm_import(listing, version=listing.version, user=officer, now=now)
    contact = next(iter(by_body.values()))[0]
    before = actions.contact_card(contact)
    Contact.objects.filter(pk=contact.pk).update(city="Bamako", protocol_rank=12)
    actions.record_contact(contact, before=before, user=officer, now=now)
