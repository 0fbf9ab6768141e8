"""Messages go out signed, in order, at least once; what the receiver answers decides what comes next."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from audits.ledger.models import Event
from audits.notices import retries
from audits.notices.models import Delivery, Endpoint
from audits.notices.selectors import due_endpoints
from audits.notices.services import send_deliveries as sending
from audits.notices.services.deliveries import envelope
from audits.notices.services.endpoints import rotate_secret
from audits.notices.webhooks import EXCERPT
from tests.fixtures.stub import Answer
from tests.people import SHELL

pytestmark = pytest.mark.django_db


def send(hook):
    return sending.send_deliveries(endpoint_id=hook.pk)


def fresh(delivery):
    return Delivery.objects.get(pk=delivery.pk)


def make_due(*deliveries):
    Delivery.objects.filter(pk__in=[row.pk for row in deliveries]).update(next_attempt_at=timezone.now())
    Endpoint.objects.update(paused_until=None)


def test_the_official_library_verifies_what_arrives(made, message, stub_server):
    stub_server.answer("/in", Answer(b"thanks"))
    row = message(7)
    send(made.endpoint)
    (asked,) = stub_server.asked
    assert Webhook(made.secret).verify(asked.body, asked.headers)["data"] == {"number": 7}
    assert asked.headers["webhook-id"] == f"msg_{row.uuid.hex}"
    assert (fresh(row).state, fresh(row).last_status, fresh(row).last_answer) == ("sent", 200, "thanks")


def test_a_changed_body_is_not_verified(made, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    message(7)
    send(made.endpoint)
    (asked,) = stub_server.asked
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(asked.body.replace(b"7", b"8"), asked.headers)


def test_during_a_rotation_receivers_with_either_secret_verify(made, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    again = rotate_secret(actor=SHELL, endpoint_id=made.endpoint.pk)
    message()
    send(made.endpoint)
    (asked,) = stub_server.asked
    for secret in (made.secret, again.secret):
        Webhook(secret).verify(asked.body, asked.headers)
    assert len(asked.headers["webhook-signature"].split()) == 2


def test_messages_go_in_the_order_in_which_they_were_made(hook, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    for number in range(5):
        message(number)
    send(hook)
    assert [asked.json()["data"]["number"] for asked in stub_server.asked] == [0, 1, 2, 3, 4]


def test_a_second_call_sends_nothing_again(hook, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    message()
    send(hook)
    send(hook)
    assert len(stub_server.asked) == 1


@pytest.mark.parametrize("status", [199 + 1, 204, 299])
def test_any_2xx_is_success(hook, message, stub_server, status):
    stub_server.answer("/in", Answer(b"", status))
    row = message()
    send(hook)
    assert fresh(row).state == "sent"


@pytest.mark.parametrize("status", [400, 404, 418, 500])
def test_another_status_is_tried_again_later_with_the_same_id(hook, message, stub_server, status):
    stub_server.answer("/in", Answer(b"no", status), Answer(b""))
    row = message()
    send(hook)
    before = fresh(row)
    assert (before.state, before.attempts, before.last_status) == ("queued", 1, status)
    assert before.next_attempt_at > timezone.now()
    make_due(row)
    send(hook)
    assert fresh(row).state == "sent"
    assert len({asked.headers["webhook-id"] for asked in stub_server.asked}) == 1


def test_a_success_forgets_the_failures(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"", 500), Answer(b""))
    row = message()
    send(hook)
    make_due(row)
    send(hook)
    hook.refresh_from_db()
    assert (hook.failures, hook.paused_until) == (0, None)


def test_a_message_that_is_refused_does_not_hold_up_the_others(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"", 400), Answer(b""))
    first, second = message(1), message(2)
    send(hook)
    assert (fresh(first).state, fresh(second).state) == ("queued", "sent")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_receiver_that_asks_for_less_is_left_alone(hook, message, stub_server, status):
    stub_server.answer("/in", Answer(b"", status, {"Retry-After": "3600"}))
    first, second = message(1), message(2)
    send(hook)
    send(hook)
    hook.refresh_from_db()
    assert len(stub_server.asked) == 1
    assert fresh(second).attempts == 0
    assert hook.paused_until > timezone.now() + timedelta(minutes=50)
    assert fresh(first).next_attempt_at > timezone.now() + timedelta(minutes=50)
    assert due_endpoints(timezone.now()) == []


def test_a_410_turns_it_off_and_the_rest_waits(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"", 410))
    first, second = message(1), message(2)
    send(hook)
    hook.refresh_from_db()
    assert not hook.is_enabled
    assert "410" in hook.disabled_reason
    assert (fresh(first).state, fresh(second).state) == ("failed", "queued")
    assert Event.objects.filter(event="notices.endpoint.disabled", actor="notices").count() == 1


def test_after_the_last_try_the_message_has_failed_and_the_endpoint_is_off(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"broken", 500))
    row = message()
    for _ in range(retries.MOST):
        make_due(row)
        send(hook)
    hook.refresh_from_db()
    assert (fresh(row).state, fresh(row).attempts) == ("failed", retries.MOST)
    assert "10 tries" in hook.disabled_reason
    assert len(stub_server.asked) == retries.MOST


def test_a_redirect_inward_is_not_followed(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"", 302, {"Location": "http://169.254.169.254/latest"}))
    row = message()
    send(hook)
    assert "redirect" in fresh(row).last_answer
    assert (fresh(row).state, len(stub_server.asked)) == ("queued", 1)


def test_a_private_address_is_not_called(hook, message, stub_server, settings):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    row = message()
    send(hook)
    assert "inside the network" in fresh(row).last_answer
    assert stub_server.asked == []


def test_a_name_outside_is_not_called_unencrypted(hook, message, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(0, 0, 0, "", ("93.184.215.14", 80))])
    row = message()
    send(hook)
    assert "https:// only" in fresh(row).last_answer


def test_a_receiver_that_is_down_is_tried_again(hook, message, stub_server):
    stub_server.close()
    row = message()
    send(hook)
    assert (fresh(row).state, fresh(row).attempts, fresh(row).last_status) == ("queued", 1, None)
    assert "Connect" in fresh(row).last_answer


def test_a_receiver_that_is_slow_counts_as_failed(hook, message, stub_server, monkeypatch):
    monkeypatch.setattr("audits.notices.webhooks.TIMEOUT_SECONDS", 0.2)
    stub_server.answer("/in", Answer(b"", delay=1))
    row = message()
    send(hook)
    assert "Timeout" in fresh(row).last_answer


def test_of_a_hostile_answer_a_line_is_kept(hook, message, stub_server):
    stub_server.answer("/in", Answer(b"\x00<script>\r\n\x1b[31m" + b"\xff" * 900_000, 500))
    row = message()
    send(hook)
    kept = fresh(row).last_answer
    assert kept.isprintable()
    assert len(kept) <= EXCERPT


def test_what_a_killed_worker_had_under_way_is_due_again_with_the_same_id(hook, message, stub_server):
    class Killed(BaseException):
        """As a SIGKILL: nothing after the call is done."""

    def killed(client, endpoint, delivery, now):
        raise Killed

    stub_server.answer("/in", Answer(b""))
    row = message()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "call", killed)
        with pytest.raises(Killed):
            send(hook)
    assert (fresh(row).state, fresh(row).attempts) == ("queued", 1)
    Endpoint.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    make_due(row)
    send(hook)
    assert (fresh(row).state, fresh(row).attempts) == ("sent", 2)


def test_a_worker_that_is_killed_at_every_try_gives_up_in_the_end(hook, message):
    row = message()
    Delivery.objects.update(attempts=retries.MOST)
    send(hook)
    assert fresh(row).state == "failed"


def test_while_one_worker_sends_another_does_not(hook, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    message()
    Endpoint.objects.update(busy_until=timezone.now() + timedelta(seconds=30))
    send(hook)
    assert stub_server.asked == []
    assert due_endpoints(timezone.now()) == []


def test_a_result_that_comes_late_changes_nothing(hook, message, stub_server, monkeypatch):
    row = message()
    real = sending.call

    def overtaken(client, endpoint, delivery, now):
        Delivery.objects.filter(pk=row.pk).update(attempts=2)  # another worker is at the second try
        return real(client, endpoint, delivery, now)

    stub_server.answer("/in", Answer(b""))
    monkeypatch.setattr(sending, "call", overtaken)
    send(hook)
    assert (fresh(row).state, fresh(row).attempts) == ("queued", 2)


def test_what_does_not_fit_into_the_budget_is_left(hook, message, stub_server):
    stub_server.answer("/in", Answer(b""))
    message()
    assert sending.send_deliveries(endpoint_id=hook.pk, budget=-1)
    assert stub_server.asked == []


def test_a_body_is_smaller_than_20_kb():
    with pytest.raises(ValueError, match="bytes"):
        envelope("a.b.c", timezone.now(), {"text": "x" * 20_000})
    assert set(json.loads(envelope("a.b.c", timezone.now(), {}))) == {"type", "timestamp", "data"}
