"""A test, once more, and rows that are over for long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.errors import Conflict, NotThere, Refused
from audits.notices.models import Delivery
from audits.notices.services.deliveries import KEPT, forget_old, queue, queue_test, send_again
from audits.notices.services.endpoints import disable_endpoint
from audits.notices.services.send_deliveries import send_deliveries
from tests.fixtures.stub import Answer
from tests.people import SHELL

pytestmark = pytest.mark.django_db


def test_a_test_arrives_as_such(hook, stub_server):
    stub_server.answer("/in", Answer(b""))
    queue_test(actor=SHELL, endpoint_id=hook.pk)
    send_deliveries(endpoint_id=hook.pk)
    assert stub_server.asked[0].json()["type"] == "notices.webhook.test"


def test_a_message_goes_once_more_under_its_id(hook, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    row = message()
    send_deliveries(endpoint_id=hook.pk)
    send_again(actor=SHELL, endpoint_id=hook.pk, delivery_id=row.pk)
    send_deliveries(endpoint_id=hook.pk)
    assert [asked.headers["webhook-id"] for asked in stub_server.asked] == [row.message_id] * 2


def test_what_is_queued_is_not_queued_again(hook, message):
    with pytest.raises(Conflict):
        send_again(actor=SHELL, endpoint_id=hook.pk, delivery_id=message().pk)


@pytest.mark.parametrize("who", ["auditor", "steward", "author", "stranger"])
def test_only_administrators_send(people, hook, message, who):
    with pytest.raises(Refused):
        queue_test(actor=people.actor(who), endpoint_id=hook.pk)
    with pytest.raises(Refused):
        send_again(actor=people.actor(who), endpoint_id=hook.pk, delivery_id=message().pk)


def test_where_it_is_off_nothing_is_sent(hook, message):
    row = message()
    Delivery.objects.update(state="failed")
    disable_endpoint(actor=SHELL, endpoint_id=hook.pk, reason="x")
    with pytest.raises(Conflict):
        queue_test(actor=SHELL, endpoint_id=hook.pk)
    with pytest.raises(Conflict):
        send_again(actor=SHELL, endpoint_id=hook.pk, delivery_id=row.pk)


def test_what_is_not_there_is_told(hook):
    with pytest.raises(NotThere):
        queue_test(actor=SHELL, endpoint_id=99)
    with pytest.raises(NotThere):
        send_again(actor=SHELL, endpoint_id=hook.pk, delivery_id=99)


def test_an_endpoint_has_one_message_per_event(hook):
    from uuid import uuid4

    event = uuid4()
    for _ in range(2):
        queue([Delivery(endpoint=hook, kind="a.b.c", event=event, body="{}")])
    assert Delivery.objects.count() == 1


def test_what_has_been_over_for_long_is_forgotten(hook, message):
    old, new, waiting = message(), message(), message()
    long_ago = timezone.now() - KEPT - timedelta(days=1)
    Delivery.objects.filter(pk=old.pk).update(state="sent", finished_at=long_ago)
    Delivery.objects.filter(pk=new.pk).update(state="sent", finished_at=timezone.now())
    assert forget_old(now=timezone.now()) == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}
