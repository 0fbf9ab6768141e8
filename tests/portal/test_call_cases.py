"""A call becomes a case."""

import pytest
from django.utils import timezone

from portal.evaluating.recovered import recovered
from portal.pages.call_cases import _writable
from prompts.evaluations.models import Case, Run
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suites import create_suite
from prompts.observability.models import Call
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.sensitivity import mark_sensitive
from tests.people import SHELL
from tests.portal.opening import Desk

TEXT = "Explain {{decision}} to {{who}}."
SENT = "Explain the refusal to jane.roe@gmail.com."


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def call(people, factory):
    draft = factory.draft("bank/explain", text=TEXT)
    version = freeze_version(actor=people.actor("author"), version_id=draft.pk)
    return Call.objects.create(
        trace_id="t", span_id="s", started_at=timezone.now(), prompt=version.prompt, version=version,
        account="x", input=SENT, output="It was <b>refused</b>.",
    )  # fmt: skip


@pytest.fixture
def suite(bank):
    return create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)


@pytest.mark.parametrize(
    ("template", "sent", "values"),
    [
        (TEXT, SENT, {"decision": "the refusal", "who": "jane.roe@gmail.com"}),
        (TEXT, '[{"role": "user", "content": "Explain a to b."}]', {"decision": "a", "who": "b"}),
        (TEXT, "Something else", {"decision": "", "who": ""}),
        ("{{a}}", "all of it", {"a": "all of it"}),
        ("No variable.", "x", {}),
    ],
)
def test_values_are_read_back_out_of_what_was_sent(template, sent, values):
    assert recovered([{"role": "user", "content": template}], sent) == values


def test_the_page_is_filled_in_and_warns_of_personal_data(desk, call, suite):
    text = desk.text("author", "call-case", call.pk)
    assert "the refusal" in text
    assert "an e-mail address" in text
    assert "<b>refused</b>" not in text


def test_the_suite_that_the_prompt_is_run_with_stands_first(desk, call, suite, bank):
    asked = create_suite(actor=SHELL, name="zebra", title="Zebra", collection=bank)
    assert [one.title for one in desk.get("author", "call-case", call.pk).context["suites"]] == [
        "Loans", "Zebra",
    ]  # fmt: skip
    version = call.version
    Run.objects.create(
        prompt=version.prompt, version=version, suite=asked, version_digest=version.digest,
        case_digest="c" * 64, requested_by_name="ada", key="one",
    )  # fmt: skip
    assert desk.get("author", "call-case", call.pk).context["suites"][0] == asked


def test_a_call_becomes_a_case(desk, call, suite):
    sent = {"suite": suite.pk, "name": "refusal", "way": "equals", "expected": "It was refused.",
            "var:decision": "the refusal", "var:who": "Jo",
            "tag": ["regression", "safety", "odd"]}  # fmt: skip
    desk.post("author", "call-case", call.pk, **sent)
    case = Case.objects.get()
    assert (case.name, case.vars) == ("refusal", {"decision": "the refusal", "who": "Jo"})
    assert case.assertions == [{"type": "equals", "value": "It was refused."}]
    assert case.tags == ["regression", "safety"]
    assert case.author


@pytest.mark.parametrize("change", [{"expected": " "}, {"way": "python"}, {"name": ""}])
def test_a_case_that_cannot_be_is_not_made(desk, call, suite, change):
    sent = {"suite": suite.pk, "name": "a", "way": "equals", "expected": "x", **change}
    desk.post("author", "call-case", call.pk, **sent)
    assert not Case.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 404)])
def test_who_may_not_write_the_suite_makes_no_case(desk, call, suite, who, status):
    sent = {"suite": suite.pk, "name": "a", "way": "equals", "expected": "x"}
    answer = desk.post(who, "call-case", call.pk, **sent)
    assert (answer.status_code, Case.objects.exists()) == (status, False)


def test_the_case_tells_its_prompt_and_a_sensitive_one_goes_into_no_suite_of_everybody(
    people, desk, call, suite
):
    everybody, who = create_suite(actor=SHELL, name="all", title="All"), people.actor("steward")
    assert _writable(who, call) == [suite, everybody]
    mark_sensitive(actor=SHELL, on=call.prompt, reason="Names of customers.")
    assert _writable(who, call) == [suite]
    browser = desk.browser("author")
    browser.post(f"/admin/prompts/{call.prompt_id}/purpose", {"purpose": "An audit"})
    told = {"suite": suite.pk, "name": "one", "way": "equals", "expected": "x"}
    browser.post(f"/admin/use/calls/{call.pk}/case/", told)
    case = Case.objects.get(name="one")
    assert case.taken_from == call.prompt
    save_case(actor=SHELL, suite_id=suite.pk, name="one", assertions=case.assertions)
    case.refresh_from_db()
    assert case.taken_from == call.prompt
