"""Have the whole log verified, from a page or by the scheduler; the outcome becomes an entry itself.

The reading is never inside a transaction, which would keep writers out for its length.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from audits.exports.events import TRAIL_VERIFIED
from audits.exports.policies import TrailPolicy
from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.ledger.models import Alarm, Verification
from audits.ledger.selectors import tree_size
from audits.ledger.services import record
from audits.ledger.services.alarms import end_alarms, raise_alarm
from audits.ledger.services.run_verification import Busy, give_up, run_verification
from audits.ledger.verification import Report

LARGEST = 50_000
"""Entries that are verified while somebody waits for a page; more take the command, or the scheduler."""
BUDGET = 240.0
"""Seconds that one call of the scheduler reads; a longer log goes on with the next call."""
VERIFIER = Actor.system("verification")


def verify_trail(*, actor: Actor) -> Report:
    """Verifies and records what was found.

    Raises ``Refused``; ``Conflict`` where the log is too long for a page.
    """
    TrailPolicy(actor).require("verify")
    if tree_size() > LARGEST:
        raise Conflict(
            f"More than {LARGEST:,} entries take too long for a page: run manage.py verify_ledger."
        )
    _, report, _ = run_verification(by=actor.name, resume=False, done=partial(_note, actor))
    assert report is not None  # noqa: S101  only a budget ends it without one
    return report


def verify_when_due(*, now: datetime, budget: float = BUDGET) -> Report | None:
    """Verifies once in ``LEDGER_VERIFY_HOURS``, or goes on with what was interrupted; None if not (yet) done.

    May be called at any time, twice and at once.
    """
    if give_up(VERIFIER.name) is not None:
        reason = "The scheduled verification was cut off again and again: look at the worker's log."
        raise_alarm(actor=VERIFIER, kind=Alarm.Kind.UNVERIFIED, reason=reason)
    newest = Verification.objects.filter(by=VERIFIER.name).order_by("-id").first()
    every = timedelta(hours=settings.LEDGER_VERIFY_HOURS)
    if newest is not None and newest.finished_at is not None and now - newest.started_at < every:
        return None
    try:
        _, report, _ = run_verification(
            by=VERIFIER.name, resume=True, budget=budget, done=partial(_note, VERIFIER)
        )
    except Busy:
        return None
    return report


def _note(actor: Actor, row: Verification, report: Report) -> None:
    """The entry, and the alarm or its end; in the transaction in which the verification ends."""
    payload = {
        "ok": report.ok,
        "entries": report.tree_size,
        "root": report.root,
        "first_bad": row.first_bad,
        "resumed_at": row.resumed_at,
    }
    record(
        event=TRAIL_VERIFIED, actor=actor, subject_type="export", subject="the audit trail", payload=payload
    )
    if report.ok:
        end_alarms(actor=actor, kinds=(Alarm.Kind.UNSOUND, Alarm.Kind.UNVERIFIED))
    else:
        raise_alarm(actor=actor, kind=Alarm.Kind.UNSOUND, reason=row.first_bad)
