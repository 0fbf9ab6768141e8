"""Hours by which calls are digested."""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
SETTLES = timedelta(minutes=5)
"""How long after its end an hour is digested: calls are told in two parts by older SDKs."""
UNDER_WAY = timedelta(minutes=1)
"""So long before, what is added is told already: a digest may be read just then."""


def hour_of(moment: datetime) -> datetime:
    """The begin of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def closes(hour: datetime) -> datetime:
    """From when on additions to the calls of this hour are told."""
    return hour + HOUR + SETTLES - UNDER_WAY
