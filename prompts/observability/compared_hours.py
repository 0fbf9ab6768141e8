"""Whether the calls that are there are those of which each hour's digest stands in the ledger."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldError
from django.db.models import QuerySet

from audits.ledger.models import Event, Leaf
from prompts.observability.events import CALLS_AMENDED, HOUR_DIGESTED
from prompts.observability.services.digest_hours import digest_of


@dataclass(slots=True)
class Compared:
    """``hours`` with so many ``calls`` were compared; of ``amended`` ones only the number of calls, since
    applications added to them; ``not_compared`` are those whose entry is erased or tells no columns.
    ``reached`` is the key of the last entry that was read. ``first_bad`` is empty if all fits.
    """

    hours: int = 0
    calls: int = 0
    amended: int = 0
    not_compared: int = 0
    reached: int = 0
    position: int | None = None
    first_bad: str = ""


Tell = Callable[[Compared], None]
"""Called after each hour; what it raises ends the comparison."""


def compare_hours(found: Compared | None = None, *, tell: Tell | None = None) -> Compared:
    """Hour by hour, up to the first whose calls were changed, added or removed.

    Goes on with ``found`` where an earlier part is handed in, and counts in it.
    """
    found = found or Compared()
    amended = set(_amended().values_list("subject", flat=True))
    digested = Event.objects.filter(event=HOUR_DIGESTED.name, pk__gt=found.reached)
    for key, subject, payload in (
        digested.values_list("pk", "subject", "payload").order_by("pk").iterator(500)
    ):
        found.first_bad = _one_hour(found, subject, payload, is_amended=subject in amended)
        if found.first_bad:
            found.position = Leaf.objects.filter(event=key).values_list("position", flat=True).first()
            break
        found.reached = key
        if tell is not None:
            tell(found)
    return found


def _one_hour(found: Compared, subject: str, payload: str | None, *, is_amended: bool) -> str:
    """Counts the hour; what is wrong with it, or nothing."""
    told = json.loads(payload or "{}")
    try:
        calls, digest = digest_of(datetime.fromisoformat(told["from"]), told["columns"])
    except (KeyError, FieldError):
        found.not_compared += 1
        return ""
    found.hours, found.calls, found.amended = found.hours + 1, found.calls + calls, found.amended + is_amended
    if calls != told["calls"]:
        return f"{subject}: {told['calls']:,} were received, {calls:,} are there"
    if digest == told["sha256"] or is_amended:
        return ""
    if _amended().filter(subject=subject).exists():  # while this comparison was under way
        found.amended += 1
        return ""
    return f"{subject}: one of them was changed since they were digested"


def _amended() -> QuerySet[Event]:
    """The entries of additions to hours that are digested."""
    return Event.objects.filter(event=CALLS_AMENDED.name)
