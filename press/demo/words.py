"""The demo's releases, in our own words, from the facts of the communication plan 2017-2019."""

from __future__ import annotations

from datetime import date
from typing import Any

TOPICS = {
    "programme": ("Le programme", "The programme"),
    "diaspora": ("Diaspora", "Diaspora"),
    "enseignement": ("Enseignement supérieur", "Higher education"),
    "sante": ("Santé", "Health"),
    "agriculture": ("Agriculture", "Agriculture"),
    "recherche": ("Recherche", "Research"),
}
BOILERPLATE = {
    "fr": (
        "À propos du TOKTEN-Mali",
        "<p>Le TOKTEN-Mali fait revenir, pour de courtes missions, des experts maliens installés à l’étranger. Conduit "
        "depuis 1998 par le ministère chargé des Maliens de l’extérieur avec l’appui du PNUD, il a réalisé 864 "
        "missions jusqu’en juin 2017, auprès de 169 structures bénéficiaires.</p>",
    ),
    "en": (
        "About TOKTEN-Mali",
        "<p>TOKTEN-Mali brings Malian experts who live abroad back for short missions. Run since 1998 by the ministry "
        "for Malians abroad with the support of UNDP, it had carried out 864 missions by June 2017, in 169 host "
        "organisations.</p>",
    ),
}
CONTACTS: tuple[dict[str, Any], ...] = (
    {
        "fr": {"function": "Chargée de communication", "on_call": "Tous les jours, de 7 h à 22 h GMT"},
        "en": {"function": "Communication officer", "on_call": "Every day, 7 a.m. to 10 p.m. GMT"},
        "name": "Kadiatou Sangaré",
        "telephone": "+223 20 00 00 11",
        "whatsapp": "+223 70 00 00 11",
        "email": "presse@tokten.example.org",
        "languages_spoken": "français, bamanankan",
        "sort_order": 1,
    },
    {
        "fr": {"function": "Coordination du programme", "on_call": "Jours ouvrés, de 8 h à 16 h GMT"},
        "en": {"function": "Programme coordination", "on_call": "Working days, 8 a.m. to 4 p.m. GMT"},
        "name": "Seydou Dembélé",
        "telephone": "+223 20 00 00 12",
        "whatsapp": "",
        "email": "coordination@tokten.example.org",
        "languages_spoken": "français, English",
        "sort_order": 2,
    },
)
COORDINATOR = ("Seydou Dembélé", "Coordinateur du TOKTEN-Mali")

Block = tuple[str, Any]


def _p(text: str) -> Block:
    return ("paragraph", f"<p>{text}</p>")


def _quote(text: str) -> Block:
    return ("quote", {"text": text, "speaker": COORDINATOR[0], "function": COORDINATOR[1]})


RESULTS_TABLE: Block = (
    "table",
    {
        "caption": "Missions par secteur, 2012-2016 (évaluation finale)",
        "header": ["Secteur", "Prévues", "Réalisées", "Taux", "Personnes formées"],
        "rows": [
            ["Éducation", "172", "149", "86,63 %", "10 132"],
            ["Agriculture", "22", "7", "31,82 %", "218"],
            ["Santé", "20", "14", "70,00 %", "169"],
            ["PME-PMI", "41", "12", "29,27 %", "332"],
            ["Autres administrations", "15", "13", "86,67 %", "463"],
            ["Total", "270", "195", "72,22 %", "11 314"],
        ],
    },
)

PHASE_CORRECTED = "Le montant de la phase 2017-2019 réunit les apports de l’État et du PNUD."
#: former: (block as it is, block as it first was), so that a correction has words to compare. attachments: file names.
RELEASES: tuple[dict[str, Any], ...] = (
    {
        "slug": "580-experts-au-fichier",
        "kind": "release",
        "date": date(2017, 8, 28),
        "topics": ("diaspora", "programme"),
        "picture": "fleuve-niger",
        "title": "Le fichier des experts de la diaspora compte 580 noms",
        "lead": "Au 20 août 2017, cinq cent quatre-vingts Maliennes et Maliens de l’étranger sont inscrits au "
        "fichier du "
        "TOKTEN. Une structure qui a besoin d’un savoir précis peut demander une mission dès cette rentrée.",
        "body": [
            _p(
                "Enseignants, médecins, agronomes, ingénieurs, juristes : les inscrits vivent sur les cinq "
                "continents et "
                "se disent prêts à donner quelques semaines à leur pays. Le fichier est tenu par la coordination, qui "
                "rapproche chaque demande d’une structure et les compétences disponibles."
            ),
            (
                "figures",
                {
                    "title": "Le programme en trois nombres",
                    "figures": [
                        {"value": "580", "label": "experts au fichier (20 août 2017)"},
                        {"value": "864", "label": "missions (octobre 1998 à juin 2017)"},
                        {"value": "169", "label": "structures bénéficiaires"},
                    ],
                    "source": "Coordination du TOKTEN-Mali",
                },
            ),
            _quote("Le savoir est là, il est disponible, il parle nos langues. Il reste à le demander."),
            ("heading", "Comment demander une mission"),
            (
                "paragraph",
                "<p>Toute structure publique, collectivité, université, organisation ou entreprise peut "
                ":</p><ul><li>écrire "
                "son besoin en une page ;</li><li>désigner un homologue, qui restera auprès de l’expert "
                ";</li><li>proposer "
                "des dates à la coordination ou au point focal de son ministère.</li></ul>",
            ),
        ],
        "en": {
            "slug": "580-experts-on-file",
            "title": "580 experts of the diaspora are now on file",
            "lead": "On 20 August 2017, five hundred and eighty Malians living abroad were registered with TOKTEN. Any "
            "organisation in need of a precise skill may ask for a mission from this autumn.",
            "body": [
                _p(
                    "Teachers, physicians, agronomists, engineers, lawyers: those on file live on five "
                    "continents and are "
                    "ready to give a few weeks to their country. The coordination unit matches each request with the "
                    "skills at hand."
                ),
                _p(
                    "Organisations write down what they need on one page, name a counterpart, and suggest dates."
                ),
            ],
        },
    },
    {
        "slug": "resultats-2012-2016",
        "kind": "note",
        "date": date(2017, 11, 14),
        "topics": ("programme", "enseignement", "agriculture", "sante"),
        "picture": "amphitheatre",
        "title": "2012-2016 : 195 missions, plus de onze mille personnes formées",
        "lead": "L’évaluation finale de la phase 2012-2016 donne un taux de réalisation de 72,22 %. "
        "L’enseignement tire "
        "l’ensemble ; l’agriculture et les petites entreprises restent à servir.",
        "body": [
            _p(
                "Sur 270 missions prévues, 195 ont eu lieu. Elles ont formé 11 314 personnes, dont neuf sur dix dans "
                "l’éducation. Le tableau ci-dessous reprend les chiffres du rapport d’évaluation."
            ),
            RESULTS_TABLE,
            ("heading", "Ce que disent ces chiffres"),
            _p(
                "L’éducation et les administrations ont presque épuisé leur programme. L’agriculture et les "
                "PME-PMI n’ont "
                "reçu qu’un tiers des missions annoncées : les besoins y sont moins souvent écrits, et les "
                "experts plus "
                "difficiles à libérer en pleine campagne."
            ),
            _quote("Un bon résultat que personne ne connaît ne convainc aucun partenaire."),
            _p(
                "La phase de transition, de 2017 à 2019, dispose de 684 millions de FCFA apportés par l’État et "
                "le PNUD. "
                "Elle doit corriger ce déséquilibre et rendre les missions visibles."
            ),
        ],
        "en": {
            "slug": "results-2012-2016",
            "title": "2012-2016: 195 missions, more than eleven thousand people trained",
            "lead": "The final evaluation of the 2012-2016 phase counts 72.22% of planned missions carried out. "
            "Education "
            "leads; agriculture and small businesses are still to be served.",
            "body": [
                _p(
                    "Of 270 planned missions, 195 took place and trained 11,314 people, nine out of ten in education."
                ),
                _p("The transition phase, 2017 to 2019, has 684 million CFA francs from the State and UNDP."),
            ],
        },
    },
    {
        "slug": "invitation-conference-de-presse-5-fevrier",
        "kind": "invitation",
        "date": date(2018, 1, 29),
        "topics": ("programme",),
        "title": "Invitation : conférence de presse des vingt ans, le lundi 5 février 2018",
        "lead": "La coordination du TOKTEN-Mali invite les rédactions à une conférence de presse de quarante à "
        "cinquante "
        "minutes, le jour anniversaire de la première convention.",
        "body": [
            (
                "timeline",
                {
                    "title": "Déroulé",
                    "items": [
                        {"date": "10 h 00", "text": "Accueil et remise du dossier de presse"},
                        {"date": "10 h 15", "text": "Vingt ans de missions : le bilan"},
                        {"date": "10 h 35", "text": "Questions des journalistes"},
                        {"date": "10 h 50", "text": "Entretiens individuels et prises de vue"},
                    ],
                },
            ),
            _p(
                "Les rédactions sont priées de confirmer leur présence auprès de la chargée de communication, "
                "avec le nom "
                "du journaliste et, pour la télévision, le nombre de personnes de l’équipe."
            ),
        ],
    },
    {
        "slug": "vingt-ans-du-tokten-mali",
        "kind": "release",
        "date": date(2018, 2, 5),
        "topics": ("programme", "diaspora"),
        "picture": "vingt-ans",
        "kit": "vingt-ans",
        "title": "Vingt ans de retours qui servent : le TOKTEN-Mali fête son anniversaire",
        "lead": "Le 5 février 1998, le Mali et le PNUD signaient leur première convention. Vingt ans plus tard, "
        "864 missions "
        "ont été réalisées et une trentaine d’experts sont rentrés s’installer au pays.",
        "body": [
            _p(
                "De toutes les expériences comparables dans l’UEMOA, celle du Mali est la seule qui n’ait jamais été "
                "interrompue. Des délégations du Niger, du Sénégal et du Togo sont venues l’étudier à Bamako."
            ),
            _quote(
                "On nous demandait si les cerveaux partis reviendraient. Beaucoup reviennent : trois semaines, "
                "six semaines, "
                "et parfois pour de bon."
            ),
            ("heading", "Former ceux qui forment"),
            _p(
                "Cinquante-quatre thèses de doctorat ont été encadrées dans le cadre du programme, et cent cinq "
                "autres avec "
                "le programme de formation des formateurs des universités. Les docteurs enseignent aujourd’hui les "
                "mathématiques, la physique, la chimie, la biologie, l’informatique et le droit dans les "
                "universités du "
                "pays ; plusieurs ont été admis maîtres de conférences par le CAMES."
            ),
            ("heading", "Une journée à instituer"),
            _p(
                "La coordination propose que le 5 février devienne la Journée du TOKTEN-Mali. Les ministres "
                "chargés des "
                "Maliens de l’extérieur et de l’enseignement supérieur pourraient conduire auprès du Premier "
                "ministre une "
                "délégation d’experts, de docteurs et de consultants rentrés."
            ),
            (
                "timeline",
                {
                    "title": "Les étapes",
                    "items": [
                        {"date": "5 février 1998", "text": "Première convention entre le Mali et le PNUD"},
                        {"date": "Octobre 1998", "text": "Première mission"},
                        {"date": "2009", "text": "Le programme s’élargit"},
                        {"date": "2014", "text": "La politique migratoire lui consacre son axe 4.4"},
                        {"date": "2017", "text": "Phase de transition, jusqu’en 2019"},
                    ],
                },
            ),
            (
                "callout",
                {
                    "title": "Pour les rédactions",
                    "text": "<p>Le dossier de presse réunit l’affiche, des dessins libres de droits pour la "
                    "presse et les "
                    "documents de référence, en trois tailles selon votre connexion.</p>",
                },
            ),
        ],
        "en": {
            "slug": "twenty-years-of-tokten-mali",
            "title": "Twenty years of useful returns: TOKTEN-Mali marks its anniversary",
            "lead": "On 5 February 1998 Mali and UNDP signed their first agreement. Twenty years on, 864 "
            "missions have been "
            "carried out and some thirty experts have come home for good.",
            "body": [
                _p(
                    "Of all comparable schemes in the West African monetary union, Mali’s is the only one never "
                    "to have "
                    "stopped. Delegations from Niger, Senegal and Togo came to Bamako to study it."
                ),
                _p(
                    "Fifty-four doctoral theses were supervised within the programme, and one hundred and five "
                    "more beside it."
                ),
            ],
        },
    },
    {
        "slug": "couverture-30-juin-renaissance-scientifique",
        "kind": "coverage_request",
        "date": date(2018, 6, 25),
        "topics": ("recherche", "enseignement"),
        "title": "Demande de couverture : le 30 juin, Journée de la renaissance scientifique africaine",
        "lead": "Des experts venus d’Europe et d’Amérique prendront la parole lors de la journée du 30 juin. "
        "Nous demandons "
        "aux rédactions d’en assurer la couverture.",
        "body": [
            _p(
                "La journée est depuis plusieurs années une tribune pour les missions : conférences grand public, "
                "démonstrations, échanges avec les étudiants."
            ),
            _p("Deux experts seront disponibles pour des entretiens, en français et en bamanankan."),
        ],
    },
    {
        "slug": "agriculture-cinq-missions-a-pourvoir",
        "kind": "release",
        "date": date(2018, 10, 9),
        "topics": ("agriculture",),
        "picture": "rizieres",
        "title": "Agriculture : le programme cherche des structures à servir",
        "lead": "Sept missions agricoles sur vingt-deux ont eu lieu entre 2012 et 2016. La coordination invite "
        "coopératives, "
        "instituts et collectivités à écrire leurs besoins.",
        "body": [
            _p(
                "Les experts inscrits connaissent l’irrigation, la transformation des céréales, la santé animale et "
                "l’économie des filières. Ce sont les demandes qui manquent."
            ),
            _quote("Une page suffit : ce que vous voulez apprendre, qui l’apprendra, et quand."),
        ],
    },
    {
        "slug": "le-tokten-mali-en-bref",
        "kind": "fact_sheet",
        "date": date(2019, 2, 4),
        "topics": ("programme",),
        "title": "Fiche technique : le TOKTEN-Mali en bref",
        "lead": "Dates, financements, nombres : les repères à garder sous la main pour parler du programme.",
        "body": [
            (
                "table",
                {
                    "caption": "Financement par phase",
                    "header": ["Phase", "Montant (FCFA)"],
                    "rows": [
                        ["1998-2008", "1 105 449 276"],
                        ["2008-2011", "771 000 000"],
                        ["2012-2016", "2 760 305 276"],
                        ["2017-2019", "684 000 000"],
                    ],
                },
            ),
            _p(
                "Tutelle : le ministère des Maliens de l’extérieur et de l’intégration africaine. Partenaire : le PNUD."
            ),
            _p(PHASE_CORRECTED),
        ],
        "former": (_p(PHASE_CORRECTED), _p("Le montant de la phase 2017-2019 est de 684 000 000 FCFA.")),
        "attachments": ("tokten-mali-en-chiffres.pdf",),
        "correction": "Le montant de la phase 2017-2019 réunit les apports de l’État et du PNUD, ce que la "
        "première version "
        "ne disait pas.",
    },
    {
        "slug": "rectificatif-nombre-de-theses",
        "kind": "erratum",
        "date": date(2019, 2, 18),
        "topics": ("enseignement", "recherche"),
        "title": "Rectificatif : cinquante-quatre thèses, et non cent cinquante-neuf",
        "lead": "Plusieurs journaux ont additionné deux nombres. Cinquante-quatre thèses relèvent du seul "
        "TOKTEN ; cent cinq "
        "autres, du programme de formation des formateurs.",
        "body": [_p("Nous remercions les rédactions de bien vouloir publier cette précision.")],
    },
)

AHEAD: dict[str, Any] = {
    "slug": "catalogue-annuel-des-competences",
    "kind": "release",
    "number": 14,
    "topics": ("diaspora", "programme"),
    "picture": "centre-de-sante",
    "kit": "catalogue",
    "title": "Le premier catalogue des compétences de la diaspora paraît",
    "lead": "Qui sait quoi, où, et pour combien de semaines : le catalogue annuel présente les experts disponibles par "
    "secteur et par région.",
    "body": [
        _p(
            "Le catalogue est remis aux ministères, aux collectivités et aux organisations professionnelles. Il "
            "sera mis à "
            "jour chaque année avec les antennes de relais."
        ),
        _quote("Nous voulons qu’une mairie trouve son hydraulicien comme on trouve un numéro de téléphone."),
    ],
    "en": {
        "slug": "annual-catalogue-of-skills",
        "title": "The first catalogue of the diaspora’s skills is out",
        "lead": "Who knows what, where, and for how many weeks: the annual catalogue lists available experts by "
        "sector and "
        "region.",
        "body": [
            _p(
                "The catalogue goes to ministries, local authorities and professional bodies, and is renewed each year."
            )
        ],
    },
}

KITS: tuple[dict[str, Any], ...] = (
    {
        "key": "vingt-ans",
        "slug": "vingt-ans",
        "title": "Vingt ans du TOKTEN-Mali",
        "lead": "L’affiche, des dessins à publier et les documents de référence de l’anniversaire.",
        "topics": ("programme",),
        "pictures": ("vingt-ans", "fleuve-niger", "amphitheatre", "rizieres"),
        "documents": ("Le plan de communication 2017-2019 en bref", "Résultats par secteur, 2012-2016"),
        "date": date(2018, 2, 1),
        "en": {
            "slug": "twenty-years",
            "title": "Twenty years of TOKTEN-Mali",
            "lead": "The poster, drawings to publish, and the reference documents of the anniversary.",
        },
    },
    {
        "key": "catalogue",
        "slug": "catalogue-des-competences",
        "title": "Catalogue des compétences",
        "lead": "Le dessin de couverture et le dépliant, sous embargo avec le communiqué.",
        "topics": ("diaspora",),
        "pictures": ("centre-de-sante",),
        "documents": (),
        "date": None,
    },
    {
        "key": "identite",
        "slug": "identite-visuelle",
        "title": "Logos et identité visuelle",
        "lead": "Le logo du programme en trois versions, à reprendre tel quel.",
        "topics": ("programme",),
        "pictures": ("logo-tokten-mali-couleur", "logo-tokten-mali-noir", "logo-tokten-mali-clair"),
        "documents": (),
        "date": date(2017, 9, 4),
        "section": "logos",
        "en": {
            "slug": "visual-identity",
            "title": "Logos and visual identity",
            "lead": "The programme’s logo in three versions, to be used as it is.",
        },
    },
)

SOUND = {
    "filename": "indicatif-radio.wav",
    "speaker": "L’émission radio du TOKTEN-Mali",
    "function": "Indicatif",
    "language": "sans paroles",
    "verbatim": "Sept secondes de cordes pincées, sans paroles.",
    "launch": "Voici l’émission du TOKTEN-Mali, sur les compétences qui reviennent au pays.",
}
