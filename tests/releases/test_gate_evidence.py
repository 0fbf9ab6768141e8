"""Which runs and which cases count at a gate."""

import pytest

from audits.identity.errors import Refused, Unacceptable
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider, edit_provider
from prompts.registry.models import Environment
from prompts.registry.services.comments import write_comment
from prompts.releases import findings
from prompts.releases.errors import GateClosed
from prompts.releases.gates import Finding
from prompts.releases.models import GateSuite
from prompts.releases.selectors import verdict_of
from prompts.releases.services.gate_changes import confirm_gate_change, propose_gate_suite
from prompts.releases.services.gate_policies import set_gate, set_gate_suite
from tests.people import SHELL
from tests.releases.conftest import LOCAL

RECORDED = {"id": 2, "name": "tape", "kind": "recorded", "model": ""}


def bind(suite, prompt, by=SHELL, **fields):
    told = {"least_pass_rate": "0.95", **fields}
    return set_gate_suite(actor=by, environment="production", suite=suite, prompt=prompt, **told)


@pytest.fixture
def bound(factory, gatehouse):
    """An approved version whose prompt must pass ``letters``."""
    version, suite = factory.approved(), gatehouse.suite()
    bind(suite, version.prompt)
    return version, suite


@pytest.mark.requirement("nist-ai-rmf/measure-2-3")
def test_recorded_answers_are_no_evidence(gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20, providers=[RECORDED])
    with pytest.raises(GateClosed, match="asked tape; here only runs on providers that ask a model count"):
        gatehouse.release(version)


def test_a_run_that_asked_both_is_none_either(gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20, providers=[LOCAL, RECORDED])
    with pytest.raises(GateClosed):
        gatehouse.release(version)


def test_recorded_answers_count_where_that_is_said(gatehouse, bound):
    version, suite = bound
    bind(suite, version.prompt, allows_recorded=True)
    gatehouse.run(version, suite, passed=20, providers=[RECORDED])
    assert gatehouse.release(version).state == "live"


def test_a_run_that_does_not_count_hides_none_that_does(gatehouse, bound):
    version, suite = bound
    gatehouse.run(version, suite, passed=20)
    gatehouse.run(version, suite, passed=1, providers=[RECORDED])
    assert gatehouse.release(version).state == "live"


def test_only_the_named_providers_count(gatehouse, bound):
    version, suite = bound
    create_provider(actor=SHELL, name="big", kind="openai", base_url="https://example.org/v1", model="m")
    bind(suite, version.prompt, providers=["big"])
    gatehouse.run(version, suite, passed=20)
    with pytest.raises(GateClosed, match="only runs on big count"):
        gatehouse.release(version)


def test_an_unknown_provider_cannot_be_named(bound):
    with pytest.raises(Unacceptable, match="no provider"):
        bind(bound[1], bound[0].prompt, providers=["nobody"])


def test_a_recording_provider_is_named_only_where_recorded_answers_count(bound):
    create_provider(actor=SHELL, name="tape", kind="recorded")
    with pytest.raises(Unacceptable, match="recorded answers"):
        bind(bound[1], bound[0].prompt, providers=["tape"])


def test_too_few_cases_shut_the_gate(gatehouse, bound):
    version, suite = bound
    bind(suite, version.prompt, least_cases=5)
    gatehouse.run(version, suite, passed=20)
    with pytest.raises(GateClosed, match="has 1 cases and the gate asks for 5"):
        gatehouse.release(version)


@pytest.mark.requirement("iso-42001/a-6-2-4")
def test_a_suite_whose_cases_were_changed_is_shut_even_with_a_new_run(people, gatehouse, bound):
    version, suite = bound
    save_case(actor=people.actor("author"), suite_id=suite.pk, name="polite", assertions=[])
    gatehouse.run(version, suite, passed=20)
    with pytest.raises(GateClosed, match="not those that two people took into the gate"):
        gatehouse.release(version)


def test_raising_a_demand_takes_no_new_cases_in(people, gatehouse, bound):
    version, suite = bound
    before = GateSuite.objects.get().cases_digest
    save_case(actor=people.actor("author"), suite_id=suite.pk, name="polite", assertions=[])
    bind(suite, version.prompt, by=people.actor("steward"), least_pass_rate="0.99")
    assert GateSuite.objects.get().cases_digest == before


def test_a_second_row_never_weakens_the_first(people, gatehouse, bound):
    version, suite = bound
    bind(suite, None)
    bind(suite, version.prompt, least_pass_rate="1", allows_recorded=True)
    gatehouse.run(version, suite, passed=20, providers=[RECORDED])
    with pytest.raises(GateClosed):
        gatehouse.release(version)


def test_a_steward_lets_no_recorded_answers_in_alone(people, bound):
    with pytest.raises(Refused, match="two people"):
        bind(bound[1], bound[0].prompt, by=people.actor("steward"), allows_recorded=True)


def failed(version):
    verdict = verdict_of(version, Environment.objects.get(slug="production"))
    return [check.code for check in verdict.failed]


def test_open_remarks_shut_a_gate_that_asks_about_them(people, factory):
    version = factory.approved()
    write_comment(actor=people.actor("author"), prompt_id=version.prompt_id, text="Is this so?")
    before = failed(version)
    set_gate(actor=SHELL, environment="production", requires_settled_comments=True)
    assert (before, failed(version)) == ([], ["comments"])


@pytest.fixture
def keeper():
    """Somebody who keeps findings, as a room above would; gives the list of open ones."""
    found = []
    findings.register("tests", lambda version: found)
    yield found
    findings.unregister("tests")


@pytest.mark.parametrize(
    ("severity", "shut"), [("low", False), ("high", True), ("critical", True), ("odd", True)]
)
def test_findings_from_above_shut_the_gate_from_their_severity_on(factory, keeper, severity, shut):
    version = factory.approved()
    set_gate(actor=SHELL, environment="production", shut_by_findings="high")
    keeper.append(Finding("It insults people", severity, "finding/4"))
    assert failed(version) == (["findings"] if shut else [])


def test_a_gate_that_asks_about_findings_stays_shut_where_nobody_keeps_any(factory, keeper):
    version = factory.approved()
    set_gate(actor=SHELL, environment="production", shut_by_findings="high")
    findings.unregister("tests")
    assert failed(version) == ["findings"]


def test_a_gate_cannot_ask_about_findings_that_nobody_keeps(people):
    with pytest.raises(Unacceptable, match="keeps findings"):
        set_gate(actor=SHELL, environment="production", shut_by_findings="high")


@pytest.fixture
def named(gatehouse, bound):
    """The version, its suite, and the provider that alone counts there."""
    version, suite = bound
    provider = create_provider(
        actor=SHELL, name="house", kind="openai", base_url="https://models.example/v1", model="m-1"
    )
    bind(suite, version.prompt, providers=["house"])
    return version, suite, provider


HOUSE = {"id": 2, "name": "house", "kind": "openai", "model": "m-1"}


@pytest.mark.parametrize(
    "changes", [{"base_url": "https://stub.example/v1"}, {"model": "m-2"}, {"parameters": {"seed": 1}}]
)
@pytest.mark.requirement("owasp-llm/04")
def test_a_named_provider_that_was_led_elsewhere_counts_no_more(people, gatehouse, named, changes):
    version, suite, provider = named
    edit_provider(actor=people.actor("administrator"), provider_id=provider.pk, changes=changes)
    gatehouse.run(version, suite, passed=20, providers=[HOUSE])
    with pytest.raises(GateClosed, match="changed since"):
        gatehouse.release(version)


def test_nor_where_it_was_led_back_before_the_release(people, gatehouse, named):
    version, suite, provider = named
    for address in ("https://stub.example/v1", "https://models.example/v1"):
        edit_provider(
            actor=people.actor("administrator"), provider_id=provider.pk, changes={"base_url": address}
        )
    gatehouse.run(version, suite, passed=20, providers=[HOUSE])
    with pytest.raises(GateClosed, match="changed since"):
        gatehouse.release(version)


def test_its_price_and_its_note_are_nobodys_evidence(people, gatehouse, named):
    version, suite, provider = named
    edit_provider(actor=people.actor("administrator"), provider_id=provider.pk, changes={"note": "Cheaper."})
    gatehouse.run(version, suite, passed=20, providers=[HOUSE])
    gatehouse.release(version)


def test_two_people_take_a_provider_in_as_it_is_now(people, gatehouse, named):
    version, suite, provider = named
    edit_provider(actor=people.actor("administrator"), provider_id=provider.pk, changes={"model": "m-2"})
    change = propose_gate_suite(
        actor=people.actor("steward"),
        environment="production",
        suite=suite,
        prompt=version.prompt,
        least_pass_rate="0.95",
        providers=["house"],
        reason="A newer model.",
    )
    confirm_gate_change(actor=people.actor("ethics_officer"), change_id=change.pk)
    gatehouse.run(version, suite, passed=20, providers=[HOUSE])
    gatehouse.release(version)


def test_raising_a_demand_alone_takes_no_changed_provider_in(people, gatehouse, named):
    version, suite, provider = named
    edit_provider(actor=people.actor("administrator"), provider_id=provider.pk, changes={"model": "m-2"})
    bind(suite, version.prompt, least_pass_rate="0.99", by=people.actor("steward"), providers=["house"])
    gatehouse.run(version, suite, passed=20, providers=[HOUSE])
    with pytest.raises(GateClosed, match="changed since"):
        gatehouse.release(version)
