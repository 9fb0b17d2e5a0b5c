"""What the media said and what was ordered of them: kept once, counted, reported, brought in from lists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from cms.accounts.models import Role
from cms.core import clock, formats, registry
from press import actions, imports
from press.models import Coverage, CoverageImport, Diffusion
from press.queries import coverage as queries
from tests.factories.accounts import make_user
from tests.factories.press import make_release
from tests.press.test_holds import picture

pytestmark = pytest.mark.django_db
BAMAKO = ZoneInfo("Africa/Bamako")


@pytest.fixture
def officer(client, room):
    user = make_user(Role.OFFICER)
    client.force_login(user)
    return user


def said(**fields):
    values = {"outlet": "ORTM", "medium": "television", "said_date": date(2019, 2, 5), "title": "Vingt ans"}
    return Coverage.objects.create(**{**values, **fields})


def ordered(**fields):
    values = {
        "outlet": "Radio Klédu",
        "support": "spot",
        "title": "Forum",
        "first_date": date(2019, 2, 1),
        "last_date": date(2019, 2, 10),
    }
    return Diffusion.objects.create(**{**values, **fields})


def begin(text, **fields):
    values = {"filename": "revue.csv", "thing_uid": None, "user": None, "now": clock.now()}
    return actions.begin_coverage_import(data=text.encode(), **{**values, **fields})


LIST = (
    "Média;Type;Date;Durée;Titre;Ton;Audience\n"
    "ORTM;télé;05/02/2019;2:30;Le TOKTEN a vingt ans;favorable;1 200 000\n"
    "Kibaru;presse;2019-02-06;;Retour des compétences;neutre;\n"
    "Radio Klédu;radio;31/02/2019;90;Sans date;enchanté;\n"
)


# The promises of the database --------------------------------------------------------------------------------
def test_the_same_broadcast_is_told_once_however_it_is_spelt():
    said(outlet="ORTM", title="Vingt ans du TOKTEN")
    with pytest.raises(IntegrityError, match="press_coverage_is_told_once"), transaction.atomic():
        said(outlet="Ortm ", title="Vingt ans du tokten")
    said(outlet="ORTM", title="Vingt ans du TOKTEN", said_time=time(20))
    assert Coverage.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"last_date": date(2019, 1, 31)}, "press_diffusion_ends_after_it_begins"),
        ({"passages": 0}, "press_diffusion_passes_once_at_least"),
        ({"terms": "negotiated", "cost_xof": 5}, "press_diffusion_negotiated_costs_nothing"),
        ({"passages_done": 3}, "press_diffusion_attested_shows_its_proof"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused_by_the_database(fields, promise):
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        ordered(**fields)


def test_a_row_put_aside_leaves_figures_and_comes_back():
    row = said()
    now = clock.now()
    actions.put_aside(row, now=now)
    actions.put_aside(row, now=now + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.trashed_at, queries.report(year=2019).total.count) == (now, 0)
    actions.take_back(row, now=now)
    assert queries.report(year=2019).total.count == 1


# Figures -----------------------------------------------------------------------------------------------------
def test_the_plan_counts_what_was_said_and_what_is_attested_within_its_days(laid_room):
    said(said_date=date(2019, 12, 31))
    said(medium="print", outlet="Kibaru", said_date=date(2019, 1, 1))
    said(said_date=date(2020, 1, 1))
    ordered(passages=15, passages_done=12, proof=picture(), cost_xof=450_000)
    ordered(title="Bilan", passages=9)
    year = datetime(2019, 1, 1, tzinfo=BAMAKO), datetime(2020, 1, 1, tzinfo=BAMAKO)
    figures = {
        key: registry.measures.get(key).count(*year)
        for key in ("press.coverage", "press.broadcasts", "press.diffusions", "press.passages")
    }
    assert figures == {
        "press.coverage": 2,
        "press.broadcasts": 1,
        "press.diffusions": 2,
        "press.passages": 12,
    }


def test_a_report_counts_by_medium_tone_month_and_outlet_and_of_one_thing_alone(room):
    page = make_release(room, title="Le forum")
    uid = page.release.uid
    said(thing_uid=uid, tone="favourable", duration_seconds=150, reach=1000)
    said(outlet="ortm", title="Suite", said_date=date(2019, 3, 1), duration_seconds=30)
    said(outlet="Kibaru", medium="print", page="3", tone="critical", said_date=date(2018, 5, 2))
    ordered(thing_uid=uid, cost_xof=90_000, passages=3)
    found = queries.report(year=2019)
    assert (found.total.count, found.total.seconds, found.total.reach) == (2, 180, 1000)
    assert [(line.key, line.count) for line in found.tones] == [("favourable", 1), ("", 1)]
    assert [line.count for line in found.months] == [0, 1, 1, *[0] * 9]
    assert [(line.label, line.count) for line in found.outlets] == [("ORTM", 2)]
    assert found.orders.cost_xof == 90_000
    assert [(line.key, line.cost_xof) for line in found.activities] == [("", 90_000)]
    of_it = queries.report(thing_uid=uid)
    assert (of_it.source.title, of_it.total.count, of_it.orders.passages) == ("Le forum", 1, 3)
    assert [line.label for line in of_it.months] == ["02/2019"]
    assert queries.figures_of(uid) == queries.Figures(1, 1, 1000, 1, 0, 90_000)


# Lists -------------------------------------------------------------------------------------------------------
def test_a_list_is_read_in_french_and_each_wrong_cell_is_named_by_its_line():
    listing = begin(LIST)
    lines = imports.read_lines(listing)
    assert [line.verdict for line in lines] == ["new", "new", "wrong"]
    first = lines[0].row
    assert (first.medium, first.said_date, first.duration_seconds) == ("television", date(2019, 2, 5), 150)
    assert (first.tone, first.reach, lines[1].row.medium) == ("favourable", 1_200_000, "print")
    assert lines[2].number == 4
    assert [where for where, _said in lines[2].errors] == ["Date", "Durée", "Ton"]
    assert Coverage.objects.count() == 0


def test_a_list_confirmed_twice_or_brought_in_again_enters_nothing_twice():
    listing = begin(LIST)
    done = actions.confirm_coverage_import(listing, user=None, now=clock.now())
    assert (done.created, done.known, done.wrong, len(done.lines)) == (2, 0, 1, 1)
    with pytest.raises(actions.AlreadyIn):
        actions.confirm_coverage_import(listing, user=None, now=clock.now())
    again = actions.confirm_coverage_import(begin(LIST), user=None, now=clock.now())
    assert (again.created, again.known, Coverage.objects.count()) == (0, 2, 2)


def test_a_list_says_what_it_comes_from_by_number_by_title_or_as_a_whole(room):
    numbered = make_release(room, title="Vingt ans").release
    actions.give_number(
        numbered, now=datetime(2019, 2, 5, tzinfo=BAMAKO), user=None
    ) if not numbered.number else None
    numbered.refresh_from_db()
    other = make_release(room, title="Le forum").release
    text = (
        "Média;Date;Titre;Type;Communiqué\n"
        f"A;05/02/2019;Un;radio;{numbered.label}\n"
        "B;05/02/2019;Deux;radio;Vingt ans\n"
        "C;05/02/2019;Trois;radio;\n"
        "D;05/02/2019;Quatre;radio;CP n° 1999/001\n"
        f"E;05/02/2019;Cinq;radio;Bilan {numbered.year} : {numbered.number} forums\n"
        f"F;05/02/2019;Six;radio;Bilan {numbered.year} {numbered.number} forums\n"
        f"G;05/02/2019;Sept;radio;{numbered.year}-{numbered.number:02d}-05\n"
        f"H;05/02/2019;Huit;radio;CP-{numbered.year}-{numbered.number:03d}\n"
    )
    lines = imports.read_lines(begin(text, thing_uid=other.uid))
    assert [line.row.thing_uid for line in lines[:3]] == [numbered.uid, numbered.uid, other.uid]
    assert [line.verdict for line in lines] == [
        "new",
        "new",
        "new",
        "wrong",
        "wrong",
        "wrong",
        "wrong",
        "new",
    ]
    assert lines[-1].row.thing_uid == numbered.uid


def test_a_slip_of_the_year_is_told_in_the_form_and_in_a_list(client, officer):
    tomorrow, later = (formats.local(clock.now()).date() + timedelta(days=days) for days in (1, 2))
    listing = begin(f"Média;Type;Date\nORTM;télé;{tomorrow}\nORTM;télé;{later}\nORTM;télé;05/02/0219\n")
    lines = imports.read_lines(listing)
    assert [line.verdict for line in lines] == ["new", "wrong", "wrong"]
    assert "05/02/219 : vérifiez l’année" in lines[2].sentence
    typed = {"outlet": "ORTM", "medium": "television", "said_date": f"{later}", "language": "fr"}
    wrong = client.post(reverse("press_coverage:add"), typed)
    assert "vérifiez l’année" in str(wrong.context["form"].errors["said_date"])
    assert not Coverage.objects.exists()
    assert (
        client.post(reverse("press_coverage:add"), {**typed, "said_date": f"{tomorrow}"}).status_code == 302
    )


def test_a_file_without_outlets_or_dates_is_refused_with_a_sentence():
    with pytest.raises(imports.Unreadable, match="date"):
        begin("Média;Titre\nORTM;Vingt ans\n")


def test_reading_a_list_asks_as_little_for_thirty_lines_as_for_one(django_assert_num_queries):
    for count in (1, 30):
        rows = "".join(f"Radio {n};radio;05/02/2019;CP n° 2019/{n:03d}\n" for n in range(1, count + 1))
        listing = begin(f"Média;Type;Date;Communiqué\n{rows}")
        with django_assert_num_queries(3):
            imports.read_lines(listing)


# Screens -----------------------------------------------------------------------------------------------------
def test_an_officer_enters_what_was_said_of_a_release_and_is_told_of_its_twin(client, room, officer):
    page = make_release(room, title="Le forum")
    url = reverse("press_coverage:add")
    assert client.get(f"{url}?source={page.pk}").context["form"]["source_page"].value() == page.pk
    typed = {
        "outlet": "ORTM",
        "medium": "television",
        "said_date": "2019-02-05",
        "language": "bm",
        "duration_seconds": "2 min 30",
        "title": "Le forum",
        "source_page": str(page.pk),
    }
    response = client.post(url, typed)
    assert response.status_code == 302, response.context["form"].errors
    row = Coverage.objects.get()
    assert (row.duration_seconds, row.thing_uid, row.created_by) == (150, page.release.uid, officer)
    twin = client.post(url, {**typed, "outlet": "ortm"})
    assert "déjà" in str(twin.context["form"].non_field_errors())
    wrong = client.post(url, {**typed, "source_page": str(room.home.pk), "duration_seconds": "90"})
    assert set(wrong.context["form"].errors) == {"source_page", "duration_seconds"}
    html = client.get(reverse("press_coverage:edit", args=[row.pk])).content.decode()
    assert "2\u00a0min 30\u00a0s" in html or "2\xa0min 30\xa0s" in html


def test_an_order_is_entered_with_hours_as_people_write_them_and_contradictions_are_told(client, officer):
    url = reverse("press_diffusion:add")
    typed = {
        "outlet": "Radio Klédu",
        "support": "spot",
        "title": "Forum",
        "language": "bm",
        "first_date": "2019-02-01",
        "last_date": "2019-02-10",
        "hours": "19h30, 7 h 15",
        "passages": "20",
        "terms": "paid",
        "cost_xof": "450000",
    }
    response = client.post(url, typed)
    assert response.status_code == 302, response.context["form"].errors
    assert Diffusion.objects.get().hours == "7 h 15, 19 h 30"
    contradictory = {"last_date": "2019-01-01", "terms": "negotiated", "passages_done": "3", "hours": "midi"}
    wrong = client.post(url, {**typed, **contradictory}).context["form"].errors
    assert set(wrong) == {"last_date", "cost_xof", "proof", "hours"}


@pytest.mark.parametrize("name", ["press_coverage", "press_diffusion"])
def test_the_lists_ask_as_little_for_thirty_rows_as_for_one(
    client, room, officer, name, django_assert_max_num_queries
):
    make, url = {"press_coverage": said, "press_diffusion": ordered}[name], reverse(f"{name}:index")
    uids = [make_release(room, title=f"Texte {n}").release.uid for n in range(2)]
    make(title="Un", thing_uid=uids[0])
    client.get(url)
    with django_assert_max_num_queries(60) as one:
        client.get(url)
    for n in range(29):
        make(title=f"Titre {n}", thing_uid=uids[n % 2])
    with django_assert_max_num_queries(len(one)):
        response = client.get(url)
    assert "Texte 1" in response.content.decode()


def test_the_list_is_narrowed_searched_and_taken_away_without_a_formula(client, officer):
    said(title="=cmd|calc", tone="critical")
    said(title="Autre", outlet="Kibaru", medium="print", said_date=date(2018, 1, 1))
    url = reverse("press_coverage:index")
    for question, seen in (
        ("medium=print", "Kibaru"),
        ("year=2018", "Kibaru"),
        ("q=kibaru", "Kibaru"),
        ("tone=critical", "ORTM"),
    ):
        html = client.get(f"{url}?{question}").content.decode()
        assert (seen in html, {"Kibaru": "ORTM –", "ORTM": "Kibaru –"}[seen] in html) == (True, False), (
            question
        )
    export = b"".join(client.get(f"{url}?export=csv").streaming_content).decode()
    assert "'=cmd|calc" in export


def test_a_report_is_a_page_a_pdf_and_a_workbook_with_charts(client, room, officer):
    page = make_release(room, title="Le forum")
    said(title="=1+1", thing_uid=page.release.uid, tone="favourable", duration_seconds=150)
    said(outlet="Kibaru", medium="print", title="<b>Gras</b>")
    ordered(cost_xof=450_000)
    html = client.get(f"{reverse('press_coverage_report')}?year=2019").content.decode()
    assert "450 000 FCFA" in html.replace("\u202f", " ").replace("\xa0", " ")
    assert "&lt;b&gt;Gras" in html
    assert html.count("<svg viewBox") >= 5
    pdf = client.get(f"{reverse('press_coverage_report_pdf')}?year=2019")
    document = pypdfium2.PdfDocument(pdf.content)
    text = "".join(one.get_textpage().get_text_range() for one in document)
    assert ("Kibaru" in text, "450" in text, "no-store" in pdf["Cache-Control"]) == (True, True, True)
    asked = f"{reverse('press_coverage_report_xlsx')}?source={page.pk}"
    book = load_workbook(BytesIO(client.get(asked).content))
    assert len(book.worksheets[0]._charts) == 5
    cells = [cell for row in book.worksheets[1].iter_rows(min_row=2) for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells if cell.value == "=1+1"] == [("=1+1", "s")]
    assert "Kibaru" not in [cell.value for cell in cells]


def test_a_report_of_nothing_says_how_to_begin(client, officer):
    response = client.get(reverse("press_coverage_report"))
    assert response.context["report"].is_empty
    assert client.get(reverse("press_coverage_report_xlsx")).status_code == 200
    assert client.get(reverse("press_coverage_report_pdf")).content.startswith(b"%PDF")


def test_a_list_is_uploaded_looked_at_confirmed_and_its_wrong_lines_taken_back(client, officer):
    url = reverse("press_coverage_imports")
    answer = client.post(url, {"file": SimpleUploadedFile("revue.csv", LIST.encode())})
    listing = CoverageImport.objects.get()
    here = reverse("press_coverage_import", args=[listing.pk])
    assert answer["Location"] == here
    html = client.get(here).content.decode()
    assert "31/02/2019" in html
    assert Coverage.objects.count() == 0
    errors = b"".join(
        client.get(reverse("press_coverage_errors", args=[listing.pk])).streaming_content
    ).decode()
    assert "Sans date" in errors
    assert "ORTM" not in errors
    client.post(here, {"act": "confirm"})
    assert set(Coverage.objects.values_list("outlet", "created_by")) == {
        ("ORTM", officer.pk),
        ("Kibaru", officer.pk),
    }
    client.post(here, {"act": "confirm"})
    assert Coverage.objects.count() == 2
    model = b"".join(client.get(reverse("press_coverage_model")).streaming_content).decode("utf-8-sig")
    assert imports.guess_columns(model.strip().split(";")) == [key for key, _label, _names in imports.COLUMNS]


def test_who_only_reads_brings_nothing_in_and_protocol_sees_no_report(client, room):
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get(reverse("press_coverage_report")).status_code == 200
    assert client.post(reverse("press_coverage_imports")).status_code in (302, 403)
    assert client.get(reverse("press_coverage:add")).status_code in (302, 403)
    client.force_login(make_user(Role.PROTOCOL))
    for name in ("press_coverage_report", "press_coverage_report_pdf", "press_coverage_report_xlsx"):
        assert client.get(reverse(name)).status_code in (302, 403), name
