"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from audits.notices import retries

NOW = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)


def test_the_steps_are_those_of_the_standard_with_up_to_a_fifth_more():
    for attempts, seconds in enumerate(retries.STEPS[1:], start=1):
        due = retries.next_try(attempts, NOW)
        assert timedelta(seconds=seconds) <= due - NOW <= timedelta(seconds=seconds * 1.2)


def test_after_the_last_step_there_is_no_other_try():
    assert retries.next_try(retries.MOST, NOW) is None


def test_pauses_grow_to_a_limit():
    first, later, last = (retries.pause(failures, NOW) - NOW for failures in (1, 3, 50))
    assert first < later < last
    assert last <= timedelta(seconds=retries.PAUSES[-1] * 1.2)


def test_a_pause_is_as_long_as_the_receiver_asks_but_not_for_ever():
    assert retries.pause(1, NOW, timedelta(hours=1)) - NOW == timedelta(hours=1)
    assert retries.pause(1, NOW, timedelta(days=900)) - NOW == retries.LONGEST_PAUSE


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 7 ", 7), ("Sun, 29 Mar 2026 01:00:00 GMT", 60), ("Sun, 29 Mar 2026 01:00:00", 60)],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retries.retry_after(value, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "9" * 40, "²", "\x00", "1e9"])
def test_a_broken_retry_after_is_none(value):
    assert retries.retry_after(value, NOW) is None
