"""A real worker sends; killed in the middle, nothing is lost and nothing goes under a second id."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.notices.dispatch import send_to
from audits.notices.models import Delivery, Endpoint
from tests.fixtures.processes import wait_until
from tests.fixtures.stub import Answer

pytestmark = pytest.mark.worker
NUMBER = 12


def sent():
    return Delivery.objects.filter(state="sent").count()


def test_a_worker_killed_in_the_middle_loses_nothing(real_worker, hook, message, stub_server):
    stub_server.answer("/in", Answer(b"", delay=0.1))
    for number in range(NUMBER):
        message(number)
    send_to(hook.pk)
    wait_until(lambda: sent() >= 2)
    real_worker.kill()
    assert sent() < NUMBER
    real_worker.start()
    # What the leases would wait for.
    Endpoint.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    Delivery.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    send_to(hook.pk)
    wait_until(lambda: sent() == NUMBER)
    got = Counter(asked.json()["data"]["number"] for asked in stub_server.asked)
    ids = {asked.headers["webhook-id"] for asked in stub_server.asked}
    assert set(got) == set(range(NUMBER))
    assert len(ids) == NUMBER
    assert sum(got.values()) <= NUMBER + 1  # the one that was under way
