"""E-mails as rows: made once per person and occasion, tried until they went or failed for good.

A try is counted, and the next one is due, before anything is sent: whoever is killed in between leaves a row
that is tried again, with the same Message-ID.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audits.notices.models import Letter, Notice, Told
from audits.notices.retries import jitter
from audits.notices.topics import DAILY, ONCE

STEPS = (60, 300, 1800, 7200, 18_000, 36_000)
"""Seconds after the first, second … try that failed; after the last one the letter has."""
LEASE = timedelta(minutes=5)
PEOPLE = 200
"""So many digests are made in one transaction."""


def address_to(notices: Iterable[Notice]) -> None:
    """Gives new notices that are wanted at once a letter, one per person; in the caller's transaction."""
    firsts: dict[int, Notice] = {}
    urgent = [notice for notice in notices if notice.mail == ONCE]
    for notice in urgent:
        firsts.setdefault(notice.user_id, notice)
    keys = {user: f"now/{notice.event}" for user, notice in firsts.items()}
    _make(keys)
    rows = Letter.objects.filter(key__in=set(keys.values()), user__in=set(keys))
    letters = {row.user_id: row for row in rows if keys[row.user_id] == row.key}
    for notice in urgent:
        notice.letter = letters[notice.user_id]


def _make(keys: dict[int, str]) -> None:
    now = timezone.now()
    rows = [Letter(user_id=user, key=key, next_attempt_at=now) for user, key in keys.items()]
    Letter.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def make_digests(*, now: datetime, hour: int) -> int:
    """After ``hour`` (UTC) of each day: a digest for everybody with something new; returns how many.

    Notices that come later in the day wait for the next one. One transaction for ``PEOPLE`` people.
    """
    if now.hour < hour:
        return 0
    made = 0
    while count := _some_digests(f"digest/{now.date().isoformat()}"):
        made += count
    return made


@transaction.atomic
def _some_digests(key: str) -> int:
    # The row that telling locks as well: whoever comes second finds the letters of the first.
    Told.objects.select_for_update().filter(pk=1).first()
    new = Notice.objects.filter(mail=DAILY, letter__isnull=True, read_at__isnull=True)
    served = Letter.objects.filter(key=key).values("user")
    users = new.exclude(user__in=served).order_by("user").values_list("user", flat=True).distinct()[:PEOPLE]
    found = list(users)
    _make(dict.fromkeys(found, key))
    for letter in Letter.objects.filter(key=key, user__in=found):
        Notice.objects.filter(user=letter.user_id, mail=DAILY, letter__isnull=True).update(letter=letter)
    return len(found)


def claim(letter: Letter, now: datetime) -> bool:
    """Whether this try is the caller's: it is counted, and the next one due after the lease."""
    mine = Letter.objects.filter(
        pk=letter.pk, state=Letter.State.QUEUED, attempts=letter.attempts, next_attempt_at__lte=now
    )
    letter.attempts += 1
    return bool(mine.update(attempts=letter.attempts, next_attempt_at=now + LEASE))


def settle(letter: Letter, state: str, fault: str = "") -> None:
    """The letter is over."""
    _mine(letter).update(state=state, fault=fault[:300], finished_at=timezone.now())


def postpone(letter: Letter, fault: str, now: datetime) -> None:
    """The try failed: the next one is due later, or there is none."""
    if letter.attempts > len(STEPS):
        settle(letter, Letter.State.FAILED, fault)
        return
    due = now + jitter(STEPS[letter.attempts - 1])
    _mine(letter).update(next_attempt_at=due, fault=fault[:300])


def _mine(letter: Letter) -> QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED, attempts=letter.attempts)
