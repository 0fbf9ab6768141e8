"""Send what waits for one endpoint. Safe to call twice, at once, and after a kill at any moment.

A worker claims the endpoint for a lease, so that messages go in order over one connection, and then each try
by compare-and-set on the number of tries: it is counted, and the next one is due, before anything is sent.
What a killed worker had under way is tried again with the same id: a receiver may get it twice, never not at
all.
"""

import time
from contextlib import suppress
from datetime import datetime, timedelta

import httpx2
from django.db.models import F, Q
from django.utils import timezone

from audits.identity.errors import Conflict
from audits.notices import retries
from audits.notices.models import Delivery, Endpoint
from audits.notices.selectors import due_deliveries
from audits.notices.services.endpoints import SENDER, disable_endpoint
from audits.notices.webhooks import Outcome, call, client_for_webhooks, excerpt

BUDGET_SECONDS = 5.0
"""Of one task: other work of the worker waits no longer for it."""
BATCH = 50
LEASE = timedelta(seconds=60)
GONE = 410


def send_deliveries(*, endpoint_id: int, budget: float = BUDGET_SECONDS) -> bool:
    """Sends what is due, one after the other; returns whether something is left that could go at once."""
    if not _claim(endpoint_id):
        return False
    deadline = time.monotonic() + budget
    try:
        with client_for_webhooks() as client:
            while (endpoint := _ready(endpoint_id)) is not None:
                batch = list(due_deliveries(endpoint, timezone.now())[:BATCH])
                if not batch:
                    return False
                for delivery in batch:
                    if time.monotonic() > deadline:
                        return True
                    if not _one(client, endpoint, delivery):
                        break
    finally:
        Endpoint.objects.filter(pk=endpoint_id).update(busy_until=None)
    return False


def _claim(endpoint_id: int) -> bool:
    now = timezone.now()
    free = Q(busy_until__isnull=True) | Q(busy_until__lt=now)
    return bool(Endpoint.objects.filter(free, pk=endpoint_id).update(busy_until=now + LEASE))


def _ready(endpoint_id: int) -> Endpoint | None:
    """The endpoint with a fresh lease; None where it is off or wants to be left alone."""
    now = timezone.now()
    Endpoint.objects.filter(pk=endpoint_id).update(busy_until=now + LEASE)
    ready = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    rows = Endpoint.objects.filter(ready, pk=endpoint_id, disabled_at__isnull=True)
    endpoint = rows.select_related("owner").first()
    return endpoint if endpoint is not None and endpoint.owner.is_let_in else None


def _one(client: httpx2.Client, endpoint: Endpoint, delivery: Delivery) -> bool:
    """One try; returns whether the next message may follow."""
    now = timezone.now()
    if delivery.attempts >= retries.MOST:
        _give_up(endpoint, delivery, "The worker was lost at the last try.", None)
        return False
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.QUEUED, attempts=delivery.attempts, next_attempt_at__lte=now
    )
    delivery.attempts += 1
    due = retries.next_try(delivery.attempts, now) or now
    if not mine.update(attempts=delivery.attempts, next_attempt_at=max(due, now + retries.LEASE)):
        return True
    return _store(endpoint, delivery, call(client, endpoint, delivery, now))


def _store(endpoint: Endpoint, delivery: Delivery, outcome: Outcome) -> bool:
    """Writes what came of the try, unless somebody else has it by now."""
    now = timezone.now()
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED, attempts=delivery.attempts)
    told = {"last_status": outcome.status, "last_answer": outcome.answer}
    if outcome.is_fine:
        mine.update(state=Delivery.State.SENT, finished_at=now, **told)
        if endpoint.failures:
            endpoint.failures = 0
            Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, paused_until=None)
        return True
    if outcome.status == GONE:
        mine.update(state=Delivery.State.FAILED, finished_at=now, **told)
        _disable(endpoint, "It answered 410: it is gone and wants no more.")
        return False
    due = retries.next_try(delivery.attempts, now)
    if due is None:
        _give_up(endpoint, delivery, outcome.answer, outcome.status)
        return False
    if outcome.wait is not None:
        due = max(due, now + min(outcome.wait, retries.LONGEST_PAUSE))
    mine.update(next_attempt_at=due, **told)
    return _pause(endpoint, outcome, now)


def _pause(endpoint: Endpoint, outcome: Outcome, now: datetime) -> bool:
    """Leaves the endpoint alone where the failure is its own and not of this message."""
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=F("failures") + 1)
    endpoint.failures += 1
    if outcome.status is not None and outcome.status < 500 and outcome.status not in retries.THROTTLE:
        return True
    until = retries.pause(endpoint.failures, now, outcome.wait)
    Endpoint.objects.filter(pk=endpoint.pk).update(paused_until=until)
    return False


def _give_up(endpoint: Endpoint, delivery: Delivery, answer: str, status: int | None) -> None:
    """After the last try: the message has failed, and the endpoint is turned off."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED)
    mine.update(
        state=Delivery.State.FAILED,
        finished_at=timezone.now(),
        last_status=status,
        last_answer=excerpt(answer),
    )
    words = f"with status {status}" if status else "without an answer"
    _disable(endpoint, f"{retries.MOST} tries of one message failed over three days, the last one {words}.")


def _disable(endpoint: Endpoint, reason: str) -> None:
    with suppress(Conflict):  # somebody was first
        disable_endpoint(actor=SENDER, endpoint_id=endpoint.pk, reason=reason)
