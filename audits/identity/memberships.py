"""Who was in which team when, as the entries of the log tell it: teams keep no history of their members."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from audits.identity.events import TEAM_CHANGED, TEAM_CREATED
from audits.ledger.models import Event


@dataclass(frozen=True, slots=True)
class Membership:
    """A time in a team (by slug); ``until`` is None while it lasts. ``by`` and ``ended_by`` are names."""

    team: str
    since: datetime
    by: str
    until: datetime | None = None
    ended_by: str = ""


def memberships(username: str) -> tuple[list[Membership], int]:
    """The person's times in teams, newest first, and how many entries cannot be read: erased content.

    Entries that do not hold the name cannot have changed anything for the person.
    """
    told = Event.objects.filter(event__in=(TEAM_CREATED.name, TEAM_CHANGED.name)).order_by("id")
    found: list[Membership] = []
    lasting: dict[str, Membership] = {}
    for entry in told.filter(payload__contains=json.dumps(username, ensure_ascii=False)):
        is_in, before = username in members_told(entry), lasting.get(entry.subject)
        if is_in and before is None:
            lasting[entry.subject] = Membership(entry.subject, entry.recorded_at, entry.actor)
        elif not is_in and before is not None:
            found.append(replace(before, until=entry.recorded_at, ended_by=entry.actor))
            del lasting[entry.subject]
    rows = [*found, *lasting.values()]
    rows.sort(key=lambda row: row.since, reverse=True)
    return rows, told.filter(payload__isnull=True).count()


def members_at(teams: Iterable[str], at: datetime) -> dict[str, set[str] | None]:
    """User names of each team's members at the moment: one query a team; None where the content is erased.

    A team of which no entry tells by then had no members.
    """
    told = Event.objects.filter(event__in=(TEAM_CREATED.name, TEAM_CHANGED.name), subject_type="team")
    found: dict[str, set[str] | None] = {}
    for team in teams:
        entry = told.filter(subject=team, recorded_at__lte=at).order_by("-id").first()
        found[team] = None if entry and entry.payload is None else members_told(entry) if entry else set()
    return found


def members_told(entry: Event) -> set[str]:
    """The members of a team after the act that the entry tells of."""
    told = json.loads(entry.payload or "{}").get("members", [])
    after = told[1] if entry.event == TEAM_CHANGED.name else told
    return {str(name) for name in after}
