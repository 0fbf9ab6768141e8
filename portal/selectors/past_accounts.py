"""Whose account was in use at a moment, as the entries of the log tell it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from audits.identity.events import ACCESS_ENDED, USER_CHANGED, USER_CREATED
from audits.identity.models import User
from audits.ledger.models import Event

Account = tuple[bool, datetime | None]
"""Whether it may sign in, and when its access ends."""
NEVER: Account = (False, None)


def let_in_at(people: Iterable[User], at: datetime) -> tuple[set[str], set[str]]:
    """User names of those who were let in at the moment, and of those of whom an erased entry hides it.

    Before the first entry about an account that was there, what that entry says to have been before counts;
    without any entry, what the row says today.
    """
    rows = {user.username: user for user in people}
    kinds = (USER_CREATED.name, USER_CHANGED.name, ACCESS_ENDED.name)
    told: dict[str, list[Event]] = defaultdict(list)
    entries = Event.objects.filter(event__in=kinds, subject_type="user", subject__in=list(rows))
    for entry in entries.order_by("id"):
        told[entry.subject].append(entry)
    let_in, hidden = set(), set()
    for name, user in rows.items():
        active, ends = _account(user, told[name], at)
        if active and (ends is None or ends > at):
            let_in.add(name)
        if any(entry.payload is None and entry.event != ACCESS_ENDED.name for entry in told[name]):
            hidden.add(name)
    return let_in, hidden


def _account(user: User, entries: list[Event], at: datetime) -> Account:
    by_then = [entry for entry in entries if entry.recorded_at <= at]
    if by_then:
        state: Account = (True, None)
        for entry in by_then:
            state = _after(entry, state)
        return state
    if user.date_joined > at or any(entry.event == USER_CREATED.name for entry in entries):
        return NEVER
    now = (user.is_active, user.access_ends_at)
    return _before(entries[0], now) if entries else now


def _after(entry: Event, state: Account) -> Account:
    if entry.event == ACCESS_ENDED.name:
        return (False, state[1])
    told = json.loads(entry.payload or "{}")
    if entry.event == USER_CREATED.name:
        return (True, _moment(told.get("ends")))
    if "active" not in told:
        return state
    return (bool(told["active"][1]), _moment(told.get("ends", ["", ""])[1]))


def _before(entry: Event, now: Account) -> Account:
    if entry.event == ACCESS_ENDED.name:
        return (True, now[1])
    told = json.loads(entry.payload or "{}")
    return (bool(told["active"][0]), _moment(told.get("ends", ["", ""])[0])) if "active" in told else now


def _moment(text: Any) -> datetime | None:
    return parse_datetime(str(text)) if text else None
