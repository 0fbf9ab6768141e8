"""Whether the calls that are there are those of which each hour's digest stands in the ledger.

Reads every call, so it is asked for and not part of each verification.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldError

from audits.ledger.models import Event, Leaf
from prompts.observability.events import CALLS_AMENDED, HOUR_DIGESTED
from prompts.observability.services.digest_hours import digest_of


@dataclass(slots=True)
class Compared:
    """``hours`` were compared; of ``amended`` ones only the number of calls, since applications added to
    them; ``not_compared`` are those whose entry is erased or tells no columns. ``first_bad`` is empty if all
    fits.
    """

    hours: int = 0
    amended: int = 0
    not_compared: int = 0
    position: int | None = None
    first_bad: str = ""


def compare_hours() -> Compared:
    """Hour by hour, up to the first whose calls were changed, added or removed."""
    found = Compared()
    amended = set(Event.objects.filter(event=CALLS_AMENDED.name).values_list("subject", flat=True))
    digested = Event.objects.filter(event=HOUR_DIGESTED.name)
    found.not_compared = digested.filter(payload__isnull=True).count()
    rows = digested.filter(payload__isnull=False).values_list("pk", "subject", "payload")
    for key, subject, payload in rows.order_by("pk").iterator(500):
        told = json.loads(payload)
        try:
            calls, digest = digest_of(datetime.fromisoformat(told["from"]), told["columns"])
        except (KeyError, FieldError):
            found.not_compared += 1
            continue
        found.hours += 1
        late = subject in amended
        found.amended += late
        reason = ""
        if calls != told["calls"]:
            reason = f"{told['calls']:,} were received, {calls:,} are there"
        elif digest != told["sha256"] and not late:
            reason = "one of them was changed since they were digested"
        if reason:
            found.first_bad = f"{subject}: {reason}"
            found.position = Leaf.objects.filter(event=key).values_list("position", flat=True).first()
            break
    return found
