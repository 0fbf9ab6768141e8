"""When schedules are due, by wall clocks that jump. The clock is frozen: instants are given."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from prompts.evaluations.rhythms import (
    Rhythm,
    first_instant,
    in_words,
    instant,
    missed_instants,
    next_instant,
    next_instants,
)

VIENNA = Rhythm("daily", days=1, at=time(9), zone="Europe/Vienna")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def run_through(rhythm, start, end):
    """Every instant after ``start`` up to ``end``, one step at a time."""
    found, due = [], first_instant(rhythm, start)
    while due <= end:
        found.append(due)
        due = next_instant(rhythm, due, due)
    return found


def test_nine_in_vienna_is_nine_in_summer_and_in_winter():
    assert first_instant(VIENNA, utc(2026, 3, 28, 9)) == utc(2026, 3, 29, 7)
    assert next_instant(VIENNA, utc(2026, 3, 28, 8), utc(2026, 3, 28, 8)) == utc(2026, 3, 29, 7)
    assert next_instant(VIENNA, utc(2026, 10, 24, 7), utc(2026, 10, 24, 7)) == utc(2026, 10, 25, 8)


def test_a_time_that_is_left_out_is_taken_an_hour_later_and_once():
    rhythm = Rhythm("daily", at=time(2, 30), zone="Europe/Vienna")
    found = run_through(rhythm, utc(2026, 3, 27, 12), utc(2026, 3, 31))
    assert found == [utc(2026, 3, 28, 1, 30), utc(2026, 3, 29, 1, 30), utc(2026, 3, 30, 0, 30)]
    local = found[1].astimezone(ZoneInfo("Europe/Vienna"))
    assert (local.hour, local.minute) == (3, 30)


def test_a_time_that_comes_twice_is_taken_the_first_time_and_once():
    rhythm = Rhythm("daily", at=time(2, 30), zone="Europe/Vienna")
    found = run_through(rhythm, utc(2026, 10, 23, 12), utc(2026, 10, 27))
    assert found == [utc(2026, 10, 24, 0, 30), utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)]


@pytest.mark.parametrize(
    "zone", ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"]
)
@pytest.mark.parametrize("at", [time(0), time(0, 15), time(2), time(2, 30), time(3), time(23, 59)])
def test_every_day_of_a_year_runs_once(zone, at):
    rhythm = Rhythm("daily", at=at, zone=zone)
    found = run_through(rhythm, utc(2026, 1, 1), utc(2027, 1, 1))
    days = [one.astimezone(ZoneInfo(zone)).date() for one in found]
    assert len(set(days)) == len(days)
    assert {(b - a).days for a, b in pairwise(days)} == {1}


def test_the_day_that_samoa_left_out_is_taken_on_the_next():
    assert instant(date(2011, 12, 30), time(9), "Pacific/Apia") == utc(2011, 12, 30, 19)


def test_every_third_day_keeps_its_grid_over_gaps_and_outages():
    rhythm = Rhythm("daily", days=3, at=time(9), zone="Europe/Vienna")
    found = run_through(rhythm, utc(2026, 3, 20, 12), utc(2026, 4, 3))
    assert [one.day for one in found] == [21, 24, 27, 30, 2]
    assert next_instant(rhythm, found[0], utc(2026, 3, 28)) == found[3]


def test_days_of_the_week_are_those_of_the_zone():
    rhythm = Rhythm("weekly", at=time(7), weekdays=(0, 4), zone="Pacific/Auckland")
    found = run_through(rhythm, utc(2026, 11, 25), utc(2026, 12, 8))
    local = [one.astimezone(ZoneInfo("Pacific/Auckland")) for one in found]
    assert [(one.weekday(), one.hour) for one in local] == [(4, 7), (0, 7), (4, 7), (0, 7)]


def test_an_interval_is_counted_in_utc():
    rhythm = Rhythm("interval", minutes=60)
    found = run_through(rhythm, utc(2026, 3, 29, 0), utc(2026, 3, 29, 4))
    assert {b - a for a, b in pairwise(found)} == {timedelta(hours=1)}


def test_missed_instants_are_counted_and_not_made_up_for():
    rhythm, due = Rhythm("interval", minutes=60), utc(2026, 3, 29, 0, 30)
    late = due + timedelta(hours=7, minutes=5)
    assert next_instant(rhythm, due, due) == due + timedelta(hours=1)
    assert next_instant(rhythm, due, late) == due + timedelta(hours=8)
    assert missed_instants(rhythm, due, late) == 8
    assert missed_instants(Rhythm("interval", minutes=1), due, due + timedelta(days=300)) == 1000


def test_the_next_three_are_told():
    assert next_instants(VIENNA, utc(2026, 3, 27, 8)) == [
        utc(2026, 3, 27, 8), utc(2026, 3, 28, 8), utc(2026, 3, 29, 7)
    ]  # fmt: skip
    assert next_instants(Rhythm("released"), utc(2026, 3, 27, 8)) == []


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm("interval", minutes=60), "every hour"),
        (Rhythm("interval", minutes=90), "every 90 minutes"),
        (Rhythm("interval", minutes=2880), "every 2 days"),
        (VIENNA, "every day at 09:00 (Europe/Vienna)"),
        (Rhythm("daily", days=3), "every 3 days at 09:00 (UTC)"),
        (Rhythm("weekly", weekdays=(4, 0, 2)), "Monday, Wednesday and Friday at 09:00 (UTC)"),
        (Rhythm("released"), "when a version is released"),
        (Rhythm("submitted"), "when a version is submitted"),
    ],
)
def test_rhythms_are_said_in_words(rhythm, words):
    assert in_words(rhythm) == words
