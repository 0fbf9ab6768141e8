"""What `verify_ledger` compares of the rules: approval policies in force, and signed forms.

A policy that was lowered in the database, or a form that nobody signed, would let signatures through that the
house did not agree on; both are found by the entry that was written with the row.
"""

import json
from collections.abc import Iterator
from typing import Any

from audits.identity.events import FORM_SIGNED, TRAINING_RECORDED
from audits.identity.models import SignedForm
from audits.identity.services.signed_forms import told_of as form_told
from audits.ledger.models import Event, Leaf
from audits.ledger.verifiers import Fault
from prompts.lifecycle.events import POLICY_SET
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.services.set_policy import told_of as policy_told

PIECE = 500
DEFAULTS = {"waiting_hours": 0, "authentication": "password", "forms": []}
"""What entries did not tell of a policy before it could ask for it."""


def policies() -> Iterator[Fault]:
    """Every policy is as the newest entry about it tells; none has vanished."""
    newest: dict[str, Event] = {}
    for event in Event.objects.filter(event=POLICY_SET.name).order_by("pk").iterator(PIECE):
        newest[event.subject] = event
    there = set()
    for policy in ApprovalPolicy.objects.select_related("collection").order_by("pk"):
        there.add(policy.name)
        event_ = newest.get(policy.name)
        if event_ is None:
            yield Fault(policy.name, "no entry tells that this policy was set")
            continue
        told, now = {**DEFAULTS, **_payload(event_)}, policy_told(policy)
        wrong = next((name for name, value in now.items() if told.get(name) != value), "")
        if wrong:
            yield Fault(policy.name, f"{wrong} is not what was set", _position(event_))
    for name, event in newest.items():
        if name not in there:
            yield Fault(name, "this policy is gone", _position(event))


def signed_forms() -> Iterator[Fault]:
    """Every signed form is as its entry tells, and none has vanished."""
    kinds = (FORM_SIGNED.name, TRAINING_RECORDED.name)
    entries = {}
    for event in Event.objects.filter(event__in=kinds).order_by("pk").iterator(PIECE):
        entries[int(_payload(event).get("signed_form", 0))] = event
    for row in SignedForm.objects.select_related("form").order_by("pk").iterator(PIECE):
        subject = f"{row.form.slug} by {row.username}"
        entry = entries.pop(row.pk, None)
        if entry is None:
            yield Fault(subject, "no entry tells of this form")
            continue
        told, now = _payload(entry), form_told(row)
        wrong = next((name for name, value in now.items() if told.get(name) != value), "")
        if not wrong and (row.username, row.note) != (entry.subject, entry.reason):
            wrong = "the person or the note"
        if wrong:
            yield Fault(subject, f"{wrong} is not what was signed", _position(entry))
    for event in entries.values():
        yield Fault(f"a form of {event.subject}", "the signed form is gone", _position(event))


def _payload(event: Event) -> dict[str, Any]:
    return json.loads(event.payload) if event.payload else {}


def _position(event: Event) -> int | None:
    return Leaf.objects.filter(event=event).values_list("position", flat=True).first()
