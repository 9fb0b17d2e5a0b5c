"""The demo's documents: small real PDFs set from the words below, once."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.files.base import File
from wagtail.documents import get_document_model

from cms.core.bogolan import band_svg
from cms.pages import actions
from cms.pages.demo import english
from cms.pages.models import DocumentIndexPage, DocumentPage
from cms.pages.models.documents import DocumentKind

STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-center { content: counter(page) " / " counter(pages); } }
body { font: 11pt/1.5 "Noto Sans", "DejaVu Sans", sans-serif; color: #1b1713; }
h1 { font-size: 22pt; line-height: 1.2; margin: 6mm 0 2mm; } h2 { font-size: 14pt; margin: 8mm 0 2mm; }
.band { color: #5a4433; } .of { color: #955a0c; font-weight: bold; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 2mm; border-bottom: 0.2mm solid #999; }
td + td, th + th { text-align: right; }
"""

FILES: list[dict[str, Any]] = [
    {
        "slug": "plan-de-communication-2017-2019",
        "title": "Le plan de communication 2017-2019 en bref",
        "kind": DocumentKind.PLAN,
        "published_date": date(2017, 9, 1),
        "summary": "À qui nous parlons, par quels moyens, avec quel budget : vingt-huit mois sur quatre pages.",
        "html": """<h2>Pourquoi un plan</h2><p>Après près de vingt ans, les missions sont nombreuses et leurs
        résultats peu connus. Le plan donne au programme un système d’information, de communication et
        d’écoute.</p><h2>À qui</h2><p>En interne : la coordination, les points focaux, les antennes de relais, le
        comité de pilotage. À l’extérieur : les structures bénéficiaires, la diaspora, les partenaires, les médias et
        le grand public.</p><h2>Comment</h2><p>Vingt-quatre lignes de média planning, de septembre 2017 à décembre
        2019 : missions de sensibilisation, conférences de presse, télévision, radio, site web, envois, forums,
        catalogue, dossiers de presse, calendriers.</p><h2>Avec quoi</h2><p>55 700 000 FCFA au total imprimé ; le poste
        le plus lourd est la mission de sensibilisation (12 000 000 FCFA).</p>""",
    },
    {
        "slug": "resultats-2012-2016",
        "title": "Résultats par secteur, 2012-2016",
        "kind": DocumentKind.EVALUATION,
        "published_date": date(2016, 12, 15),
        "summary": "Missions prévues et réalisées, personnes formées : le tableau de l’évaluation finale.",
        "html": """<h2>Missions et personnes formées</h2><table><tr><th>Secteur</th><th>Prévues</th><th>Réalisées</th>
        <th>Taux</th><th>Formées</th></tr><tr><td>Éducation</td><td>172</td><td>149</td><td>86,63 %</td><td>10 132</td>
        </tr><tr><td>Agriculture</td><td>22</td><td>7</td><td>31,82 %</td><td>218</td></tr><tr><td>Santé</td><td>20</td>
        <td>14</td><td>70,00 %</td><td>169</td></tr><tr><td>PME-PMI</td><td>41</td><td>12</td><td>29,27 %</td><td>332
        </td></tr><tr><td>Autres</td><td>15</td><td>13</td><td>86,67 %</td><td>463</td></tr><tr><th>Total</th>
        <th>270</th><th>195</th><th>72,22 %</th><th>11 314</th></tr></table>""",
    },
    {
        "slug": "guide-de-la-structure-d-accueil",
        "title": "Guide de la structure d’accueil",
        "kind": DocumentKind.GUIDE,
        "published_date": date(2018, 3, 12),
        "summary": "Exprimer un besoin, nommer un homologue, recevoir l’expert, rendre compte.",
        "html": """<h2>Avant la mission</h2><p>Écrivez en une page ce que vous attendez : le savoir à transmettre, les
        personnes à former, les dates possibles. Nommez un homologue qui restera auprès de l’expert.</p>
        <h2>Pendant</h2><p>Prévoyez une salle, du matériel et du temps pour les équipes. Le point focal passe au moins
        une fois.</p><h2>Après</h2><p>Dites ce qui a été fait, combien de personnes ont été formées, ce qu’il faudrait
        poursuivre. Votre compte rendu nourrit le rapport trimestriel.</p>""",
    },
    {
        "slug": "depliant-devenir-expert",
        "title": "Dépliant : devenir expert de la diaspora",
        "kind": DocumentKind.LEAFLET,
        "published_date": date(2018, 2, 5),
        "summary": "Pour les Maliens de l’étranger : comment s’inscrire au fichier et préparer une mission.",
        "html": """<h2>Qui peut s’inscrire</h2><p>Toute Malienne, tout Malien de l’étranger dont le savoir peut servir
        une structure du pays : enseignant, médecin, ingénieur, agronome, gestionnaire.</p><h2>Comment</h2><p>Remplissez
        la fiche d’expert auprès de la coordination ou d’une antenne de relais. Le fichier comptait 580 noms au 20 août
        2017.</p><h2>Combien de temps</h2><p>Quelques semaines, à des dates convenues avec la structure.</p>""",
    },
    {
        "slug": "tokten-info-vingt-ans",
        "title": "TOKTEN-info, numéro des vingt ans",
        "kind": DocumentKind.BULLETIN,
        "published_date": date(2018, 2, 5),
        "summary": "Le bulletin reparaît pour le 5 février 2018 : repères, portraits de structures, chiffres.",
        "html": """<h2>Vingt ans</h2><p>La première convention entre le Mali et le PNUD porte la date du 5 février 1998.
        Depuis, 864 missions ont conduit des experts maliens de l’étranger dans 169 structures du pays.</p>
        <h2>Le bulletin revient</h2><p>De 1999 à 2005, « Tokten-info » parvenait aux ambassades, aux ministères et aux
        services. Le voici de nouveau.</p>""",
    },
    {
        "slug": "termes-de-reference-modele",
        "title": "Modèle de termes de référence",
        "kind": DocumentKind.GUIDE,
        "published_date": date(2018, 4, 16),
        "summary": "La page à remplir pour demander une mission.",
        "html": """<h2>À remplir par la structure</h2><p>1. Structure et homologue désigné.<br/>2. Besoin constaté.<br/>
        3. Résultats attendus.<br/>4. Personnes à former, nombre et niveau.<br/>5. Durée et dates souhaitées.<br/>
        6. Moyens mis à disposition.</p>""",
    },
]


def build(index: DocumentIndexPage, *, user: Any, now: datetime) -> None:
    """Publish the documents that are not there yet, with their files."""
    for words in FILES:
        if DocumentPage.objects.filter(slug=words["slug"], locale_id=index.locale_id).exists():
            continue
        fields = {name: value for name, value in words.items() if name not in ("html", "slug", "title")}
        document = _file(words, user=user, now=now)
        page = actions.ensure_page(
            index,
            DocumentPage,
            slug=words["slug"],
            title=words["title"],
            user=user,
            now=now,
            document=document,
            **fields,
        )
        if translated := english.FILES.get(words["slug"]):
            actions.ensure_translation(page, "en", user=user, now=now, **translated)


def _file(words: dict[str, Any], *, user: Any, now: datetime) -> Any:
    row = get_document_model()(title=words["title"], uploaded_by_user=user)
    row.file = File(BytesIO(_pdf(words)), name=f"{words['slug']}.pdf")
    row.about = {"credit": "TOKTEN-Mali", "released_at": now}  # what the library keeps of it, with this save
    row._set_document_file_metadata()
    row.save()
    return row


def _pdf(words: dict[str, Any]) -> bytes:
    from weasyprint import HTML

    page = (
        f"<html lang='fr'><head><title>{words['title']}</title><style>{STYLE}</style></head><body>"
        f"{band_svg('djenne')}<p class='of'>TOKTEN-Mali</p><h1>{words['title']}</h1>{words['html']}</body></html>"
    )
    return bytes(HTML(string=page).write_pdf())
