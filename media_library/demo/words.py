"""Titles, captions and texts of the demo's library, from the facts of the communication plan 2017-2019."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CREDIT = "Atelier TOKTEN-Mali"


@dataclass(frozen=True)
class Shown:
    """One picture: its scene, name, and words in French and English."""

    scene: str
    filename: str
    title: str
    alt: str
    caption: str
    alt_en: str
    caption_en: str
    place: str
    day: date
    released: bool = True


PICTURES = [
    Shown(
        "building",
        "siege-du-programme.jpg",
        "Le siège du programme",
        "Dessin d’une maison d’architecture soudanaise à trois tours, quatre personnes "
        "devant la porte, au soleil couchant",
        "Le siège de TOKTEN-Mali, où les missions des experts de la diaspora se "
        "préparent avec les structures d’accueil.",
        "Drawing of a Sudanese-style house with three towers, four people at the door, at sunset",
        "The office of TOKTEN-Mali, where missions of experts from the diaspora are "
        "prepared with the host institutions.",
        "Bamako",
        date(2017, 8, 20),
    ),
    Shown(
        "assembly",
        "assemblee-des-scientifiques.jpg",
        "L’assemblée des scientifiques",
        "Dessin d’une salle pleine : cinq orateurs à une longue table, le public vu de dos",
        "Séance plénière des rencontres de la Société malienne des sciences appliquées, "
        "avec les délégations étrangères.",
        "Drawing of a full hall: five speakers at a long table, the audience seen from behind",
        "Plenary session of the conference of the Malian Society of Applied Sciences, "
        "with foreign delegations.",
        "Bamako",
        date(2018, 7, 30),
    ),
    Shown(
        "field",
        "mission-agriculture.jpg",
        "Mission dans les rizières",
        "Dessin de deux personnes qui lisent des notes au bord d’un champ de riz, un baobab derrière elles",
        "Une experte de la diaspora et un ingénieur relisent leurs relevés au bord des parcelles d’essai.",
        "Drawing of two people reading notes beside a rice field, a baobab behind them",
        "An expert from the diaspora and an engineer go over their readings beside the trial plots.",
        "Niono",
        date(2018, 10, 12),
    ),
    Shown(
        "laboratory",
        "formation-au-laboratoire.jpg",
        "Formation au laboratoire",
        "Dessin d’une chercheuse en blouse à sa paillasse, microscope, tubes et fioles colorées",
        "Travaux pratiques : les missions d’enseignement se donnent aussi au laboratoire.",
        "Drawing of a woman in a lab coat at her bench, microscope, tubes and coloured flasks",
        "Practical work: teaching missions take place in the laboratory too.",
        "Bamako",
        date(2018, 3, 6),
    ),
    Shown(
        "lesson",
        "cours-a-l-universite.jpg",
        "Un cours à l’université",
        "Dessin d’un professeur qui montre des graphiques au tableau, les étudiants vus de dos",
        "L’enseignement supérieur est le premier bénéficiaire des missions de courte durée.",
        "Drawing of a professor showing charts on a board, students seen from behind",
        "Higher education is the first to benefit from the short missions.",
        "Ségou",
        date(2018, 11, 19),
    ),
    Shown(
        "microphones",
        "conference-de-presse.jpg",
        "Conférence de presse",
        "Dessin de trois personnes derrière une table couverte de micros, des appareils "
        "photo au premier plan",
        "Trois intervenants, quarante-cinq minutes, et les questions de la presse nationale.",
        "Drawing of three people behind a table full of microphones, cameras in the foreground",
        "Three speakers, forty-five minutes, and the questions of the national press.",
        "Bamako",
        date(2019, 1, 29),
    ),
    Shown(
        "river",
        "sur-le-fleuve.jpg",
        "Sur le fleuve",
        "Dessin d’une pirogue et de cinq passagers sur le Niger au coucher du soleil",
        "En route vers une mission de sensibilisation, dix jours durant, d’une commune à l’autre.",
        "Drawing of a pirogue with five passengers on the Niger at sunset",
        "On the way to an awareness mission: ten days, from one commune to the next.",
        "Mopti",
        date(2018, 12, 4),
    ),
    Shown(
        "health",
        "mission-sante.jpg",
        "Mission de santé",
        "Dessin d’un centre de santé : un médecin reçoit une mère et son enfant, "
        "d’autres attendent à l’ombre",
        "Un médecin de la diaspora consulte avec ses confrères du centre de santé de référence.",
        "Drawing of a health centre: a doctor meets a mother and child, others wait in the shade",
        "A doctor from the diaspora sees patients with colleagues of the referral health centre.",
        "Sikasso",
        date(2018, 5, 15),
    ),
    Shown(
        "forum",
        "stands-du-forum.jpg",
        "Les stands du forum",
        "Dessin de quatre stands à auvents rayés, des visiteurs devant, des fanions au-dessus",
        "Au forum, chaque partenaire présente ses offres de mission et reçoit les visiteurs.",
        "Drawing of four stands with striped awnings, visitors in front, bunting above",
        "At the forum each partner presents its missions and meets visitors.",
        "Bamako",
        date(2018, 9, 22),
    ),
    Shown(
        "diaspora",
        "les-fils-de-la-diaspora.jpg",
        "Les fils de la diaspora",
        "Dessin abstrait : des fils de couleur partent de villes éloignées et se "
        "rejoignent en un cercle doré",
        "580 experts inscrits au fichier au 20 août 2017, et un seul point de rencontre.",
        "Abstract drawing: coloured threads run from distant cities and meet in a golden circle",
        "580 experts on file on 20 August 2017, and one meeting point.",
        "",
        date(2017, 8, 20),
    ),
    Shown(
        "cloth",
        "bogolan.jpg",
        "Bogolan",
        "Dessin de bandes de bogolan : losanges, croix, peignes et cercles en kaolin sur fond brun",
        "Le motif du programme, inspiré du bogolan, pour les couvertures et les dossiers.",
        "Drawing of bogolan bands: diamonds, crosses, combs and circles in kaolin on brown",
        "The programme’s pattern, after bogolan, for covers and folders.",
        "",
        date(2017, 9, 1),
    ),
    Shown(
        "ceremony",
        "remise-de-distinction.jpg",
        "Remise de distinction",
        "Dessin d’une estrade aux drapeaux du Mali : une distinction passe d’une main à l’autre",
        "La cérémonie du 5 février : une distinction est remise à une experte de la diaspora.",
        "Drawing of a stage with flags of Mali: an award passes from one hand to another",
        "The ceremony of 5 February: an award is presented to an expert from the diaspora.",
        "Bamako",
        date(2019, 2, 5),
        released=False,
    ),
]


@dataclass(frozen=True)
class Written:
    """One document: name, title, what it is, and its sections."""

    filename: str
    title: str
    caption: str
    caption_en: str
    day: date
    sections: list[tuple[str, list[str]]]


DOCUMENTS = [
    Written(
        "tokten-mali-en-chiffres.pdf",
        "TOKTEN-Mali en chiffres",
        "Deux pages de chiffres à citer, avec leurs dates.",
        "Two pages of figures to quote, with their dates (in French).",
        date(2017, 8, 20),
        [
            (
                "Le fichier des experts",
                [
                    "Au 20 août 2017, 580 experts maliens de l’extérieur étaient inscrits au fichier "
                    "du programme.",
                    "Ils viennent pour des missions courtes, à la demande d’une structure d’accueil au Mali.",
                ],
            ),
            (
                "Les missions",
                [
                    "D’octobre 1998 à juin 2017, 864 missions ont été réalisées au profit de 169 "
                    "structures bénéficiaires.",
                    "Elles servent l’enseignement, l’agriculture, la santé, les petites et moyennes entreprises et "
                    "l’administration.",
                ],
            ),
            (
                "Un accord de vingt ans",
                [
                    "Le premier accord date du 5 février 1998. Le programme relève du ministère chargé des Maliens de "
                    "l’extérieur, avec le Programme des Nations unies pour le développement.",
                ],
            ),
        ],
    ),
    Written(
        "guide-de-la-structure-d-accueil.pdf",
        "Guide de la structure d’accueil",
        "Comment demander un expert, le recevoir et rendre compte de sa mission.",
        "How to ask for an expert, receive them and report on the mission (in French).",
        date(2018, 1, 15),
        [
            (
                "Avant la mission",
                [
                    "Décrivez le besoin en une page : ce que l’expert doit transmettre, à qui, et ce "
                    "qui restera après lui.",
                    "Votre point focal transmet la demande ; l’équipe du programme propose les "
                    "profils du fichier.",
                ],
            ),
            (
                "Pendant la mission",
                [
                    "Nommez une personne qui accompagne l’expert chaque jour, et réservez les salles "
                    "et le matériel.",
                    "Notez les noms des personnes formées : elles recevront une attestation de "
                    "participation.",
                ],
            ),
            (
                "Après la mission",
                [
                    "Le rapport tient en trois pages et part dans le mois. Il dit ce qui a été fait, "
                    "pour qui, et la suite.",
                    "Avec votre accord, une photo et deux phrases paraissent dans le bulletin du programme.",
                ],
            ),
        ],
    ),
    Written(
        "charte-des-images.pdf",
        "Charte des images",
        "Ce que la presse peut reprendre, avec quel crédit, et comment demander autre chose.",
        "What the press may use, with which credit, and how to ask for more (in French).",
        date(2018, 2, 1),
        [
            (
                "Reprendre une image",
                [
                    "Les images de la médiathèque sont libres pour la presse, avec le crédit indiqué "
                    "à côté de chacune.",
                    "Les tailles « légère » et « presse » conviennent au web et au journal ; la "
                    "pleine taille à l’affiche.",
                ],
            ),
            (
                "Les personnes",
                [
                    "Personne n’est montré sans son accord. Qui change d’avis nous écrit : l’image "
                    "est retirée le jour même.",
                ],
            ),
        ],
    ),
]

TUNE = {
    "filename": "indicatif-radio.wav",
    "title": "Indicatif de l’émission radio",
    "caption": "Sept secondes de cordes pincées, pour ouvrir et fermer l’émission du programme.",
    "caption_en": "Seven seconds of plucked strings, to open and close the programme’s radio show.",
    "day": date(2018, 4, 3),
}

PAGE = {
    "slug": "mediatheque",
    "title": "Médiathèque",
    "summary": "Images, documents et sons à reprendre librement, avec leur crédit.",
}
PAGE_EN = {
    "slug": "media-library",
    "title": "Media library",
    "summary": "Pictures, documents and sounds to use freely, with their credit.",
}

# (file, name, function, ground of the consent, where its proof is kept); the persons are invented
PERSONS = [
    ("assemblee-des-scientifiques.jpg", "Aminata Keïta", "présidente de séance", "office", ""),
    (
        "siege-du-programme.jpg",
        "Moussa Traoré",
        "visiteur du programme",
        "written",
        "Formulaire signé, classeur « Images »",
    ),
]
