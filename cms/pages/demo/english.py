"""The English words of the demo: the main pages; what is missing is shown in French, and says so."""

from __future__ import annotations

from typing import Any

HOME: dict[str, Any] = {
    "seo_title": "Knowledge from Mali’s diaspora",
    "summary": "TOKTEN-Mali brings Malian experts living abroad home on short missions. Releases, agenda, media "
    "library and results.",
    "welcome": "Malian experts living abroad come home on short missions and pass on what they know.",
    "figures": [
        (580, "experts on file"),
        (864, "missions carried out"),
        (169, "beneficiary structures"),
    ],
    "figures_source": "Experts: 20 August 2017. Missions and structures: October 1998 to June 2017.",
    "body": [],
}

PROGRAMME: dict[str, Any] = {
    "slug": "programme",
    "title": "The programme",
    "summary": "Since 1998 TOKTEN-Mali has put the expertise of Malians abroad at the service of the country’s "
    "schools, hospitals, farms, businesses and administrations.",
    "body": [
        (
            "paragraph",
            "<p>Many of Mali’s graduates leave. The programme starts from a simple fact: many of them would like to "
            "give their country part of what they have learnt, and cannot come back for good. A mission of a few "
            "weeks is enough to train a team, supervise a thesis or put a machine to work.</p><p>It is run by the "
            "ministry for Malians abroad and African integration (MMEIA) with the United Nations Development "
            "Programme (UNDP). The national migration policy of 3 September 2014 devotes its axis 4.4 to it.</p>",
        ),
    ],
}

ARTICLES: dict[str, dict[str, Any]] = {
    "deroulement-d-une-mission": {
        "slug": "how-a-mission-works",
        "title": "How a mission works",
        "summary": "From the need of a structure to the expert’s report: six steps, a few weeks.",
        "body": [
            ("heading", "A request comes first"),
            (
                "paragraph",
                "<p>Everything begins with a need. A faculty lacks a teacher for a course of biotechnology; a "
                "hospital wants to train its nurses in a new protocol; a cooperative looks for better ways to "
                "keep its harvest. The structure writes terms of reference: what is to be passed on, to whom, "
                "and for how long.</p>",
            ),
            (
                "timeline",
                {
                    "title": "The six steps",
                    "items": [
                        {
                            "date": "1. The need",
                            "text": "The structure says what it expects and names a counterpart.",
                        },
                        {
                            "date": "2. The focal point",
                            "text": "They read the request and hand it to the coordination.",
                        },
                        {
                            "date": "3. The choice",
                            "text": "The coordination searches the file of experts; the steering "
                            "committee chooses the missions.",
                        },
                        {
                            "date": "4. The stay",
                            "text": "The expert comes for a few weeks; the counterpart works beside them.",
                        },
                        {
                            "date": "5. The report",
                            "text": "Expert and structure say what was done and what is left to do.",
                        },
                        {
                            "date": "6. The follow-up",
                            "text": "The focal point hands in an activity report each quarter.",
                        },
                    ],
                },
            ),
        ],
    },
    "partenaires": {
        "slug": "partners",
        "title": "Partners",
        "summary": "Who runs the programme, who pays for it, who joins in.",
        "body": [
            (
                "paragraph",
                "<ul><li>Ministry for Malians abroad and African integration (MMEIA)</li><li>United Nations "
                "Development Programme (UNDP)</li><li>General delegation of Malians abroad (DGME)</li><li>Agencies "
                "for employment and training (APEJ, ANPE, FAFPA)</li><li>Employers’ council and Private Sector "
                "Centre (CSP)</li><li>Malian Society of Applied Sciences (MSAS)</li><li>Public broadcaster "
                "(ORTM)</li></ul>",
            ),
        ],
    },
    "contact": {
        "slug": "contact",
        "title": "Contact",
        "summary": "The coordination answers structures, experts and the press.",
        "body": [
            (
                "paragraph",
                "<p>TOKTEN-Mali coordination, Bamako.<br/>Telephone: +223 20 00 00 00<br/>E-mail: "
                "communication@tokten.example.org</p><p>Monday to Friday, 8:00 to 16:00 GMT.</p>",
            ),
        ],
    },
    "mentions-legales": {
        "slug": "legal-notice",
        "title": "Legal notice",
        "summary": "Who publishes this site, and what you may do with what is in it.",
        "body": [
            (
                "paragraph",
                "<p>This site is published by the coordination of TOKTEN-Mali, a project of the ministry for Malians "
                "abroad and African integration.</p><p>Texts may be quoted with their source. Each photograph "
                "carries its credit and licence: please keep them with it.</p>",
            ),
        ],
    },
    "accessibilite": {
        "slug": "accessibility",
        "title": "Accessibility",
        "summary": "A site to read by keyboard, by ear, on a small telephone and over a slow link.",
        "body": [
            (
                "paragraph",
                "<p>We follow WCAG 2.2, level AA. Public pages work without JavaScript, by keyboard alone, magnified "
                "four times, light or dark as your device is set. Each page weighs less than 14,000 bytes, "
                "pictures aside.</p><p>Does something stand in your way? Tell us: "
                "communication@tokten.example.org or +223 20 00 00 00.</p>",
            ),
        ],
    },
}

RESULTS: dict[str, Any] = {
    "slug": "results",
    "title": "Results by sector",
    "summary": "From 2012 to 2016, 195 missions of the 270 planned, and 11,314 people trained. "
    "Education received three "
    "quarters of them.",
    "source": "final evaluation report of TOKTEN, 2012-2016",
    "body": [
        ("heading", "What these figures say"),
        (
            "paragraph",
            "<p>Education and the administrations kept more than 86% of what was planned, health seven in ten. "
            "Agriculture and small businesses stay under a third: requests are more scattered there, and "
            "structures less prepared to receive an expert.</p>",
        ),
    ],
}

DOCUMENTS: dict[str, Any] = {
    "slug": "documents",
    "title": "Documents",
    "summary": "The programme’s key documents, to read and to pass on.",
    "body": [],
}

FILES: dict[str, dict[str, Any]] = {
    "plan-de-communication-2017-2019": {
        "slug": "communication-plan-2017-2019",
        "title": "The communication plan 2017-2019 in short (in French)",
        "summary": "Whom we speak to, by which means, on which budget: twenty-eight months on four pages.",
    },
    "resultats-2012-2016": {
        "slug": "results-2012-2016",
        "title": "Results by sector, 2012-2016 (in French)",
        "summary": "Missions planned and done, people trained: the table of the final evaluation.",
    },
}

MENUS: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "main",
        "Sections",
        [
            ("Press", "/en/press/"),
            ("Agenda", "/en/agenda/"),
            ("Media library", "/en/media-library/"),
            ("Results", "/en/results/"),
            ("Documents", "/en/documents/"),
            ("The programme", "/en/programme/"),
        ],
    ),
    (
        "foot",
        "Follow and find",
        [
            ("Press releases", "/en/press/releases/"),
            ("Press kits", "/en/press/kits/"),
            ("Atom feed", "/en/press/releases/atom.xml"),
            ("Intranet", "/en/intranet/"),
        ],
    ),
    (
        "foot",
        "About",
        [
            ("Contact", "/en/contact/"),
            ("Partners", "/en/programme/partners/"),
            ("Accessibility", "/en/accessibility/"),
            ("Legal notice", "/en/legal-notice/"),
        ],
    ),
]
