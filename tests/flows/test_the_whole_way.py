"""One prompt's way, with the real worker, the real broker, the real web server and the unmodified SDK.

write → submit → evaluate → approve → gate → release → fetch → call recorded → dashboard → trail as CSV
"""

import csv
import io
from typing import Any

import pytest
from django.core.management import call_command
from langfuse import Langfuse

from audits.identity.actors import Actor
from audits.identity.services.keys import KeyPair, create_key
from portal.evidence import collect
from portal.services.sign_version import sign_version
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Provider, Run, Suite
from prompts.evaluations.providers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.services.requests import submit_version
from prompts.observability.models import Call
from prompts.registry.models import Collection, Version
from prompts.releases.errors import GateClosed
from prompts.releases.services.attempt import attempt_release
from prompts.releases.services.gate_policies import set_gate_suite
from tests.factories import Factory
from tests.fixtures.processes import Process, Server, wait_until
from tests.people import PASSWORD, People
from tests.reading import open_everything

pytestmark = pytest.mark.worker
NAME = "bank/credit-letter"
TEXT = "Explain to {{customer}} why the loan was {{decision}}. Offer a review by a person."
CASES = {
    "offers-a-review": (
        {"customer": "A. Berg", "decision": "declined"},
        {"type": "icontains", "value": "review"},
    ),
    "stays-short": (
        {"customer": "M. Costa", "decision": "declined"},
        {"type": "word-count", "value": {"max": 40}},
    ),
}
ANSWER = "Dear customer, we cannot offer the loan. You may ask for a review by a person."


def suite_with_answers(shell: Actor, version: Version) -> tuple[Suite, Provider]:
    """A suite of two cases, and a provider with a recorded answer to each."""
    suite = create_suite(actor=shell, name="letters", collection=Collection.objects.get(slug="bank"))
    provider = create_provider(actor=shell, name="recorded", kind="recorded")
    pairs = []
    for name, (variables, assertion) in CASES.items():
        save_case(actor=shell, suite_id=suite.pk, name=name, vars=variables, assertions=[assertion])
        pairs.append((question_for(shell, version, variables).messages, Answer(ANSWER, label="test")))
    record_answers(actor=shell, provider_id=provider.pk, answers=pairs)
    return suite, provider


def evaluate(actor: Actor, version: Version, suite: Suite, provider: Provider) -> Run:
    """A run by the worker; returns when it is over."""
    run = start_run(actor=actor, version_id=version.pk, suite_id=suite.pk, providers=[provider])
    send_run(run)
    wait_until(lambda: Run.objects.get(pk=run.pk).is_over)
    return Run.objects.get(pk=run.pk)


def sign(people: People, request: ApprovalRequest, who: str, role: str, meaning: str) -> None:
    """A signature on what is there at this moment."""
    open_everything(people.actor(who), request)
    sign_version(
        actor=people.actor(who),
        request_id=request.pk,
        role=role,
        meaning=meaning,
        comment="",
        seen_text_digest=request.text_digest,
        seen_evidence_digest=collect(request.version).digest,
        password=PASSWORD,
    )


def key_for_applications(shell: Actor) -> KeyPair:
    """A key that reads production and reports calls."""
    return create_key(
        actor=shell,
        name="letter-desk",
        collections=["bank"],
        environments=["production"],
        protected_environments=["production"],
        verbs=["read", "ingest"],
    )


def use(client: Langfuse) -> str:
    """Fetches the prompt, tells of a call with it, and returns the text that was filled in."""
    prompt = client.get_prompt(NAME, cache_ttl_seconds=0, max_retries=0)
    text = prompt.compile(customer="A. Berg", decision="declined")
    with client.start_as_current_observation(
        name="letter", as_type="generation", model="small-1", input=text, prompt=prompt
    ) as generation:
        generation.update(output=ANSWER, usage_details={"input": 21, "output": 17})
    client.flush()
    return text


def trail(actor: str, path: Any) -> list[dict[str, str]]:
    """The exported audit trail of the bank's prompt."""
    call_command("export_audit", "--format", "csv", "--out", str(path), "--as", actor, stdout=io.StringIO())
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["subject"].startswith(NAME)]


def test_a_prompt_goes_the_whole_way(
    real_worker: Process,
    real_server: Server,
    langfuse_client: Any,
    people: People,
    factory: Factory,
    shell: Actor,
    client: Any,
    tmp_path: Any,
) -> None:
    draft = factory.draft(NAME, text=TEXT, risk_tier="high")
    key = key_for_applications(shell)
    application = langfuse_client(key.public_key, key.secret_key, real_server.url, flush_interval=0.1)
    with pytest.raises(Exception, match="404"):
        application.get_prompt(NAME, cache_ttl_seconds=0, max_retries=0)

    request = submit_version(
        actor=people.actor("author"), version_id=draft.pk, why="Letters must offer a review."
    )
    version = Version.objects.get(pk=draft.pk)
    suite, provider = suite_with_answers(shell, version)
    set_gate_suite(
        actor=shell,
        environment="production",
        suite=suite,
        prompt=version.prompt,
        least_pass_rate="1",
        allows_recorded=True,
    )
    with pytest.raises(GateClosed) as shut:
        attempt_release(
            actor=people.actor("steward"), version_id=version.pk, environment="production", reason="Now"
        )
    assert {check.code for check in shut.value.verdict.failed} == {"approval", "evidence:letters"}

    run = evaluate(people.actor("engineer"), version, suite, provider)
    assert (run.state, run.passed, run.failed, run.errors) == ("finished", 2, 0, 0)

    sign(people, request, "expert", "domain-expert", "Correct and safe for the intended use")
    sign(people, request, "ethics_officer", "ethics-officer", "Examined for bias and harm")
    release = attempt_release(
        actor=people.actor("steward"),
        version_id=version.pk,
        environment="production",
        reason="Signed by both",
    )
    assert release.version.digest == version.digest

    assert use(application) == TEXT.replace("{{customer}}", "A. Berg").replace("{{decision}}", "declined")
    wait_until(lambda: Call.objects.filter(version=version).exists(), seconds=15)
    call = Call.objects.get(version=version)
    assert (call.input_tokens, call.output_tokens, call.environment) == (21, 17, "production")

    client.force_login(people.engineer)
    assert NAME in client.get("/admin/use/").content.decode()
    told = {row["event"] for row in trail("audra", tmp_path / "trail.csv")}
    assert told >= {
        "registry.prompt.created",
        "registry.version.frozen",
        "lifecycle.request.opened",
        "lifecycle.version.signed",
        "releases.release.stopped",
        "releases.release.made",
    }
