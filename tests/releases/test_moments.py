"""Local times that exist twice, not at all, or once."""

from datetime import UTC, datetime

import pytest

from audits.identity.errors import Unacceptable
from prompts.releases.moments import instant


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25T01:59", "Europe/Berlin", "2026-10-24T23:59"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00"),
        ("2026-11-01T00:30", "America/New_York", "2026-11-01T04:30"),
        ("2026-10-04T03:00", "Australia/Lord_Howe", "2026-10-03T16:00"),
        ("2026-06-01T12:00", "Asia/Kathmandu", "2026-06-01T06:15"),
        ("2026-06-01T12:00", "UTC", "2026-06-01T12:00"),
    ],
)
def test_a_time_that_exists_once_is_that_instant(local, zone, utc):
    assert instant(datetime.fromisoformat(local), zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2026-03-29T02:30", "Europe/Berlin"),
        ("2026-03-08T02:00", "America/New_York"),
        ("2026-10-04T02:15", "Australia/Lord_Howe"),
        ("2011-12-30T12:00", "Pacific/Apia"),
    ],
)
def test_a_time_that_clocks_skip_is_refused(local, zone):
    with pytest.raises(Unacceptable, match="skip"):
        instant(datetime.fromisoformat(local), zone)


@pytest.mark.parametrize(
    ("local", "zone", "instants"),
    [
        ("2026-10-25T02:30", "Europe/Berlin", "00:30 and at 01:30 UTC"),
        ("2026-11-01T01:00", "America/New_York", "05:00 and at 06:00 UTC"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "14:45 and at 15:15 UTC"),
    ],
)
def test_a_time_that_clocks_show_twice_is_refused_with_both_instants(local, zone, instants):
    with pytest.raises(Unacceptable, match=instants):
        instant(datetime.fromisoformat(local), zone)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "\0"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(Unacceptable):
        instant(datetime.fromisoformat("2026-06-01T12:00"), zone)
