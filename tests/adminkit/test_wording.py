"""Times and shares in words."""

from datetime import UTC, datetime, timedelta

import pytest

from audits.adminkit.wording import exact, lasted, relative, span
from portal.templatetags.pages import percent


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "a moment"), (60, "1 minute"), (3599, "59 minutes"), (7200, "2 hours"), (86400 * 4, "4 days")],
)
def test_a_span_has_one_whole_unit(seconds, words):
    assert span(seconds) == words


def test_past_and_future_are_told_apart():
    now = datetime(2026, 3, 17, 9, tzinfo=UTC)
    assert relative(now - timedelta(days=1), now) == "1 day ago"
    assert relative(now + timedelta(hours=2), now) == "in 2 hours"


def test_the_exact_time_names_its_zone():
    assert exact(datetime(2026, 3, 7, 9, 5, 1, tzinfo=UTC)) == "7 March 2026, 09:05:01 UTC"


@pytest.mark.parametrize(("share", "told"), [(0.9474, "94.7\u00a0%"), (1, "100.0\u00a0%"), (None, "none")])
def test_a_share_is_a_percentage_and_nothing_is_none(share, told):
    assert percent(share) == told


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (None, "\u2013"),
        (849.6, "850\u00a0ms"),
        (999.6, "1.0\u00a0s"),
        (1234, "1.2\u00a0s"),
        (59_960, "1\u00a0min 0\u00a0s"),
    ],
)
def test_a_duration_has_the_unit_of_its_size(milliseconds, words):
    assert lasted(milliseconds) == words
