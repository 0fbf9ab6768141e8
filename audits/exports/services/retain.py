"""Erase the content of entries whose period is over: piece by piece, each in a transaction of its own.

What was erased is empty and is not found again, so a run that was cut off is simply gone on with, and two at
once do no harm: the second one to write the same piece fails and leaves it to the first.
"""

from collections import deque
from datetime import datetime

from django.db import IntegrityError

from audits.exports.held import any_of, holds, why_kept
from audits.exports.models import Retention
from audits.exports.selectors import due
from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.faults import fault_of
from audits.ledger.services.erase_payloads import MOST, erase_payloads

RETENTION = Actor.system("retention")
MOST_A_RUN = 5000
EVERY_SECONDS = 600


def retain(*, now: datetime, most: int = MOST_A_RUN) -> int:
    """Erases what is due, at most so many entries; returns how many. Kinds take turns."""
    rules = Retention.objects.filter(amount__isnull=False).order_by("kind").values_list("pk", flat=True)
    turns = deque((rule, 0) for rule in rules)
    erased = 0
    while turns and erased < most:
        rule, after = turns.popleft()
        try:
            done, last = erase_piece(
                actor=RETENTION, rule_id=rule, after=after, now=now, most=min(MOST, most - erased)
            )
        except IntegrityError:
            continue
        erased += done
        if last is not None:
            turns.append((rule, last))
    return erased


@verb
def erase_piece(
    *, actor: Actor, rule_id: int, after: int, now: datetime, most: int = MOST
) -> tuple[int, int | None]:
    """One piece of one kind: how many were erased, and where to go on (None: nothing is left).

    An entry that does not verify is passed over: what was tampered with stays as a proof of it.
    """
    rule = Retention.objects.select_for_update().filter(pk=rule_id, amount__isnull=False).first()
    if rule is None or rule.period is None or why_kept(rule.kind):
        return 0, None
    kept = holds()
    found = due(rule.kind, rule.period, now).exclude(any_of(kept))
    rows = list(found.filter(pk__gt=after).select_related("leaf").order_by("pk")[:most])
    sound = [row for row in rows if not fault_of(row, row.leaf.leaf_hash)]
    if sound:
        erase_payloads(
            actor=actor,
            positions=[row.leaf.position for row in sound],
            reason=f"{rule.kind}: the period of {rule.period} is over",
            proposed_by=rule.set_by,
            holds=kept,
            rule={
                "kind": rule.kind,
                "period": str(rule.period),
                "set_by": rule.set_by,
                "confirmed_by": rule.confirmed_by,
            },
        )
    return len(sound), rows[-1].pk if len(rows) == most else None
