"""The French words of the demo."""

from __future__ import annotations

from typing import Any

Block = tuple[str, Any]

ORGANISATION: dict[str, str] = {
    "name": "TOKTEN-Mali",
    "full_name": "Programme TOKTEN-Mali – ministère des Maliens de l’extérieur et de l’intégration africaine",
    "tagline": "Les savoirs de la diaspora",
    "tagline_en": "Knowledge from the diaspora",
    "address": "Coordination du programme TOKTEN-Mali\nBamako, Mali",
    "phone": "+223 20 00 00 00",
    "email": "communication@tokten.example.org",
    "sender_name": "TOKTEN-Mali, unité de communication",
    "sender_email": "communication@tokten.example.org",
}

HOME: dict[str, Any] = {
    "seo_title": "Les savoirs de la diaspora malienne",
    "summary": "Le programme TOKTEN-Mali fait revenir, le temps d’une mission, des experts maliens établis à "
    "l’étranger. Communiqués, agenda, médiathèque et résultats.",
    "welcome": "Des experts maliens de l’étranger reviennent, le temps d’une mission, transmettre ce qu’ils savent.",
    "figures": [
        (580, "experts inscrits au fichier"),
        (864, "missions réalisées"),
        (169, "structures bénéficiaires"),
    ],
    "figures_source": "Experts : 20 août 2017. Missions et structures : d’octobre 1998 à juin 2017.",
    "body": [],
}

PROGRAMME: dict[str, Any] = {
    "slug": "programme",
    "title": "Le programme",
    "summary": "Depuis 1998, TOKTEN-Mali met l’expertise des Maliens de l’étranger au service des écoles, des "
    "hôpitaux, des exploitations, des entreprises et des administrations du pays.",
    "body": [
        (
            "paragraph",
            "<p>Le Mali voit partir une bonne part de ses diplômés. Le programme part d’un constat simple : "
            "beaucoup d’entre eux veulent rendre à leur pays une part de ce qu’ils ont appris, sans pouvoir "
            "rentrer pour de bon. Une mission de quelques semaines suffit à former une équipe, à encadrer une "
            "thèse, à mettre en route un appareil.</p><p>C’est un projet à exécution nationale : le ministère "
            "des Maliens de l’extérieur et de l’intégration africaine (MMEIA) le conduit avec l’appui du "
            "Programme des Nations unies pour le développement (PNUD). La politique nationale de migration, "
            "adoptée le 3 septembre 2014, lui réserve son axe 4.4.</p>",
        ),
    ],
}

PROGRAMME_ARTICLES: list[dict[str, Any]] = [
    {
        "slug": "deroulement-d-une-mission",
        "title": "Comment se déroule une mission",
        "summary": "Du besoin exprimé par une structure au rapport de l’expert : six étapes, quelques semaines.",
        "body": [
            ("heading", "Une demande vient d’abord"),
            (
                "paragraph",
                "<p>Tout commence par un besoin. Une faculté manque d’un enseignant pour un module de "
                "biotechnologie ; un hôpital veut former ses infirmiers à un nouveau protocole ; une "
                "coopérative cherche à mieux conserver ses récoltes. La structure rédige des termes de "
                "référence : ce qu’il y a à transmettre, à qui, pendant combien de temps.</p>",
            ),
            (
                "timeline",
                {
                    "title": "Les six étapes",
                    "items": [
                        {
                            "date": "1. Le besoin",
                            "text": "La structure décrit ce qu’elle attend et nomme un homologue.",
                        },
                        {
                            "date": "2. Le point focal",
                            "text": "Il relit la demande et la transmet à la coordination.",
                        },
                        {
                            "date": "3. Le choix",
                            "text": "La coordination cherche dans le fichier des experts ; le comité "
                            "de pilotage retient les missions.",
                        },
                        {
                            "date": "4. Le séjour",
                            "text": "L’expert vient quelques semaines ; l’homologue travaille à ses côtés.",
                        },
                        {
                            "date": "5. Le compte rendu",
                            "text": "Expert et structure disent ce qui a été fait et ce qui reste à faire.",
                        },
                        {
                            "date": "6. Le suivi",
                            "text": "Le point focal remet chaque trimestre un rapport d’activités.",
                        },
                    ],
                },
            ),
            ("heading", "L’homologue, celui à qui l’on transmet"),
            (
                "paragraph",
                "<p>Chaque expert travaille avec un homologue désigné par la structure. C’est à lui que le "
                "savoir passe, et c’est lui qui le garde une fois l’expert reparti. Une mission sans homologue "
                "n’est pas retenue.</p><p>À l’issue de certaines formations, une attestation cosignée par le "
                "programme est remise aux participants.</p>",
            ),
            (
                "callout",
                {
                    "title": "Vous dirigez une structure ?",
                    "text": "<p>Écrivez à votre point focal, ou directement à la coordination : une page "
                    "suffit pour une première demande.</p>",
                },
            ),
        ],
    },
    {
        "slug": "reperes",
        "title": "Repères, de 1998 à 2019",
        "summary": "De la convention du 5 février 1998 à la phase transitoire : les dates qui ont fait le programme.",
        "body": [
            (
                "timeline",
                {
                    "title": "",
                    "items": [
                        {
                            "date": "5 février 1998",
                            "text": "Le Mali et le PNUD signent la première convention de financement.",
                        },
                        {"date": "Octobre 1998", "text": "Les premières missions commencent."},
                        {
                            "date": "1999-2005",
                            "text": "Le bulletin « Tokten-info » circule jusque dans les ambassades et les ministères.",
                        },
                        {
                            "date": "Octobre 2003",
                            "text": "Stand d’une semaine au premier Forum de la diaspora ; le site "
                            "web ouvre la même année.",
                        },
                        {
                            "date": "Décembre 2006",
                            "text": "Tournage d’un documentaire sur le retour des savoirs.",
                        },
                        {
                            "date": "2009",
                            "text": "Le programme s’élargit à la santé, à l’agriculture et aux "
                            "petites et moyennes entreprises ; stand au Forum des investisseurs (FIDIMA).",
                        },
                        {
                            "date": "Juillet 2010",
                            "text": "Forum de la diaspora intellectuelle, scientifique et technique "
                            "(DIASPO-ISTM), à Bamako.",
                        },
                        {
                            "date": "2012-2016",
                            "text": "195 missions réalisées sur 270 prévues ; 11 314 personnes formées.",
                        },
                        {
                            "date": "3 septembre 2014",
                            "text": "La politique nationale de migration consacre son axe 4.4 au programme.",
                        },
                        {
                            "date": "2017-2019",
                            "text": "Phase transitoire, avec un plan de communication de vingt-huit mois.",
                        },
                        {"date": "5 février 2018", "text": "Le programme a vingt ans."},
                    ],
                },
            ),
        ],
    },
    {
        "slug": "phases-et-financement",
        "title": "Phases et financement",
        "summary": "Quatre phases depuis 1998, et les moyens que le Mali et ses partenaires y ont mis.",
        "body": [
            (
                "table",
                {
                    "caption": "Financement acquis depuis le démarrage",
                    "header": ["Phase", "Années", "Montant"],
                    "rows": [
                        ["TOKTEN initial", "1998-2008", "1\u202f105\u202f449\u202f276 FCFA"],
                        ["TOKTEN élargi", "2008-2011", "771\u202f000\u202f000 FCFA"],
                        ["Suite de TOKTEN élargi", "2012-2016", "2\u202f760\u202f305\u202f276 FCFA"],
                        ["Phase transitoire (Mali et PNUD)", "2017-2019", "684\u202f000\u202f000 FCFA"],
                    ],
                },
            ),
            (
                "paragraph",
                "<p>Une mission d’expert de la diaspora coûte moins cher qu’une assistance technique classique : "
                "l’expert connaît la langue, le pays et souvent la structure qui l’accueille. C’est l’un des "
                "arguments que les évaluations de 2011 à 2016 ont retenus en faveur d’une extension.</p>",
            ),
        ],
    },
    {
        "slug": "points-focaux-et-antennes",
        "title": "Points focaux et antennes de relais",
        "summary": "Ceux qui portent le programme dans les structures, au Mali, et auprès de la diaspora, ailleurs.",
        "body": [
            (
                "paragraph",
                "<p>Le point focal représente le programme dans une structure bénéficiaire. La coordination le "
                "reçoit un jour par semaine : il y remet son rapport trimestriel, suit les demandes en cours et "
                "prépare l’arrivée des experts.</p><p>L’antenne de relais fait connaître le programme là où "
                "vivent les Maliens de l’étranger : en France, en Allemagne, en Italie, en Espagne, au Canada et "
                "aux États-Unis, où des missions de promotion ont déjà eu lieu.</p>",
            ),
            (
                "quote",
                {
                    "text": "Notre travail commence avant l’avion et finit longtemps après : une mission réussie, "
                    "c’est une équipe qui continue sans l’expert.",
                    "speaker": "Un point focal",
                    "function": "rencontre hebdomadaire de la coordination",
                },
            ),
        ],
    },
    {
        "slug": "partenaires",
        "title": "Partenaires",
        "summary": "Qui conduit le programme, qui le finance, qui s’y associe.",
        "body": [
            ("heading", "Tutelle et appui"),
            (
                "paragraph",
                "<ul><li>Ministère des Maliens de l’extérieur et de l’intégration africaine (MMEIA)</li>"
                "<li>Programme des Nations unies pour le développement (PNUD)</li>"
                "<li>Délégation générale des Maliens de l’extérieur (DGME)</li></ul>",
            ),
            ("heading", "Emploi, formation, entreprises"),
            (
                "paragraph",
                "<ul><li>Agence pour la promotion de l’emploi des jeunes (APEJ)</li>"
                "<li>Agence nationale pour l’emploi (ANPE)</li>"
                "<li>Fonds d’appui à la formation professionnelle et à l’apprentissage (FAFPA)</li>"
                "<li>Centre du secteur privé (CSP)</li>"
                "<li>Conseil national du patronat du Mali</li>"
                "<li>Assemblée permanente des chambres de métiers du Mali (APCMM)</li></ul>",
            ),
            ("heading", "Migrations, science, médias"),
            (
                "paragraph",
                "<ul><li>Centre d’information et de gestion des migrations (CIGEM)</li>"
                "<li>Société malienne des sciences appliquées (MSAS)</li>"
                "<li>Office de radiodiffusion télévision du Mali (ORTM)</li></ul>",
            ),
        ],
    },
    {
        "slug": "un-exemple-dans-la-sous-region",
        "title": "Un exemple regardé dans la sous-région",
        "summary": "Le Bénin, le Sénégal, le Niger, le Togo ont essayé la formule ; celle du Mali "
        "dure depuis vingt ans.",
        "body": [
            (
                "paragraph",
                "<p>Le Niger s’est inspiré de l’expérience malienne pour rédiger son propre document de projet, en "
                "2008. Le coordinateur du TOKTEN-Sénégal est venu à Bamako le 28 septembre 2011 ; en 2015, ce "
                "fut le tour du responsable de l’unité Diaspora du Togo. Ailleurs dans l’UEMOA, les essais n’ont "
                "pas dépassé cinq ans.</p><p>D’où une idée, que le plan de communication défend : un programme "
                "TOKTEN à l’échelle de l’UEMOA, puis de la CEDEAO.</p>",
            ),
        ],
    },
]

RESULTS: dict[str, Any] = {
    "slug": "resultats",
    "title": "Résultats par secteur",
    "summary": "De 2012 à 2016, 195 missions sur les 270 prévues, et 11 314 personnes formées. L’éducation en a reçu "
    "les trois quarts.",
    "source": "rapport final d’évaluation de TOKTEN, 2012-2016",
    "body": [
        ("heading", "Ce que disent ces chiffres"),
        (
            "paragraph",
            "<p>L’éducation et les administrations ont tenu plus de 86 % de leurs prévisions. La santé en a tenu "
            "sept sur dix. L’agriculture et les petites entreprises restent sous le tiers : les demandes y sont "
            "plus dispersées, et les structures moins préparées à accueillir un expert.</p>",
        ),
        (
            "figures",
            {
                "title": "Et depuis le début",
                "figures": [
                    {"value": "54", "label": "thèses encadrées dans le programme"},
                    {"value": "105", "label": "autres avec la Formation des formateurs"},
                    {"value": "30 env.", "label": "experts rentrés s’installer au Mali"},
                ],
                "source": "plan de communication 2017-2019",
            },
        ),
    ],
}

DOCUMENTS: dict[str, Any] = {
    "slug": "documents",
    "title": "Documents",
    "summary": "Les documents clés du programme, à lire et à faire circuler.",
    "body": [],
}

ABOUT: list[dict[str, Any]] = [
    {
        "slug": "contact",
        "title": "Nous joindre",
        "summary": "La coordination répond aux structures, aux experts et à la presse.",
        "body": [
            (
                "paragraph",
                "<p>Coordination du programme TOKTEN-Mali, Bamako.<br/>Téléphone : +223 20 00 00 00<br/>Courriel : "
                "communication@tokten.example.org</p><p>La coordination est ouverte du lundi au vendredi, de "
                "8 h 00 à 16 h 00. Les points focaux y sont reçus chaque semaine.</p>",
            ),
            ("heading", "Vous êtes journaliste"),
            (
                "paragraph",
                "<p>Le bureau de presse répond dans la journée. Vous trouverez dans la salle de presse les "
                "communiqués, les dossiers et le numéro de la personne à appeler.</p>",
            ),
        ],
    },
    {
        "slug": "mentions-legales",
        "title": "Mentions légales",
        "summary": "Qui publie ce site, et ce que vous pouvez faire de ce qui s’y trouve.",
        "body": [
            (
                "paragraph",
                "<p>Ce site est publié par la coordination du programme TOKTEN-Mali, projet du ministère des "
                "Maliens de l’extérieur et de l’intégration africaine.</p><p>Les textes peuvent être repris en "
                "citant la source. Chaque photographie porte son crédit et sa licence : reprenez-les "
                "avec elle.</p>",
            ),
        ],
    },
    {
        "slug": "donnees-personnelles",
        "title": "Vos données personnelles",
        "summary": "Ce que nous gardons de vous, pourquoi, combien de temps, et comment le faire changer.",
        "body": [
            (
                "paragraph",
                "<p>Lire ce site ne dépose aucun témoin de connexion et n’appelle aucun service extérieur.</p>"
                "<p>Si vous vous inscrivez à un événement ou à une lettre, nous gardons votre nom, votre adresse "
                "ou votre téléphone, et ce que vous nous dites de votre structure : de quoi vous répondre, vous "
                "accueillir et compter les participants. La loi n° 2013-015 sur la protection des données à "
                "caractère personnel vous donne le droit de les lire, de les corriger et de les faire "
                "effacer.</p><p>Chaque message que nous envoyons porte un lien pour ne plus en recevoir.</p>",
            ),
        ],
    },
    {
        "slug": "accessibilite",
        "title": "Accessibilité",
        "summary": "Un site qui se lit au clavier, à l’oreille, sur un petit téléphone et par une liaison lente.",
        "body": [
            (
                "paragraph",
                "<p>Nous suivons les règles WCAG 2.2, niveau AA. Les pages publiques se lisent sans JavaScript, au "
                "clavier seul, agrandies quatre fois, en clair ou en sombre selon le réglage de votre "
                "appareil. Chaque page pèse moins de 14 000 octets, images à part.</p><p>Un passage vous "
                "résiste ? Dites-le-nous : communication@tokten.example.org ou +223 20 00 00 00.</p>",
            ),
        ],
    },
]

INTRANET: dict[str, Any] = {
    "summary": "Pour les points focaux, les antennes de relais et le comité de pilotage.",
    "body": [
        (
            "paragraph",
            "<p>Vous trouverez ici ce qui circule entre nous : les rencontres, les rapports, les notes.</p>",
        )
    ],
}

INTRANET_PAGES: list[dict[str, Any]] = [
    {
        "slug": "comite-de-pilotage",
        "title": "Comité de pilotage",
        "summary": "Deux sessions par an : l’ordre du jour, et ce qu’il faut avoir lu.",
        "body": [
            (
                "paragraph",
                "<p>L’ordre du jour habituel :</p><ol><li>adoption du compte rendu de la session précédente ;</li>"
                "<li>exécution technique et financière de la période ;</li><li>rapport de l’année écoulée ;</li>"
                "<li>plan de travail de l’année à venir et missions proposées.</li></ol>",
            )
        ],
    },
    {
        "slug": "rapport-trimestriel",
        "title": "Le rapport trimestriel du point focal",
        "summary": "Ce qu’il contient, à qui le remettre, quand.",
        "body": [
            (
                "paragraph",
                "<p>Une page par mission suffit : ce qui était prévu, ce qui a été fait, le nombre de personnes "
                "formées, ce qui a manqué. Remettez-le au chargé du suivi lors de votre rencontre "
                "hebdomadaire.</p>",
            )
        ],
    },
    {
        "slug": "notes-et-circulaires",
        "title": "Notes et circulaires",
        "summary": "Les notes de service de la coordination.",
        "body": [
            ("paragraph", "<p>Les notes sont classées de la plus récente à la plus ancienne.</p>"),
        ],
    },
]

MENUS: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "main",
        "Rubriques",
        [
            ("Presse", "/fr/presse/"),
            ("Agenda", "/fr/agenda/"),
            ("Médiathèque", "/fr/mediatheque/"),
            ("Résultats", "/fr/resultats/"),
            ("Documents", "/fr/documents/"),
            ("Le programme", "/fr/programme/"),
        ],
    ),
    (
        "foot",
        "Suivre et trouver",
        [
            ("Communiqués", "/fr/presse/communiques/"),
            ("Dossiers de presse", "/fr/presse/dossiers/"),
            ("Flux Atom", "/fr/presse/communiques/atom.xml"),
            ("Intranet", "/fr/intranet/"),
        ],
    ),
    (
        "foot",
        "À propos",
        [
            ("Nous joindre", "/fr/contact/"),
            ("Partenaires", "/fr/programme/partenaires/"),
            ("Données personnelles", "/fr/donnees-personnelles/"),
            ("Accessibilité", "/fr/accessibilite/"),
            ("Mentions légales", "/fr/mentions-legales/"),
        ],
    ),
]
