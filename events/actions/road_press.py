"""The road of a press conference. French, and the organisation's to change, as `road_plans` says."""

from __future__ import annotations

from datetime import time

from events.actions.road_steps import Road, Step, Text
from events.models import Access, Colour, Kind, QuestionKind

PRESS = Road(
    kind=Kind.PRESS_CONFERENCE,
    summary="Quarante à cinquante minutes : un exposé, puis les questions dans l’ordre des inscriptions.",
    paragraphs=(
        "Le dossier de presse est remis aux journalistes accrédités, sous embargo jusqu’au début.",
        "Chaque rédaction peut inscrire un journaliste et un technicien. L’accueil ouvre une demi-heure avant.",
    ),
    values={
        "takes_registrations": True,
        "needs_approval": True,
        "has_waiting_list": True,
        "capacity": 40,
        "outlet_cap": 2,
    },
    start_time=time(10),
    end_time=time(10, 45),
    categories=({"name": "Presse", "name_en": "Press", "colour": Colour.BRICK, "access": Access.APPROVAL},),
    badges={
        "size": "105x148",
        "heading": "[[evenement]]",
        "lines": "[[organisation]]",
        "foot": "[[CATEGORIE]]",
        "shows_code": True,
    },
    questions=(
        {
            "kind": QuestionKind.CHOICE,
            "label": "Avez-vous une carte de presse en cours de validité ?",
            "label_en": "Do you hold a valid press card?",
            "is_required": True,
            "choices": ({"label": "Oui", "label_en": "Yes"}, {"label": "Non", "label_en": "No"}),
        },
        {
            "kind": QuestionKind.LINE,
            "label": "Numéro de votre carte de presse",
            "label_en": "Number of your press card",
            "is_required": True,
            "after": (0, 0),
        },
        {
            "kind": QuestionKind.FILE,
            "label": "Lettre de mission de votre rédaction",
            "label_en": "Assignment letter from your newsroom",
            "help": "Une photo lisible suffit. Sans elle, nous appelons votre rédaction. Effacée après l’événement.",
            "help_en": "A readable photograph will do. Without it we call your newsroom. Erased after the event.",
            "after": (0, 1),
        },
    ),
    steps=(
        Step(
            "subject",
            -21,
            "Arrêter le sujet, l’orateur et l’heure",
            "Quarante à cinquante minutes, le matin.",
        ),
        Step(
            "kit", -14, "Préparer le dossier de presse sous embargo", "Il s’ouvre au début de la conférence."
        ),
        Step("invitation", -10, "Envoyer l’invitation presse", "Aux journalistes de l’audience presse."),
        Step(
            "papers",
            -12,
            "Demander la carte de presse ou la lettre de mission",
            "Le formulaire les demande déjà : onglet « Formulaire ». Relire ses questions.",
        ),
        Step(
            "outlets",
            -12,
            "Fixer combien de personnes une rédaction peut envoyer",
            "« Ouvrir ou clore les inscriptions » : deux, un journaliste et un technicien.",
        ),
        Step(
            "accreditations",
            -5,
            "Répondre aux demandes d’accréditation",
            "Aucune place ne compte avant votre accord.",
        ),
        Step("calls", -2, "Rappeler les rédactions par téléphone"),
        Step("room", -1, "Vérifier la salle, le son et la connexion"),
        Step("badges", -1, "Imprimer les badges « PRESSE »", "Onglet « Badges » : format A6, bandeau rouge."),
        Step(
            "questions",
            -1,
            "Arrêter l’ordre des questions",
            "Onglet « Ordre des questions » : la feuille du modérateur s’imprime.",
        ),
        Step(
            "door",
            0,
            "Tenir l’accueil et l’ordre des questions",
            "Onglets « Porte » et « Ordre des questions ».",
        ),
        Step("release", 0, "Publier le communiqué et les sons"),
        Step("absent", 1, "Envoyer le dossier aux absents"),
        Step(
            "coverage",
            7,
            "Relever les retombées",
            "La liste dit quelles rédactions présentes n’ont rien publié encore.",
        ),
    ),
    texts=(
        Text(
            "invitation",
            "Invitation presse",
            "La Coordination du TOKTEN-Mali invite la presse à : [titre], [date], à [lieu].\n\nUn exposé de "
            "quinze minutes "
            "sera suivi des questions. Merci de vous inscrire par la page de l’événement : une place par journaliste, "
            "un technicien par rédaction.\n\n[signataire]",
        ),
        Text(
            "phone",
            "Rappel par téléphone",
            "Bonjour, ici la Coordination du TOKTEN-Mali. Nous vous attendons [date], à [lieu], pour : [titre]. "
            "Pouvez-vous nous confirmer votre venue, et le nom de votre technicien ?",
        ),
        Text(
            "cancelled",
            "Report ou annulation",
            "La Coordination du TOKTEN-Mali vous informe que : [titre], prévue [date], n’aura pas lieu à cette date. "
            "Nous vous prions de nous en excuser et vous tiendrons informés.",
        ),
    ),
)
