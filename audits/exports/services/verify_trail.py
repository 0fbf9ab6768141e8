"""Have the whole log verified from a page; the outcome becomes an entry itself."""

from audits.exports.events import TRAIL_VERIFIED
from audits.exports.policies import TrailPolicy
from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.selectors import tree_size
from audits.ledger.services import record
from audits.ledger.verification import Report, verify

LARGEST = 50_000
"""Entries that are verified while somebody waits for a page; more take the command."""


def verify_trail(*, actor: Actor) -> Report:
    """Verifies and records what was found.

    The reading is not inside a transaction, which would keep writers out for its length. Raises ``Refused``;
    ``Conflict`` where the log is too long for a page.
    """
    TrailPolicy(actor).require("verify")
    if tree_size() > LARGEST:
        raise Conflict(
            f"More than {LARGEST:,} entries take too long for a page: run manage.py verify_ledger."
        )
    report = verify()
    _note(actor=actor, report=report)
    return report


@verb
def _note(*, actor: Actor, report: Report) -> None:
    bad = report.first_bad
    payload = {
        "ok": report.ok,
        "entries": report.tree_size,
        "root": report.root,
        "first_bad": f"{bad.kind} {bad.subject}: {bad.reason}" if bad else "",
    }
    record(
        event=TRAIL_VERIFIED, actor=actor, subject_type="export", subject="the audit trail", payload=payload
    )
