"""Which entries are under a legal hold, and which kinds are kept for ever.

The rooms above know what belongs to a prompt or a collection: they register a *reach*, which turns a name
into a condition on entries. What has none is found by its name alone.
"""

import json
from collections.abc import Callable, Mapping

from django.db import connection
from django.db.models import Q

from audits.exports.models import LegalHold

Reach = Callable[[str], Q]
_reaches: dict[str, Reach] = {}
_kept: dict[str, str] = {}


def register_reach(scope: str, reach: Reach) -> None:
    """``reach(name)`` finds the entries about such a thing; called once for each scope, at start-up."""
    _reaches[scope] = reach


def keep(kind: str, reason: str) -> None:
    """A kind of entries (or the beginning of kinds, with its dot) whose content is never due."""
    _kept[kind] = reason


keep("ledger.", "The log itself is verified with it.")
keep("exports.retention.", "It tells why content was erased.")
keep("exports.hold.", "It tells why content was kept.")
keep("exports.erasure.", "It tells who asked for an erasure.")


def why_kept(kind: str) -> str:
    """Why the content of this kind is never due; empty where it may have a period."""
    return next((why for start, why in _kept.items() if kind == start or _begins(kind, start)), "")


def _begins(kind: str, start: str) -> bool:
    return start.endswith(".") and kind.startswith(start)


def mentions(name: str, *, whole: bool = True) -> Q:
    """Entries whose content holds the name as a text of its own; else, as the beginning of one as well."""
    quoted = json.dumps(name, ensure_ascii=False)
    return Q(payload__contains=quoted if whole else quoted[:-1])


def reach_of(hold: LegalHold) -> Q:
    """The entries that the hold keeps."""
    match hold.scope:
        case LegalHold.Scope.EVERYTHING:
            return Q(pk__isnull=False)
        case LegalHold.Scope.KIND:
            return Q(event=hold.name)
        case LegalHold.Scope.PERSON:
            return Q(actor=hold.name) | Q(subject_type="user", subject=hold.name) | mentions(hold.name)
        case scope if scope in _reaches:
            return _reaches[scope](hold.name)
    return Q(subject=hold.name) | mentions(hold.name)


def holds() -> Mapping[str, Q]:
    """What is held now, by the words for the hold. Releasing or placing one waits for the transaction."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(LegalHold._meta.db_table)} IN SHARE MODE")
    return held()


def held() -> Mapping[str, Q]:
    """The same without waiting, for pages."""
    rows = LegalHold.objects.filter(released_at__isnull=True).order_by("pk")
    return {f"legal hold {row.pk} ({row.reference})": reach_of(row) for row in rows}


def any_of(found: Mapping[str, Q]) -> Q:
    """One condition of them all; none is met where there is no hold."""
    whole = Q(pk__in=())
    for part in found.values():
        whole |= part
    return whole
