"""Take the content of entries away (GDPR, article 17): the value and the salt of its commitment.

What was hashed stays as it is, so every proof still holds. The commitment tells nothing any more, nor do the
marks of rows: without the salt nobody can try values against them. The entry's own columns (who, when, which
act, about what, the reason given) are hashed themselves and stay.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from audits.adminkit.recorded import RecordedTable, tables
from audits.adminkit.row_marks import GONE, Told, in_pieces, marks_of
from audits.ledger.events import ENTRIES_ERASED, ROWS_TOLD_AGAIN
from audits.ledger.models import Erasure, Event, Leaf
from audits.ledger.newest_marks import NewestMark, marks_in, told_columns
from audits.ledger.row_verifier import as_of
from audits.ledger.services.record_event import LedgerActor, record, told_of, write

MOST = 500
"""Entries that one act erases."""


class NotErased(Exception):
    """Nothing was erased; the text says why."""


def why_not_erase(positions: Collection[int], holds: Mapping[str, Q]) -> str:
    """What stands against erasing these entries, or empty.

    ``holds`` are conditions on entries that must stay as they are, by what a person calls them.
    """
    if not 0 < len(positions) <= MOST:
        return f"Name one to {MOST} entries."
    leaves = Leaf.objects.filter(position__in=positions).select_related("event")
    found = {leaf.position: leaf.event for leaf in leaves}
    if missing := sorted(set(positions) - set(found)):
        return f"There is no entry {missing[0]:,} in the signed tree."
    for position, event in sorted(found.items()):
        if event.payload is None:
            return f"The content of entry {position:,} is erased already."
        if event.event == ENTRIES_ERASED.name:
            return (
                f"Entry {position:,} tells of an erasure itself: without it that one would look like a fault."
            )
    for words, condition in holds.items():
        held = Event.objects.filter(condition, leaf__position__in=positions).order_by("leaf__position")
        if (position := held.values_list("leaf__position", flat=True).first()) is not None:
            return f"Entry {position:,} is under {words}: it is erased once that is released."
    return ""


@transaction.atomic
def erase_payloads(
    *,
    actor: LedgerActor,
    positions: Collection[int],
    reason: str,
    proposed_by: str,
    holds: Mapping[str, Q],
    rule: dict[str, Any] | None = None,
) -> Event:
    """Erases them and says so in an entry that names them, and the rule that asked for it, if one did.

    Raises ``NotErased``, also for what is held (``why_not_erase``).
    """
    places = sorted(set(positions))
    if why_not := why_not_erase(places, holds):
        raise NotErased(why_not)
    rows = list(Leaf.objects.filter(position__in=places).values_list("position", "event_id", "event__uuid"))
    again = list(_told_again([key for _, key, _ in rows]))
    event = record(
        event=ENTRIES_ERASED,
        actor=actor,
        subject_type="entry",
        subject=in_words(places)[:400],
        reason=reason,
        payload={
            "positions": places,
            "entries": [str(identity) for _, _, identity in sorted(rows)],
            "proposed_by": proposed_by,
            **({"rule": rule} if rule else {}),
        },
    )
    facts = told_of(actor) | {"subject_type": "rows", "reason": ""}
    for piece in again:
        write(ROWS_TOLD_AGAIN, facts | {"subject": ", ".join(piece)}, {}, rows=piece)
    Erasure.objects.bulk_create(Erasure(position=position, event=event) for position in places)
    marks = ", ".join(["%s"] * len(rows))
    with (
        connection.cursor() as cursor
    ):  # past the queryset, which refuses; the trigger lets just this through
        cursor.execute(
            f"UPDATE ledger_event SET payload = NULL, salt = NULL WHERE id IN ({marks})",  # noqa: S608
            [key for _, key, _ in rows],
        )
    return event


def _told_again(entries: Collection[int]) -> Iterator[Told]:
    """The rows that are as these entries told last, to be told under another salt; see ``NewestMark.rank``.

    A row that is otherwise was told of since, or was forged and stays to be found. One that was put back to
    what it had been long ago is told again as of then, which hides no later entry.
    """
    last: dict[tuple[str, int], NewestMark] = {}
    rows = Event.objects.filter(pk__in=entries).order_by("leaf__position")
    for position, body, salt in rows.values_list("leaf__position", "body", "salt"):
        for name, mark in marks_in(position, body, salt):
            known = last.get((name, mark.key))
            if known is None or _rank(known) <= _rank(mark):
                last[name, mark.key] = mark
    held: dict[tuple[str, str], dict[int, NewestMark]] = {}
    for (name, key), mark in last.items():
        if mark.mark != GONE:
            held.setdefault((name, mark.shape), {})[key] = mark
    columns = told_columns() if held else {}
    for table in tables():
        for shape in sorted(shape for name, shape in held if name == table.name):
            covered = as_of(table, shape, columns.get(table.name, {}).get(shape, []))
            if covered is not None:
                yield from _as_they_are(covered, held[table.name, shape])


def _as_they_are(table: RecordedTable, told: dict[int, NewestMark]) -> Iterator[Told]:
    """Those of these rows that are as was told, locked: nobody writes them before this is told again."""
    keys = sorted(told)
    for start in range(0, len(keys), MOST):
        there = table.model._base_manager.filter(pk__in=keys[start : start + MOST]).order_by("pk")
        now = marks_of(table, list(there.select_for_update().values_list("pk", flat=True)))
        same: dict[Any, str | None] = {
            int(key): mark for key, mark in now.items() if told[int(key)].holds(mark, table.name)
        }
        for piece in in_pieces({table: same}):
            for one in piece.values():
                one["again"] = {key: told[int(key)].rank for key in one["marks"]}
            yield piece


def _rank(mark: NewestMark) -> tuple[int, int]:
    """Entries that are erased have their places."""
    return (mark.rank or 0, mark.position or 0)


def in_words(positions: Collection[int]) -> str:
    """``entries 3, 5 to 7``."""
    parts: list[tuple[int, int]] = []
    for position in sorted(positions):
        if parts and parts[-1][1] == position - 1:
            parts[-1] = (parts[-1][0], position)
        else:
            parts.append((position, position))
    told = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in parts)
    return f"entr{'y' if len(positions) == 1 else 'ies'} {told}"
