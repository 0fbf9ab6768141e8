"""Langfuse's Python SDK, unmodified, against a real server."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from langfuse import Langfuse
from langfuse.api import NotFoundError
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import get_tracer_provider

from prompts.observability.models import Call, Score
from prompts.registry.models import Version
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.variants import create_variant
from prompts.releases.models import ReleaseRequest
from prompts.releases.services.freeze import freeze_prompt
from tests.people import SHELL

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(condition: Callable[[], Any], seconds: float = 10) -> None:
    """Waits for what the SDK does in the background."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def connect(live_server: Any, key: Any, langfuse_client: Any) -> Callable[..., Langfuse]:
    """Makes a client of the SDK for a key with these verbs."""

    def make(*verbs: str, **scope: Any) -> Langfuse:
        pair = key(*verbs, **scope).pair
        return langfuse_client(pair.public_key, pair.secret_key, live_server.url)

    return make


def test_a_client_leaves_the_process_without_a_tracer(connect):
    """Else it would send what other tests ask of models to a server that is gone."""
    connect("read")
    assert not isinstance(get_tracer_provider(), TracerProvider)


def test_auth_check_knows_a_good_key(connect):
    assert connect("read").auth_check() is True


def test_auth_check_knows_a_bad_key(live_server, people, langfuse_client):
    client = langfuse_client("pk", f"sk-{uuid.uuid4()}", live_server.url)
    with pytest.raises(Exception, match="401"):
        client.auth_check()


def test_a_text_prompt_is_fetched_and_compiled(connect, release):
    release(name="bank/letter", text="Dear {{name}}", content={"config": {"tone": "warm"}})
    prompt = connect("read").get_prompt("bank/letter")
    assert prompt.compile(name="Ada") == "Dear Ada"
    assert (prompt.version, prompt.labels, prompt.config) == (1, ["production"], {"tone": "warm"})
    assert prompt.is_fallback is False


def test_a_version_is_fetched_by_number_and_by_label(connect, release):
    release(name="bank/letter", environment="staging")
    client = connect("read", environments=["staging"])
    assert client.get_prompt("bank/letter", version=1).version == 1
    assert client.get_prompt("bank/letter", label="staging").version == 1


def test_a_chat_prompt_takes_its_placeholder(connect, release):
    messages = [{"role": "system", "content": "Be {{how}}."}, {"role": "placeholder", "name": "history"}]
    release(name="bank/chat", kind="chat", text=None, messages=messages)
    prompt = connect("read").get_prompt("bank/chat", type="chat")
    said = {"role": "user", "content": "Hi"}
    assert prompt.compile(how="kind", history=[said]) == [{"role": "system", "content": "Be kind."}, said]


def test_a_missing_prompt_raises_or_falls_back(connect, people):
    client = connect("read")
    with pytest.raises(NotFoundError):
        client.get_prompt("bank/nothing", max_retries=0)
    assert client.get_prompt("bank/nothing", fallback="Sorry.", max_retries=0).is_fallback


def test_the_sdk_drops_its_copy_of_a_frozen_prompt(connect, release, people):
    version = release(name="bank/letter")
    client = connect("read")
    client.get_prompt("bank/letter", cache_ttl_seconds=1)
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    time.sleep(1.1)
    client.get_prompt("bank/letter", cache_ttl_seconds=1)  # stale once, refreshed in the background

    def dropped() -> bool:
        try:
            client.get_prompt("bank/letter", cache_ttl_seconds=1, max_retries=0)
        except NotFoundError:
            return True
        return False

    eventually(dropped)


def test_create_prompt_writes_a_draft_and_asks_for_the_label(connect):
    client = connect("read", "write")
    made = client.create_prompt(name="bank/letter", prompt="Dear {{name}}", labels=["production"], tags=["a"])
    assert (made.version, made.labels) == (1, [])
    assert Version.objects.get().is_frozen is False
    assert ReleaseRequest.objects.get().environment.slug == "production"


def test_a_chat_prompt_is_created(connect):
    said = [{"role": "user", "content": "Hi {{x}}"}]
    made = connect("read", "write").create_prompt(name="bank/chat", type="chat", prompt=said)
    assert made.compile(x="you") == [{"role": "user", "content": "Hi you"}]


def test_update_prompt_releases_through_the_gate(connect, approve, factory):
    approve(factory.draft(name="bank/letter"))
    client = connect("read", "release")
    client.update_prompt(name="bank/letter", version=1, new_labels=["production"])
    assert client.get_prompt("bank/letter").labels == ["production"]


def test_the_list_is_read(connect, release):
    release(name="bank/letter", tags=["care"])
    listed = connect("read").api.prompts.list(tag="care")
    assert [(row.name, row.versions) for row in listed.data] == [("bank/letter", [1])]
    assert listed.meta.total_items == 1


def test_a_generation_becomes_a_call_of_its_version(connect, release):
    version = release(name="bank/letter")
    client = connect("read", "ingest")
    prompt = client.get_prompt("bank/letter")
    with client.start_as_current_observation(
        as_type="generation", name="write", model="m-1", prompt=prompt
    ) as told:
        told.update(
            input="Hi", output="Hello", usage_details={"input": 3, "output": 4}, cost_details={"total": 0.25}
        )
        trace = client.get_current_trace_id()
    client.flush()
    eventually(Call.objects.exists)
    call = Call.objects.get()
    assert (call.trace_id, call.version_id, call.request_model) == (trace, version.pk, "m-1")
    assert (call.input, call.output, call.input_tokens, call.output_tokens) == ("Hi", "Hello", 3, 4)
    assert str(call.cost.normalize()) == "0.25"


def test_a_score_is_tied_to_its_call(connect):
    client = connect("ingest", "score")
    with client.start_as_current_observation(as_type="generation", name="write", model="m-1") as told:
        told.score(name="helpful", value=1, data_type="BOOLEAN", comment="Good.")
    client.flush()
    eventually(lambda: Call.objects.exists() and Score.objects.filter(call__isnull=False).exists())
    score = Score.objects.get()
    assert (score.name, int(score.value), score.comment) == ("helpful", 1, "Good.")


def test_a_word_as_a_score_is_kept(connect):
    client = connect("score")
    client.create_score(name="mood", value="happy", trace_id="ab" * 16, data_type="CATEGORICAL")
    client.flush()
    eventually(Score.objects.exists)
    assert (Score.objects.get().text, Score.objects.get().value) == ("happy", None)


def test_a_variant_is_asked_for_behind_the_name(connect, people, release):
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=["sms"])
    base = release(name="bank/hello", text="Hello {{name}}").prompt
    messages = [{"role": "text", "content": "Hi {{name}}"}]
    row = create_variant(
        actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"}, messages=messages
    )
    release(row.prompt.versions.get())
    client = connect("read")
    found = client.get_prompt("bank/hello|channel=sms", cache_ttl_seconds=0)
    assert (found.compile(name="Ada"), found.name) == ("Hi Ada", "bank/hello-sms")
    assert client.get_prompt("bank/hello", cache_ttl_seconds=0).compile(name="Ada") == "Hello Ada"
