"""Reads: an export that somebody brings back, what is to be erased, and what is held."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from audits.exports.held import any_of, held, why_kept
from audits.exports.models import ErasureProposal, LegalHold, Retention, RetentionChange
from audits.exports.periods import Period
from audits.ledger import merkle, notes
from audits.ledger.events import ENTRIES_ERASED, kinds
from audits.ledger.keyring import keyring
from audits.ledger.keys import KeyUnusable
from audits.ledger.models import Event
from audits.ledger.selectors import newest_checkpoint, stored_nodes


def why_not_ours(found: dict[str, Any]) -> str:
    """Why a sound export (``verify.check``) is none of this portal's log; empty where it is one.

    Its key must be the portal's, and its checkpoint must describe the beginning of today's log.
    """
    head = newest_checkpoint()
    try:
        origin = notes.parse(head.note).tree.origin if head else ""
        if head is None or found["key"] not in keyring(origin).lines:
            return "it is signed by another key than this portal's"
    except KeyUnusable as error:
        return str(error)
    size = int(found["size"])
    try:
        parts = merkle.parts((0, size)) if size <= head.size else []
        hashes = stored_nodes(parts)
    except KeyError:
        return "rows of this portal's tree are missing: run manage.py verify_ledger"
    if size > head.size or merkle.fold([hashes[part] for part in parts]) != found["root"]:
        return f"this portal's log does not begin with the {size:,} entries that it was made of"
    return ""


def erasure_proposals() -> list[ErasureProposal]:
    """Those that wait, the oldest first, and then the newest of those that were decided."""
    waiting = ErasureProposal.objects.filter(state=ErasureProposal.State.OPEN).order_by("pk")
    decided = ErasureProposal.objects.exclude(state=ErasureProposal.State.OPEN).order_by("-pk")
    return [*waiting[:200], *decided[:50]]


def due(kind: str, period: Period, now: datetime) -> QuerySet[Event]:
    """Signed entries of the kind whose period is over and whose content is still there, held or not."""
    rows = Event.objects.filter(event=kind, recorded_at__lte=period.before(now))
    return rows.filter(payload__isnull=False, leaf__isnull=False)


@dataclass(frozen=True, slots=True)
class WouldGo:
    """What a period would erase at once, and what of it is held."""

    count: int
    held: int
    oldest: datetime | None
    newest: datetime | None
    first: list[Event]


def would_go(kind: str, period: Period, now: datetime) -> WouldGo:
    """Before a period takes effect: how many entries lose their content, and the first of them."""
    rows, kept = due(kind, period, now), any_of(held())
    found = rows.exclude(kept)
    ends = found.aggregate(count=Count("pk"), oldest=Min("recorded_at"), newest=Max("recorded_at"))
    return WouldGo(
        ends["count"],
        rows.filter(kept).count(),
        ends["oldest"],
        ends["newest"],
        list(found.select_related("leaf").order_by("pk")[:5]),
    )


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of entries: how many there are, how many are due, and how many of these are held."""

    kind: str
    sentence: str
    why_kept: str
    rule: Retention | None
    change: RetentionChange | None
    count: int
    due: int
    held: int


def kind_rows(now: datetime) -> list[KindRow]:
    """Every kind, by name; two queries more for each kind that has a period."""
    counts = dict(Event.objects.order_by().values_list("event").annotate(n=Count("pk")))
    rules = {row.kind: row for row in Retention.objects.all()}
    waiting = RetentionChange.objects.filter(state=RetentionChange.State.OPEN)
    changes = {row.kind: row for row in waiting}
    kept = any_of(held())
    found = []
    for name, kind in sorted(kinds().items()):
        rule = rules.get(name)
        rows = due(name, rule.period, now) if rule and rule.period else None
        found.append(
            KindRow(
                name,
                kind.sentence,
                why_kept(name),
                rule,
                changes.get(name),
                counts.get(name, 0),
                rows.exclude(kept).count() if rows is not None else 0,
                rows.filter(kept).count() if rows is not None else 0,
            )
        )
    return found


def retention_changes() -> list[RetentionChange]:
    """Those that wait, the oldest first."""
    return list(RetentionChange.objects.filter(state=RetentionChange.State.OPEN).order_by("pk")[:200])


def retention_runs(most: int = 20) -> QuerySet[Event]:
    """The newest entries by which periods had content erased."""
    rows = Event.objects.filter(event=ENTRIES_ERASED.name, actor_type="system", actor="retention")
    return rows.order_by("-pk")[:most]


def legal_holds() -> list[LegalHold]:
    """Those in force, the newest first, and then the newest of those that were released."""
    active = LegalHold.objects.filter(released_at__isnull=True).order_by("-pk")
    over = LegalHold.objects.filter(released_at__isnull=False).order_by("-released_at")
    return [*active, *over[:50]]
