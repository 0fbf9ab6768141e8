"""Events of older SDKs."""

import pytest

from prompts.observability.models import Call, Score

INGESTION = "/api/public/ingestion"
START, END = "2026-03-03T09:30:00.000Z", "2026-03-03T09:30:01.500Z"
pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(key):
    return key("ingest", "score")


def event(kind, **body):
    return {"id": f"event-{kind}", "type": kind, "timestamp": START, "body": body}


def generation(**more):
    body = {"id": "gen-1", "traceId": "trace-1", "startTime": START, "model": "m-1", "input": "Hi"}
    return event("generation-create", **{**body, **more})


def send(api, *events):
    answer = api.post(INGESTION, {"batch": list(events), "metadata": {}})
    assert answer.status_code == 207
    return answer.json()


def test_a_generation_becomes_a_call_of_its_version(sender, release):
    version = release(name="bank/letter")
    usage = {"input": 3, "output": 4}
    told = send(
        sender, generation(promptName="bank/letter", promptVersion=1, usageDetails=usage, endTime=END)
    )
    call = Call.objects.get()
    assert told == {"successes": [{"id": "event-generation-create", "status": 201}], "errors": []}
    assert (call.version_id, call.input_tokens, call.output_tokens, call.latency_ms) == (
        version.pk,
        3,
        4,
        1500,
    )


def test_an_update_in_the_same_batch_completes_it(sender):
    send(sender, generation(), event("generation-update", id="gen-1", output="Hello", endTime=END))
    assert Call.objects.values_list("input", "output", "latency_ms").get() == ("Hi", "Hello", 1500)


def test_an_update_in_a_later_batch_completes_it(sender):
    send(sender, generation())
    send(sender, event("generation-update", id="gen-1", traceId="trace-1", output="Hello", endTime=END))
    assert Call.objects.values_list("input", "output", "latency_ms").get() == ("Hi", "Hello", 1500)


def test_another_keys_call_is_not_touched(sender, key):
    send(sender, generation())
    send(key("ingest"), event("generation-update", id="gen-1", traceId="trace-1", output="forged"))
    assert Call.objects.get().output == ""


def test_user_and_session_come_from_the_trace(sender):
    send(sender, event("trace-create", id="trace-1", userId="u", sessionId="s"), generation())
    assert Call.objects.values_list("user", "session").get() == ("u", "s")


def test_a_score_is_kept(sender):
    send(sender, generation(), event("score-create", id="s1", traceId="trace-1", name="good", value=0.5))
    assert Score.objects.get().call == Call.objects.get()


def test_each_event_is_answered_for_itself(sender):
    told = send(
        sender, generation(), event("moon-create", id="x"), {"id": "e", "type": "score-create", "body": 5}, 5
    )
    assert [row["status"] for row in told["errors"]] == [400, 400, 400]
    assert len(told["successes"]) == 1


def test_a_missing_verb_is_told_per_event(key):
    told = send(key("score"), generation(), event("score-create", traceId="t", name="good", value=1))
    assert ([row["status"] for row in told["errors"]], len(told["successes"])) == ([403], 1)


@pytest.mark.parametrize("body", [5, {}, {"batch": 5}, {"batch": {}}])
def test_malformed_batches_answer_400(sender, body):
    assert sender.post(INGESTION, body).status_code == 400
