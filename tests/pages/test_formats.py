"""Dates, numbers and sizes in the reader's words."""

from __future__ import annotations

import datetime as dt

import pytest

from cms.core import formats

AT = dt.datetime(2019, 2, 5, 10, 0, tzinfo=dt.UTC)
N, T = "\u00a0", "\u202f"  # no-break space, and the thin one of thousands


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", f"mardi 5 février 2019 à 10{N}h{N}00"),
        ("en", "Tuesday 5 February 2019 at 10:00"),
    ],
)
def test_a_long_date_reads_as_people_say_it(language, words):
    assert formats.long_date(AT, language) == words


def test_the_first_of_a_month_is_the_1er_in_french():
    assert formats.day(dt.date(2018, 7, 1), "fr") == "dimanche 1er juillet 2018"
    assert formats.day(dt.date(2018, 7, 1), "fr", weekday=False) == "1er juillet 2018"
    assert formats.day(dt.date(2018, 7, 11), "fr", weekday=False) == "11 juillet 2018"


def test_times_are_told_in_bamako_unless_a_zone_is_named():
    montreal = AT.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    assert formats.long_date(montreal, "fr").endswith(f"10{N}h{N}00")
    assert formats.long_date(AT, "fr", zone="Europe/Paris").endswith(f"11{N}h{N}00")


@pytest.mark.parametrize(
    ("zone", "hour", "name"),
    [("Africa/Bamako", 10, "GMT"), ("Europe/Paris", 11, "CET"), ("America/Sao_Paulo", 8, "UTC-02")],
)
def test_an_hour_for_readers_elsewhere_names_the_sites_own_clock(settings, zone, hour, name):
    settings.TIME_ZONE = zone
    assert formats.zoned_date(AT, "fr").endswith(f" à {hour}{N}h{N}00 {name}")


def test_a_period_of_one_day_names_the_day_once():
    end = AT + dt.timedelta(minutes=50)
    assert formats.period(AT, end, "fr") == f"mardi 5 février 2019, de 10{N}h{N}00 à 10{N}h{N}50"


def test_a_period_of_several_days_names_both_ends():
    words = formats.period(AT, AT + dt.timedelta(days=2), "fr")
    assert words.startswith("du mardi 5 février 2019")
    assert "au jeudi 7 février 2019" in words


def test_money_and_numbers_cannot_break_over_a_line():
    assert formats.fcfa(55_700_000, "fr") == f"55{T}700{T}000{N}FCFA"
    assert formats.number(10132, "fr") == f"10{T}132"
    assert formats.percent(86.63, "fr") == f"86,63{N}%"
    assert formats.percent(86.63, "en") == "86.63%"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, f"0{N}octets", f"0{N}bytes"),
        (840, f"840{N}octets", f"840{N}bytes"),
        (84_400, f"84{N}ko", f"84{N}kB"),
        (999_600, f"1{N}Mo", f"1{N}MB"),
        (2_412_345, f"2,4{N}Mo", f"2.4{N}MB"),
        (1_250_000_000, f"1,2{N}Go", f"1.2{N}GB"),
    ],
)
def test_sizes_are_told_in_the_units_of_the_language(size, french, english):
    assert formats.filesize(size, "fr") == french
    assert formats.filesize(size, "en") == english


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (500_000, f"moins de 10{N}s en 3G"),
        (2_400_000, f"environ 20{N}s en 3G"),
        (22_000_000, f"environ 3{N}min en 3G"),
        (700_000_000, f"environ 1{N}h{N}35 en 3G"),
    ],
)
def test_a_download_says_how_long_it_takes_on_3g(size, words):
    assert formats.time_on_3g(size, "fr") == words
