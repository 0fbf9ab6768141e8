"""What `verify_ledger` compares of answers that people graded."""

import json
from collections.abc import Iterator
from typing import Any

from audits.ledger.models import Event, Leaf
from audits.ledger.verifiers import Fault
from prompts.evaluations.events import RESULT_GRADED
from prompts.evaluations.models import HumanGrade
from prompts.evaluations.services.grade_by_hand import told_of

PIECE = 500


def grades() -> Iterator[Fault]:
    """Every grade has the digest that its entry tells, and none has vanished."""
    entries: dict[int, Event] = {}
    for event in Event.objects.filter(event=RESULT_GRADED.name).order_by("pk").iterator(PIECE):
        entries[int(_payload(event).get("grade", 0))] = event
    rows = HumanGrade.objects.select_related("result__run__prompt").defer(
        "result__output", "result__reasoning"
    )
    for row in rows.order_by("pk").iterator(PIECE):
        entry = entries.pop(row.pk, None)
        subject = f"{row.result.run} {row.result.case_name}"
        if entry is None:
            yield Fault(subject, "no entry tells that this answer was graded")
        elif _payload(entry) != told_of(row):
            yield Fault(subject, "the grade is not what was recorded", _position(entry))
    for entry in entries.values():
        yield Fault(entry.subject, "a grade of its answers is gone", _position(entry))


def _payload(event: Event) -> dict[str, Any]:
    return json.loads(event.payload) if event.payload else {}


def _position(event: Event) -> int | None:
    return Leaf.objects.filter(event=event).values_list("position", flat=True).first()
