from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cms.accounts.models import Role
from cms.plan import actions
from cms.plan.models import BudgetLine, Indicator, MediaPlanRow, SectorResult
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
LISTS = (
    "plan_results",
    "plan_targets",
    "plan_objectives",
    "plan_activities",
    "plan_indicators",
    "plan_media",
    "plan_channels",
    "plan_tools",
    "plan_budget",
)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", LISTS)
def test_the_coordinator_reads_and_opens_every_table(name: str) -> None:
    client = signed_in(Role.COORDINATOR)
    empty = client.get(reverse(f"{name}:index"))
    assert "make setup" in empty.content.decode()
    actions.load_reference()
    page = client.get(reverse(f"{name}:index"))
    row = page.context["object_list"][0]
    assert client.get(reverse(f"{name}:edit", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_table_costs_the_same_with_one_row_and_with_all(name: str) -> None:
    client = signed_in(Role.COORDINATOR)
    actions.load_reference()
    client.get(reverse(f"{name}:index"))
    with CaptureQueriesContext(connection) as all_rows:
        model = client.get(reverse(f"{name}:index")).context["view"].model
    first = model.objects.order_by("pk").first()
    related = [r for r in model._meta.related_objects if r.on_delete.__name__ == "PROTECT"]
    if not related:
        model.objects.exclude(pk=first.pk).delete()
        with CaptureQueriesContext(connection) as one:
            client.get(reverse(f"{name}:index"))
        assert len(one) == len(all_rows)
    assert len(all_rows) < 20


def test_the_budget_shows_its_sum_the_printed_total_and_the_gap() -> None:
    actions.load_reference()
    page = signed_in(Role.OFFICER).get(reverse("plan_budget:index")).content.decode()
    for figure in ("55\u202f200\u202f000", "55\u202f700\u202f000", "500\u202f000", "12\u202f000\u202f000"):
        assert figure in page
    assert "Écart" in page


def test_the_results_show_rates_as_the_evaluation_prints_them() -> None:
    actions.load_reference()
    page = signed_in(Role.OFFICER).get(reverse("plan_results:index")).content.decode()
    assert "86,63\u00a0%" in page
    assert "10\u202f132" in page


def test_the_officer_reports_indicators_and_changes_no_budget() -> None:
    actions.load_reference()
    client = signed_in(Role.OFFICER)
    indicator = Indicator.objects.get(activity__slug="comite-de-pilotage")
    post = {
        "activity": indicator.activity_id,
        "title": indicator.title,
        "measure": "",
        "goal": "2",
        "reported_value": "3",
        "reported_date": "2018-12-31",
        "order": "1",
    }
    assert client.post(reverse("plan_indicators:edit", args=[indicator.pk]), post).status_code == 302
    indicator.refresh_from_db()
    assert indicator.reported_value == 3
    line = BudgetLine.objects.first()
    assert client.get(reverse("plan_budget:edit", args=[line.pk])).status_code == 302
    assert client.post(reverse("plan_budget:delete", args=[line.pk])).status_code == 302
    assert BudgetLine.objects.count() == 18


def test_months_of_the_media_calendar_are_first_days() -> None:
    actions.load_reference()
    client = signed_in(Role.COORDINATOR)
    row = MediaPlanRow.objects.get(title="Radio")
    post = {"plan": row.plan_id, "title": "Radio", "detail": "", "order": row.order}
    url = reverse("plan_media:edit", args=[row.pk])
    refused = client.post(url, post | {"months": "2018-02-15"})
    assert refused.context["form"].errors["months"]
    assert client.post(url, post | {"months": "2018-02-01,2018-03-01"}).status_code == 302
    row.refresh_from_db()
    assert [month.isoformat() for month in row.months] == ["2018-02-01", "2018-03-01"]


def test_results_go_out_as_a_workbook() -> None:
    actions.load_reference()
    answer = signed_in(Role.COORDINATOR).get(reverse("plan_results:index"), {"export": "xlsx"})
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.rows]
    assert rows[1][:7] == ["Éducation", 2012, 2016, 172, 149, 86.63, 10_132]
    assert len(rows) == 1 + SectorResult.objects.count()


def test_an_author_has_no_plan() -> None:
    assert signed_in(Role.AUTHOR).get(reverse("plan_budget:index")).status_code == 302
