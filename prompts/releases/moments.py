"""A moment told in somebody's own time zone, as the one instant it means. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from audits.identity.errors import Unacceptable


def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone of that name; raises ``Unacceptable``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unacceptable(f"There is no time zone {name[:60]!r}.", field="zone") from error


def instant(local: datetime, zone: str) -> datetime:
    """The UTC instant at which clocks in ``zone`` (IANA name) show ``local`` (naive).

    Raises ``Unacceptable`` for a time that clocks skip when they are put forward, and for one that they show
    twice when they are put back (``fold``, PEP 495); the message names the instants to choose from.
    """
    place = zone_of(zone)
    try:
        first = local.replace(tzinfo=place, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise Unacceptable("This is no time that a calendar holds.", field="due_at") from error
    if first.astimezone(place).replace(tzinfo=None) != local:
        raise Unacceptable(
            f"Clocks in {zone} skip {local:%H:%M} on {local:%Y-%m-%d}: "
            f"{_shown(first, place)} comes instead. Choose a time that exists.",
            field="due_at",
        )
    if first != second:
        raise Unacceptable(
            f"Clocks in {zone} show {local:%H:%M} twice on {local:%Y-%m-%d}: at {first:%H:%M} and at "
            f"{second:%H:%M} UTC. Give the time in UTC.",
            field="due_at",
        )
    return first


def _shown(moment: datetime, place: ZoneInfo) -> str:
    return f"{moment.astimezone(place):%H:%M}"


def in_time(due: datetime, now: datetime, most: timedelta) -> datetime:
    """``due``, if it lies ahead and within ``most``; raises ``Unacceptable``."""
    if due <= now:
        raise Unacceptable("This moment is past. Choose one that lies ahead.", field="due_at")
    if due > now + most:
        raise Unacceptable(f"At most {most.days} days ahead.", field="due_at")
    return due
