"""The shelf of kept answers in the database, and what is thrown away of it."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from prompts.evaluations.models import KeptAnswer
from prompts.evaluations.providers import Answer

MOST = 100_000
"""Kept answers; the oldest go first."""


class KeptAnswers:
    """The answers that a run may use again, and those that it leaves for others; for the length of a block.

    Which answers are kept of these providers is read when the block begins: whoever asks something new is
    told so at once, since thousands of questions that wait for a look-up cost more than the models. Of those
    that are kept one thread with one connection reads what the threads that ask models want. What these
    leave is stored by the run's own thread. ``anew`` finds nothing, and leaves its answers all the same.
    """

    def __init__(self, *, anew: bool, providers: Sequence[int]) -> None:
        self._anew = anew
        self._providers = providers
        self._known: set[bytes] = set()
        self._lock = threading.Lock()
        self._left: list[KeptAnswer] = []
        self._wanted: dict[str, Future[tuple[str, datetime] | None]] = {}
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kept-answers")

    def __enter__(self) -> Self:
        if self.is_open and not self._anew:
            rows = _young().filter(provider__in=self._providers).values_list("digest", flat=True)
            self._known.update(map(bytes.fromhex, rows.iterator(10_000)))
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.submit(connection.close)
        self._reader.shutdown()

    @property
    def is_open(self) -> bool:
        """Whether answers are kept here at all."""
        return settings.ANSWERS_KEPT_DAYS > 0

    def find(self, digest: str) -> Answer | None:
        """The kept answer; waits for the thread that reads."""
        if bytes.fromhex(digest) not in self._known:
            return None
        with self._lock:
            if not self._wanted:
                self._reader.submit(self._read)
            found = self._wanted.setdefault(digest, Future())
        kept = found.result()
        return Answer(**json.loads(kept[0]), kept_from=kept[1]) if kept else None

    def _read(self) -> None:
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        try:
            rows = _young().filter(digest__in=list(wanted)).values_list("digest", "answer", "given_at")
            kept = {digest: (answer, given_at) for digest, answer, given_at in rows}
        except Exception as error:  # noqa: BLE001  whoever waits hears of it
            for future in wanted.values():
                future.set_exception(error)
            return
        for digest, future in wanted.items():
            future.set_result(kept.get(digest))

    def keep(self, provider: str, digest: str, answer: Answer) -> None:
        """Leaves an answer to be stored."""
        told = asdict(replace(answer, kept_from=None))
        del told["kept_from"], told["raw"]
        row = KeptAnswer(digest=digest, provider_id=int(provider), answer=json.dumps(told))
        row.given_at = timezone.now()
        with self._lock:
            self._left.append(row)

    def store(self) -> None:
        """Stores what was left; call it in the run's own thread."""
        with self._lock:
            rows = {row.digest: row for row in self._left}
            self._left = []
        KeptAnswer.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["digest"],
            update_fields=["answer", "given_at"],
            batch_size=200,
        )


def _young() -> "QuerySet[KeptAnswer]":
    """Those that are not too old."""
    return KeptAnswer.objects.filter(
        given_at__gte=timezone.now() - timedelta(days=settings.ANSWERS_KEPT_DAYS)
    )


def forget_kept_answers(*, now: datetime) -> int:
    """Throws away answers that are too old, and the oldest beyond ``MOST``; returns how many."""
    since = now - timedelta(days=settings.ANSWERS_KEPT_DAYS)
    gone, _ = KeptAnswer.objects.filter(given_at__lt=since).delete()
    last = (
        KeptAnswer.objects.order_by("-given_at").values_list("given_at", flat=True)[MOST : MOST + 1].first()
    )
    if last is not None:
        gone += KeptAnswer.objects.filter(given_at__lte=last).delete()[0]
    return gone
