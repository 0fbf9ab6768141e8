"""The use of keys that may do more than read and report: the first one and each new address are entries at
once, the rest is one entry for each key and hour with its count.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.events import KEY_USED, KEY_USES_COUNTED
from audits.identity.models import KeyUse, ServiceAccount
from audits.identity.verbs import verb
from audits.ledger.services import record

PRIVILEGED = frozenset({"write", "evaluate", "release", "export"})
"""Verbs beyond reading (``read``, ``read_drafts``) and reporting (``ingest``, ``score``)."""
HOUR = timedelta(hours=1)
KEPT = timedelta(days=90)
MOST_AT_ONCE = 20
"""Entries about new addresses of one key within an hour; more are only counted."""
MOST_ADDRESSES = 50
"""Addresses that an hour's entry names."""


def is_privileged(account: ServiceAccount) -> bool:
    """Whether the key may do more than read and report."""
    return not PRIVILEGED.isdisjoint(account.verbs)


def note_use(*, actor: Actor, account_id: int, address: str) -> None:
    """Counts one request of such a key; the first one and one from a new address are told at once.

    A known address costs one statement, which is a transaction of its own: the row is locked no longer.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    if not _counted(account_id, address, hour):
        note_address(actor=actor, account_id=account_id, address=address, hour=hour)


def _counted(account_id: int, address: str, hour: datetime) -> int:
    mine = KeyUse.objects.filter(account=account_id, address=address[:64], hour=hour)
    return mine.update(uses=F("uses") + 1)


@verb
def note_address(*, actor: Actor, account_id: int, address: str, hour: datetime) -> None:
    """Begins an address's count of an hour, and tells of the key's first use and of new addresses."""
    account = ServiceAccount.objects.select_for_update().get(pk=account_id)
    if _counted(account_id, address, hour):  # another process was quicker
        return
    known = KeyUse.objects.filter(account=account)
    why = ""
    if not known.exists() and account.last_used_at is None:
        why = "first"
    elif not known.filter(address=address[:64]).exists():
        why = "address"
    if why and known.filter(hour=hour, at_once=True).count() >= MOST_AT_ONCE:
        why = ""
    KeyUse.objects.create(account=account, address=address[:64], hour=hour, uses=1, at_once=bool(why))
    if why:
        record(
            event=KEY_USED,
            actor=actor,
            subject_type="key",
            subject=account.name,
            payload={"why": why, "address": address[:64], "verbs": account.verbs},
        )


@verb
def tell_uses(*, actor: Actor) -> int:
    """One entry for each key and hour that is over, where more happened than was told; returns how many."""
    now = timezone.now()
    over = now.replace(minute=0, second=0, microsecond=0)
    rows = KeyUse.objects.select_for_update().filter(hour__lt=over, told=False)
    hours: dict[tuple[str, datetime], list[KeyUse]] = defaultdict(list)
    for row in rows.select_related("account").order_by("hour", "pk")[:1000]:
        hours[row.account.name, row.hour].append(row)
    told = sum(_tell(actor, name, hour, found) for (name, hour), found in hours.items())
    KeyUse.objects.filter(told=True, hour__lt=now - KEPT).delete()
    return told


def _tell(actor: Actor, name: str, hour: datetime, rows: list[KeyUse]) -> bool:
    KeyUse.objects.filter(pk__in=[row.pk for row in rows]).update(told=True)
    uses = sum(row.uses for row in rows)
    if uses <= sum(row.at_once for row in rows):
        return False
    most = sorted(rows, key=lambda row: -row.uses)[:MOST_ADDRESSES]
    record(
        event=KEY_USES_COUNTED,
        actor=actor,
        subject_type="key",
        subject=name,
        payload={
            "from": hour.isoformat(),
            "until": (hour + HOUR).isoformat(),
            "uses": uses,
            "addresses": {row.address or "unknown": row.uses for row in most},
            "more_addresses": len(rows) - len(most),
        },
    )
    return True
