"""A frozen version, a suite, and providers whose answers are known."""

import pytest

from prompts.evaluations.providers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.registry.services.freeze import freeze_version
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL

CASES = {"refused": "Your loan was refused.", "granted": "Your loan was granted.", "open": "It is open."}


@pytest.fixture
def engineer(people):
    """Who starts runs."""
    return people.actor("engineer")


@pytest.fixture
def version(factory, people):
    """A frozen version of the bank."""
    draft = factory.draft("bank/explain", text="Explain {{decision}}.")
    return freeze_version(actor=people.actor("author"), version_id=draft.pk)


@pytest.fixture
def suite(engineer, bank):
    """Three cases; ``open`` weighs twice as much as the others."""
    found = create_suite(actor=engineer, name="loans", collection=bank)
    for name in CASES:
        wanted = [{"type": "icontains", "value": "loan"}]
        save_case(
            actor=engineer,
            suite_id=found.pk,
            name=name,
            vars={"decision": name},
            assertions=wanted,
            weight=2 if name == "open" else 1,
        )
    return found


@pytest.fixture
def recorded(version):
    """A provider with a recorded answer to each case; that to ``open`` fails."""
    provider = create_provider(actor=SHELL, name="recorded", kind="recorded")
    pairs = [
        (question_for(SHELL, version, {"decision": name}).messages, Answer(text, label="written for tests"))
        for name, text in CASES.items()
    ]
    record_answers(actor=SHELL, provider_id=provider.pk, answers=pairs)
    return provider


@pytest.fixture
def served(stub_server, db):
    """A provider of the real SDK's kind, behind the local server, with prices."""
    choice = {"message": {"content": "A loan."}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    stub_server.answer("/v1/chat/completions", Sent({"model": "m-1", "choices": [choice], "usage": usage}))
    return create_provider(
        actor=SHELL,
        name="served",
        kind="openai",
        key="sk-secret-0123456789",
        base_url=f"{stub_server.url}/v1",
        model="m",
        price_in="1",
        price_out="10",
    )


@pytest.fixture
def run(engineer, version, suite, recorded):
    """A queued run against recorded answers."""
    return start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
