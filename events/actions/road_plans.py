"""The four roads: what is done when, and the texts that are ready. Ours to give, the organisation's to change.

French, because they are the organisation's own data. Days count from the event's first day. Sources: the communication
plan, chapters IX to XII (forums, conferences, the 5 February, press conferences) and its calendar of activities.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from events.actions.road_press import PRESS
from events.actions.road_steps import Point, Road, Step, Text
from events.models import Access, Colour, Kind

_PRESSE = {"name": "Presse", "name_en": "Press", "colour": Colour.BRICK, "access": Access.APPROVAL}

FORUM = Road(
    kind=Kind.FORUM,
    summary="Un forum pour rapprocher experts de la diaspora, universités, collectivités et entreprises du Mali.",
    paragraphs=(
        "Thèmes, invités et programme sont annoncés sur cette page au fur et à mesure.",
        "L’inscription se fait sans compte, par courriel ou par téléphone. Des stands sont ouverts aux structures "
        "bénéficiaires et aux partenaires.",
    ),
    values={"takes_registrations": True, "has_waiting_list": True},
    asks_sector=True,
    categories=(
        {"name": "Experts de la diaspora", "name_en": "Experts of the diaspora", "colour": Colour.INDIGO},
        {"name": "Structures bénéficiaires", "name_en": "Host institutions", "colour": Colour.LEAF},
        {"name": "Partenaires", "name_en": "Partners", "colour": Colour.OCHRE},
        _PRESSE,
    ),
    days=2,
    steps=(
        Step("theme", -120, "Arrêter le thème, les dates et le lieu", "Avec le ministère et le PNUD."),
        Step("budget", -110, "Inscrire le forum au plan et à son budget", "Choisir l’activité du plan."),
        Step(
            "save-the-date",
            -90,
            "Envoyer « Retenez la date »",
            "Liste des invités, tournée « Retenez la date ».",
        ),
        Step("segments", -80, "Composer les audiences invitées", "Experts, ministères, partenaires, villes."),
        Step(
            "categories",
            -75,
            "Donner des places à chaque catégorie",
            "Onglet « Catégories » : experts, structures, partenaires et presse y sont déjà.",
        ),
        Step(
            "invitations",
            -60,
            "Envoyer les invitations",
            "Chaque invité répond par son lien ou par son code.",
        ),
        Step("stands", -45, "Attribuer les stands", "Onglet « Stands »."),
        Step("speakers", -40, "Confirmer les intervenants"),
        Step("programme", -30, "Publier le programme"),
        Step("release", -15, "Publier le communiqué d’annonce"),
        Step("reminder-7", -7, "Relance à J-7", "Aux seuls invités qui n’ont pas répondu, et aux inscrits."),
        Step("badges", -3, "Imprimer les badges et la feuille d’émargement"),
        Step("reminder-1", -1, "Rappel à J-1"),
        Step(
            "door",
            0,
            "Tenir l’accueil",
            "Ouvrir l’accueil sur les téléphones avant de partir : il marche hors ligne.",
        ),
        Step("thanks", 3, "Remercier", "À ceux qui sont venus."),
        Step(
            "report",
            10,
            "Rendre le rapport",
            "Présence par pays et par secteur : tableau de bord de l’événement.",
        ),
        Step("coverage", 15, "Relever les retombées"),
    ),
    texts=(
        Text(
            "save-the-date",
            "Retenez la date",
            "Madame, Monsieur,\n\nRetenez dès maintenant cette date : [titre] se tiendra [date], à [lieu]. "
            "L’invitation et le programme vous parviendront prochainement.\n\n[signataire]",
        ),
        Text(
            "invitation",
            "Invitation",
            "Madame, Monsieur,\n\nNous avons l’honneur de vous inviter à : [titre], [date], à [lieu].\n\n"
            "Votre expérience sera précieuse aux échanges entre les experts revenus en mission, les structures qui les "
            "ont reçus et celles qui souhaitent le faire. Merci de nous dire si vous viendrez, ou qui vous "
            "représentera.\n\n[signataire]",
        ),
        Text(
            "reminder",
            "Relance",
            "Madame, Monsieur,\n\nNous n’avons pas encore reçu votre réponse à l’invitation : [titre], [date], à "
            "[lieu]. Quelques places vous sont gardées ; merci de nous répondre.\n\n[signataire]",
        ),
        Text(
            "thanks",
            "Remerciements",
            "Madame, Monsieur,\n\nMerci d’avoir pris part à : [titre]. Les documents, les photographies et "
            "les chiffres "
            "sont sur la page de l’événement.\n\n[signataire]",
        ),
    ),
)

MSAS = Road(
    kind=Kind.MSAS,
    summary="Une semaine de plénières, de mini-symposiums et d’ateliers, avec des chercheurs du Mali et de l’étranger.",
    paragraphs=(
        "L’appel à communications, puis le programme, paraissent sur cette page.",
        "Les délégations s’inscrivent par un seul lien et complètent leurs noms jusqu’à la date dite.",
    ),
    values={
        "takes_registrations": True,
        "has_waiting_list": True,
        "takes_delegations": True,
        "whole_day": True,
    },
    categories=(
        {"name": "Orateurs", "name_en": "Speakers", "colour": Colour.INDIGO, "access": Access.INVITED},
        {"name": "Participants", "name_en": "Participants", "colour": Colour.OCHRE},
        {"name": "Étudiants", "name_en": "Students", "colour": Colour.LEAF},
        _PRESSE,
    ),
    days=7,
    start_time=None,
    end_time=None,
    steps=(
        Step("committee", -240, "Réunir le comité scientifique", "Nommer les évaluateurs."),
        Step("call", -210, "Ouvrir l’appel à communications", "Onglet « Résumés »."),
        Step("call-reminder", -120, "Relancer l’appel", "Universités, centres de recherche, diaspora."),
        Step("call-close", -100, "Clore l’appel et répartir les résumés"),
        Step("reviews", -75, "Recevoir les avis"),
        Step("decisions", -70, "Décider et écrire aux auteurs", "Les courriels se relisent avant l’envoi."),
        Step("visas", -65, "Envoyer les lettres pour les visas"),
        Step("speakers", -50, "Recevoir la confirmation des orateurs"),
        Step("delegations", -45, "Inviter les délégations étrangères"),
        Step("programme", -30, "Publier le programme", "Salles, sessions, présidents de séance."),
        Step("book", -14, "Relire et publier le recueil des résumés"),
        Step("names", -10, "Recevoir les noms des délégations", "Vols, hôtels, régimes."),
        Step("badges", -3, "Imprimer badges et feuilles d’émargement"),
        Step("opening", 0, "Ouverture solennelle", "Protocole et presse."),
        Step("prizes", 6, "Décerner les prix"),
        Step("certificates", 8, "Émettre les attestations", "Participants, orateurs, présidents de séance."),
        Step("report", 30, "Rendre le rapport technique"),
    ),
    texts=(
        Text(
            "call",
            "Appel à communications",
            "[titre] – [date], [lieu].\n\nChercheurs, enseignants et praticiens du Mali et de la diaspora "
            "sont invités à "
            "proposer une communication orale, une affiche ou un mini-symposium. Le résumé, en français ou en anglais, "
            "s’envoie par la page de l’événement, sans compte.",
        ),
        Text(
            "visa",
            "Lettre pour le visa",
            "Nous attestons que [nom] est attendu(e) à : [titre], [date], à [lieu], et prions les autorités "
            "compétentes "
            "de lui faciliter les formalités d’entrée.\n\n[signataire]",
        ),
        Text(
            "thanks",
            "Remerciements",
            "Madame, Monsieur,\n\nMerci d’avoir pris part à : [titre]. Votre attestation et le recueil des "
            "résumés sont à "
            "votre disposition par votre lien personnel.\n\n[signataire]",
        ),
    ),
)

ANNIVERSARY = Road(
    kind=Kind.ANNIVERSARY,
    summary="La cérémonie rappelle le premier accord, signé le 5 février 1998, et rend hommage aux experts "
    "revenus en mission.",
    paragraphs=("La participation est soumise à l’accord du protocole, qui répond à chaque demande.",),
    values={"takes_registrations": True, "needs_approval": True, "has_waiting_list": False},
    start_time=time(9),
    end_time=time(13),
    steps=(
        Step(
            "decision",
            -100,
            "Obtenir la décision de célébrer",
            "Elle dépend des moyens : l’édition ne compte que ce qui a lieu.",
        ),
        Step(
            "audiences",
            -75,
            "Demander les audiences",
            "Onglet « Audiences » : auprès du Premier ministre ou du Chef de l’État.",
        ),
        Step("list", -60, "Arrêter la liste protocolaire par rang", "Onglet « Invités »."),
        Step(
            "delegations",
            -60,
            "Inviter les délégations de la sous-région",
            "Bénin, Burkina, Sénégal, Niger, Guinée-Bissau, Togo.",
        ),
        Step(
            "letters",
            -45,
            "Signer et remettre les lettres",
            "Lettre par invité, bordereau d’envoi, cahier de transmission.",
        ),
        Step(
            "running-order",
            -20,
            "Arrêter le déroulé",
            "Onglet « Déroulé » : qui parle, dans quel ordre, combien de minutes.",
        ),
        Step("answers", -15, "Relancer ceux qui n’ont pas répondu", "Par téléphone : la liste dit qui."),
        Step("press", -10, "Inviter la presse"),
        Step("seating", -3, "Placer par rang", "Onglet « Placement »."),
        Step("badges", -2, "Imprimer badges, cartons et plan de placement"),
        Step("day", 0, "Accueillir", "Les autorités sont attendues un quart d’heure avant."),
        Step("thanks", 2, "Remercier"),
        Step("photos", 3, "Publier photographies et discours"),
        Step("report", 15, "Rendre compte au comité de pilotage"),
    ),
    texts=(
        Text(
            "letter",
            "Lettre d’invitation",
            "[civilité],\n\nNous avons l’honneur de solliciter votre présence à la cérémonie : [titre], qui se tiendra "
            "[date], à [lieu], en mémoire du premier accord signé le 5 février 1998.\n\nVotre participation, ou celle "
            "de la personne que vous voudrez bien désigner, honorerait les experts revenus servir leur pays.\n\n"
            "Veuillez agréer, [civilité], l’expression de notre très haute considération.\n\n[signataire]",
        ),
        Text(
            "audience",
            "Demande d’audience",
            "Excellence,\n\nÀ l’occasion de : [titre], nous avons l’honneur de solliciter une audience pour une "
            "délégation d’experts de la diaspora, de docteurs formés et de consultants rentrés définitivement.\n\n"
            "[signataire]",
        ),
        Text(
            "thanks",
            "Remerciements",
            "[civilité],\n\nNous vous remercions d’avoir honoré de votre présence : [titre].\n\n[signataire]",
        ),
    ),
    running=(
        Point(
            20, "Accueil et placement des invités", "Protocole", "Les cartons sont posés la veille.", at=-30
        ),
        Point(10, "Arrivée des autorités", "Protocole", "Les plus hauts rangs arrivent les derniers."),
        Point(5, "Hymne national", "", "Essai du son une heure avant.", at=0),
        Point(10, "Mot de bienvenue", "Coordination nationale"),
        Point(15, "Rappel historique : le programme depuis 1998", "Coordination nationale"),
        Point(15, "Allocution du PNUD", "PNUD"),
        Point(30, "Témoignages d’experts", "Trois experts", "Dix minutes chacun."),
        Point(30, "Discours du ministre", "Cabinet", "Le texte est remis à la presse à la fin."),
        Point(30, "Remise de distinctions", "Protocole", "La liste, dans l’ordre de passage, au pupitre."),
        Point(45, "Photographie et cocktail", "", "Photographie d’abord, sur les marches."),
    ),
)

ROADS: Mapping[str, Road] = {road.kind: road for road in (FORUM, MSAS, ANNIVERSARY, PRESS)}

#: What every other event needs at least.
PLAIN = (
    Step("date", -30, "Arrêter date, lieu et participants"),
    Step("invitations", -21, "Inviter"),
    Step("documents", -7, "Envoyer les documents"),
    Step("door", 0, "Faire émarger"),
    Step("minutes", 7, "Publier le compte rendu"),
)
