"""A repetition written in the admin, in a browser: plain French words and the next ten dates while it is typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories.events import make_agendas, make_event, make_event_page
from tests.support.journeys import fill_picked

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_repetition_is_said_in_words_with_its_next_ten_dates_while_it_is_written(
    live_server: Any, transactional_db: None, officer: Any
) -> None:
    make_agendas()
    event = make_event_page(make_event(start_date=date(2031, 3, 1))).event
    refused: list[str] = []
    officer.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    officer.goto(f"{live_server.url}/admin/agenda/{event.pk}/change/when/")
    for name, value in (("start_date", "2031-03-03"), ("start_time", "09:00"), ("end_time", "10:30")):
        fill_picked(officer, name, value)
    officer.select_option("[name=repeat]", "weekly")
    said = officer.get_by_role("status").filter(has_text="Chaque lundi")
    expect(said).to_contain_text("Chaque lundi à 9 h 00")
    officer.fill("[name=left_out]", "17/03/2031")
    officer.fill("[name=also_on]", "19/03/2031 14:30")
    expect(said).to_contain_text("sauf le 17 mars 2031")
    lines = said.locator("li")
    expect(lines).to_have_count(10)
    expect(lines.nth(0)).to_have_text("lundi 3 mars 2031, 9 h 00 – 10 h 30")
    expect(lines.nth(2)).to_have_text("mercredi 19 mars 2031, 14 h 30 – 16 h 00")
    expect(lines.nth(3)).to_have_text("lundi 24 mars 2031, 9 h 00 – 10 h 30")
    officer.fill("[name=left_out]", "31/02/2031")
    expect(officer.get_by_role("status").filter(has_text="n’est pas une date")).to_be_visible()
    officer.fill("[name=left_out]", "17/03/2031")
    with officer.expect_navigation():
        officer.locator("button[type=submit].button").last.click()
    found = [f"{row.local_start:%d/%m %H:%M}" for row in event.occurrences.order_by("starts_at")[:4]]
    assert found == ["03/03 09:00", "10/03 09:00", "19/03 14:30", "24/03 09:00"]
    assert not refused
