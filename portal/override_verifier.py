"""What `verify_ledger` compares of verdicts that people overruled."""

import json
from collections.abc import Iterator
from typing import Any

from audits.ledger.models import Event, Leaf
from audits.ledger.verifiers import Fault
from prompts.evaluations.events import RESULT_OVERRIDDEN
from prompts.evaluations.models import Override
from prompts.evaluations.services.override_result import told_of

PIECE = 500


def overrides() -> Iterator[Fault]:
    """Every override is as its entry tells, with its reason and person, and none has vanished."""
    entries: dict[int, Event] = {}
    for event in Event.objects.filter(event=RESULT_OVERRIDDEN.name).order_by("pk").iterator(PIECE):
        entries[int(_payload(event).get("override", 0))] = event
    rows = Override.objects.select_related("result__run__prompt")
    for row in rows.order_by("pk").iterator(PIECE):
        entry = entries.pop(row.pk, None)
        subject = f"{row.result.run} {row.result.case_name}"
        if entry is None:
            yield Fault(subject, "no entry tells that this verdict was overruled")
        elif _payload(entry) != told_of(row) or entry.reason != row.reason:
            yield Fault(subject, "the override is not what was recorded", _position(entry))
    for entry in entries.values():
        yield Fault(entry.subject, "an override of its results is gone", _position(entry))


def _payload(event: Event) -> dict[str, Any]:
    return json.loads(event.payload) if event.payload else {}


def _position(event: Event) -> int | None:
    return Leaf.objects.filter(event=event).values_list("position", flat=True).first()
