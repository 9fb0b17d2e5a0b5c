"""The demo's call for papers: abstracts at every stage, reviewers, verdicts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from events.actions import abstracts, reviews
from events.actions.abstracts import Name, Paper
from events.models import Call, Event, Kind, Submission

THEMES = ("Santé publique", "Agriculture et environnement", "Énergie et matériaux", "Éducation et société")
CALL = (
    "La conférence réunit chercheurs du Mali et de l’étranger. Envoyez un résumé en français ou en anglais ; "
    "les deux langues sont les bienvenues. Le comité répond à chacun."
)
CALL_EN = (
    "The conference brings together researchers of Mali and from abroad. Send an abstract in French or in English; "
    "both are welcome. The committee answers everybody."
)
PAPERS = (
    (
        "Qualité de l’eau des puits périurbains de Bamako",
        "Nous avons suivi quarante puits pendant deux saisons. La turbidité et les coliformes montent avec les "
        "pluies ; un traitement au chlore à domicile ramène les trois quarts des échantillons sous la norme.",
        0,
        "talk",
        ("Aïssata Cissé", "Université de Bamako (exemple)"),
    ),
    (
        "Variétés précoces de sorgho : essais en milieu paysan",
        "Douze variétés ont été semées dans neuf villages. Deux d’entre elles donnent un grain accepté par les "
        "ménagères et mûrissent avant la fin des pluies courtes.",
        1,
        "talk",
        ("Boubacar Sangaré", "Centre de recherche agricole (exemple)"),
    ),
    (
        "Briques de terre stabilisée pour l’école rurale",
        "La résistance de briques stabilisées à quatre pour cent a été mesurée après un an d’exposition. Nous "
        "comparons le coût de trois salles de classe.",
        2,
        "poster",
        ("Mahamadou Koné", "École d’ingénieurs (exemple)"),
    ),
    (
        "Apprendre à lire en bamanankan puis en français",
        "Cent vingt élèves ont été suivis sur trois ans. Ceux qui lisent d’abord dans leur langue rattrapent les "
        "autres en français dès la troisième année.",
        3,
        "talk",
        ("Fanta Traoré", "Institut de pédagogie (exemple)"),
    ),
    (
        "Pompage solaire partagé : trois ans de mesures",
        "Six coopératives partagent une pompe. Nous décrivons les pannes, les règles de partage et le prix du "
        "mètre cube.",
        2,
        "symposium",
        ("Oumar Diabaté", "Laboratoire d’énergie (exemple)"),
    ),
)
REVIEWERS = (
    ("Nana Konaté", "nana.konate@example.org"),
    ("Cheick Sylla", "cheick.sylla@example.org"),
    ("Djeneba Coulibaly", "djeneba.coulibaly@example.org"),
)


def build(*, now: datetime) -> None:
    """Open the call of the coming MSAS conference and fill it; a second time changes nothing."""
    event = Event.objects.filter(kind=Kind.MSAS, start_date__gt=now.date()).order_by("pk").last()
    if event is None or event.start_date is None or Call.objects.filter(event=event).exists():
        return
    call = reviews.keep_call(
        event=event,
        values={
            "opens_at": now - timedelta(days=20),
            "closes_at": datetime.combine(
                event.start_date - timedelta(days=75), time(23, 59), tzinfo=now.tzinfo
            ),
            "reviews_until": event.start_date - timedelta(days=60),
            "revise_until": event.start_date - timedelta(days=45),
            "themes": "\n".join(THEMES),
            "prizes": "Meilleure communication\nMeilleure affiche",
            "words_fr": CALL,
            "words_en": CALL_EN,
        },
        user=None,
        now=now,
    )
    rows = [_send(call, place, now=now) for place in range(len(PAPERS))]
    for name, email in REVIEWERS:
        reviews.name_reviewer(call=call, name=name, email=email, user=None, now=now)
    reviews.share_out(call=call, user=None, now=now)
    _judge(call, rows, now=now)


def _send(call: Call, place: int, *, now: datetime) -> Submission:
    title, abstract, theme, form, (name, organisation) = PAPERS[place]
    email = f"auteur{place + 1}@example.org"
    row = abstracts.submit_paper(
        call=call,
        paper=Paper(
            title_fr=title,
            abstract_fr=abstract,
            theme=THEMES[theme],
            form=form,
            authors=[Name(name, organisation, email), Name("Moctar Haïdara", organisation)],
        ),
        name=name,
        email=email,
        language="fr",
        now=now,
    )
    return abstracts.confirm_paper(submission=row, now=now)


def _judge(call: Call, rows: list[Submission], *, now: datetime) -> None:
    """The first two are accepted and one of them confirmed, the third is sent back, the others wait."""
    for row in rows[:4]:
        for place, review in enumerate(row.reviews.order_by("pk")):
            reviews.judge(
                review=review,
                verdict="revise" if row is rows[2] and not place else "accept",
                note="Dites comment les briques ont été choisies." if row is rows[2] and not place else "",
                private_note="",
                version=row.version,
                now=now,
            )
    for verdict, chosen in (("accept", rows[:2]), ("revise", rows[2:3])):
        reviews.decide(
            call=call,
            chosen={row.pk: row.version for row in chosen},
            verdict=verdict,
            note="",
            user=None,
            now=now,
        )
    abstracts.confirm_speaker(submission=rows[0], now=now)
