"""The matrix: two sides case by case, verdicts overruled, results taken along."""

import csv
import json
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from portal.override_verifier import overrides
from prompts.evaluations.models import ComparedCase, Comparison, Override, Result, Run
from prompts.evaluations.selectors import asked_in_order
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.compare_runs import compare_runs
from prompts.evaluations.services.override_result import override_result
from prompts.evaluations.services.prepare_matrices import prepare_matrices
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.registry.services.freeze import freeze_version
from tests.fixtures.append_only import triggers_off
from tests.people import SHELL
from tests.portal.opening import Desk

BEFORE = {"kept": ("pass", "a"), "worse": ("pass", "a"), "better": ("fail", "a"), "words": ("pass", "a")}
NOW = {
    "kept": ("pass", "a"),
    "worse": ("fail", "=1+1"),
    "better": ("pass", "b"),
    "words": ("pass", "<b>x</b>"),
}


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def pair(people, factory, bank):
    """Two finished runs of two versions: one case regressed, one fixed, one in other words, one same."""
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    for name in BEFORE:
        save_case(actor=SHELL, suite_id=suite.pk, name=name, assertions=[{"type": "contains", "value": "a"}])
    provider = create_provider(actor=SHELL, name="recorded", kind="recorded")
    author = people.actor("author")
    runs = []
    for text, told in (("One.", BEFORE), ("Two.", NOW)):
        prompt = runs[0].prompt if runs else None
        draft = (
            factory.draft("bank/explain", text=text)
            if prompt is None
            else factory.next_draft(prompt, text=text)
        )
        version = freeze_version(actor=author, version_id=draft.pk)
        run = start_run(actor=author, version_id=version.pk, suite_id=suite.pk, providers=[provider])
        digests = {case.name: case.digest for piece in asked_in_order(run) for case in piece}
        for name, (state, output) in told.items():
            Result.objects.create(
                run=run, case_name=name, case_digest=digests[name], provider=provider, state=state,
                score=1 if state == "pass" else 0, output=output, latency_ms=10,
            )  # fmt: skip
        passed = sum(state == "pass" for state, _ in told.values())
        Run.objects.filter(pk=run.pk).update(state="finished", passed=passed, failed=4 - passed)
        runs.append(Run.objects.get(pk=run.pk))
    return runs


@pytest.fixture
def compared(people, pair):
    return compare_runs(actor=people.actor("auditor"), left=pair[0], right=pair[1])


def test_changed_cases_stand_first(compared):
    rows = ComparedCase.objects.filter(comparison=compared).order_by("place")
    assert [(row.case_name, row.change) for row in rows] == [
        ("worse", "regressed"), ("better", "fixed"), ("words", "words"), ("kept", "same"),
    ]  # fmt: skip


def test_the_change_has_an_interval_over_the_same_cases(compared):
    points = compared.figures["points"]
    assert points["change"] == 0
    assert points["low"] < 0 < points["high"]


def test_a_comparison_is_worked_out_once(people, pair, compared):
    again = compare_runs(actor=people.actor("author"), left=pair[0], right=pair[1])
    assert (again.pk, Comparison.objects.count()) == (compared.pk, 1)


def test_cases_of_several_pieces_stand_in_one_order(people, pair, monkeypatch):
    monkeypatch.setattr("prompts.evaluations.services.compare_runs.PIECE", 3)
    found = compare_runs(actor=people.actor("auditor"), left=pair[0], right=pair[1])
    rows = found.cases.order_by("place").values_list("place", "case_name")
    assert list(rows) == [(1, "worse"), (2, "better"), (3, "words"), (4, "kept")]


def test_a_run_under_way_is_not_compared(people, pair):
    Run.objects.filter(pk=pair[0].pk).update(state="running")
    with pytest.raises(Conflict):
        compare_runs(actor=people.actor("author"), left=Run.objects.get(pk=pair[0].pk), right=pair[1])


def test_a_run_is_not_compared_with_itself(people, pair):
    with pytest.raises(Unacceptable):
        compare_runs(actor=people.actor("author"), left=pair[0], right=pair[0])


def test_the_page_compares_with_the_version_before_unless_told(desk, pair):
    context = desk.get("auditor", "run-matrix", pair[1].pk).context
    assert context["found"].left_id == pair[0].pk
    assert [row.case.case_name for row in context["rows"]] == ["worse", "better", "words", "kept"]


@pytest.mark.parametrize(
    ("show", "names"), [("regressed", ["worse"]), ("failing", ["worse"]), ("words", ["words"]), ("x", 4)]
)
def test_the_page_is_filtered(desk, pair, show, names):
    rows = desk.get("auditor", "run-matrix", pair[1].pk, show=show).context["rows"]
    assert [row.case.case_name for row in rows] == names or len(rows) == names


def test_outputs_are_escaped_and_whole_ones_framed(desk, pair, compared):
    place = ComparedCase.objects.get(comparison=compared, case_name="words").place
    text = desk.text("auditor", "run-matrix", pair[1].pk, open=place)
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert 'sandbox="" height="138" src="/admin/evaluations/results/' in text


def test_a_first_run_says_what_it_lacks(desk, pair):
    text = desk.text("auditor", "run-matrix", pair[0].pk)
    assert "Choose a later one" in text
    assert f"run {pair[1].pk}," in text
    assert "There is no other run" not in text


def test_an_only_run_says_what_it_lacks(desk, pair):
    pair[1].delete()
    assert "There is no other run" in desk.text("auditor", "run-matrix", pair[0].pk)


@pytest.mark.parametrize("page", ["run-matrix", "result-override"])
def test_a_stranger_finds_nothing(desk, pair, page):
    key = pair[1].results.first().pk if "result" in page else pair[1].pk
    assert desk.get("stranger", page, key).status_code == 404


def test_queries_do_not_grow_with_cases(desk, pair, compared, django_assert_max_num_queries):
    browser = desk.browser("auditor")
    address = f"/admin/evaluations/runs/{pair[1].pk}/matrix/"
    browser.get(address)
    with django_assert_max_num_queries(60) as few:
        browser.get(address)
    some = compared.cases.last()
    ComparedCase.objects.bulk_create(
        ComparedCase(
            comparison=compared, place=100 + at, case_name=f"more {at}", change="same",
            left_result=some.left_result, right_result=some.right_result,
        )
        for at in range(200)
    )  # fmt: skip
    with django_assert_max_num_queries(len(few)):
        browser.get(address)


def test_a_verdict_is_overruled_and_kept(desk, people, pair):
    row = pair[1].results.get(case_name="worse")
    override_result(actor=people.actor("expert"), result_id=row.pk, verdict="pass", reason="It is right.")
    row.refresh_from_db()
    made = Override.objects.get()
    assert (row.state, made.original, made.verdict, made.by_name) == (
        "fail",
        "fail",
        "pass",
        made.by.username,
    )
    assert Event.objects.filter(event="evaluations.result.overridden", reason="It is right.").exists()
    sides = desk.get("auditor", "run-matrix", pair[1].pk).context["sides"]
    assert (sides[1]["passed"], sides[1]["overridden"]) == (3, 4)
    assert Run.objects.get(pk=pair[1].pk).passed == 3


def test_whoever_overrules_sees_what_was_asked_and_why_it_failed(desk, people, pair):
    row = pair[1].results.get(case_name="worse")
    told = {"pass": False, "score": 0.0, "reason": "No a.", "assertion": {"type": "contains"}}
    Result.objects.filter(pk=row.pk).update(assertions=[told])
    text = desk.text("expert", "result-override", row.pk)
    assert "No a." in text
    assert "Filled in with" in text
    refused = desk.text("author", "result-override", row.pk)
    assert "wrote the version" in refused
    assert f'href="/admin/evaluations/results/{row.pk}/"' in refused


@pytest.mark.parametrize(
    ("case", "verdict", "shown"),
    [
        ("worse", "pass", {"regressed": [], "failing": [], "fixed": ["better"], "words": ["worse", "words"]}),
        ("kept", "fail", {"regressed": ["worse", "kept"], "failing": ["worse", "kept"], "words": ["words"]}),
        ("better", "fail", {"fixed": [], "failing": ["worse", "better"], "overridden": ["better"]}),
    ],
)
def test_filters_go_by_peoples_verdicts_and_rows_tell_both(desk, people, pair, case, verdict, shown):
    row = pair[1].results.get(case_name=case)
    override_result(actor=people.actor("expert"), result_id=row.pk, verdict=verdict, reason="So it is.")
    context = desk.get("auditor", "run-matrix", pair[1].pk).context
    told = {key: count for key, *_, count in context["chips"]}
    for show, names in shown.items():
        rows = desk.get("auditor", "run-matrix", pair[1].pk, show=show).context["rows"]
        assert [line.case.case_name for line in rows] == names
        assert told.get(show, 0) == len(names)
    assert "So it is." in desk.text("expert", "result-override", row.pk)
    moved = next(line for line in context["rows"] if line.case.case_name == case)
    assert moved.by_graders == moved.case.get_change_display() != moved.change
    assert context["found"].counts["failing"] == 1


def test_the_page_is_filtered_by_tag(desk, people, pair):
    suite = pair[1].suite
    for name, tags in (("worse", ["Late", "de"]), ("kept", ["de"])):
        case = suite.cases.get(name=name)
        save_case(
            actor=people.actor("engineer"), suite_id=suite.pk, name=name, vars=case.vars,
            assertions=case.assertions, tags=tags,
        )  # fmt: skip
    provider = pair[1].providers[0]["id"]
    run = start_run(
        actor=people.actor("engineer"), version_id=pair[1].version_id, suite_id=suite.pk,
        providers=[provider],
    )  # fmt: skip
    for row in pair[1].results.all():
        row.pk, row.run = None, run
        row.save()
    Run.objects.filter(pk=run.pk).update(state="finished", passed=3, failed=1)
    context = desk.get("auditor", "run-matrix", run.pk, against=pair[0].pk).context
    assert context["tags"] == [("de", 2), ("late", 1)]
    for tag, names in (("de", {"worse", "kept"}), ("LATE", {"worse"}), ('"', set())):
        rows = desk.get("auditor", "run-matrix", run.pk, against=pair[0].pk, tag=tag).context["rows"]
        assert {line.case.case_name for line in rows} == names


def test_an_author_overrules_nothing_on_the_own_text(people, pair):
    row = pair[1].results.get(case_name="worse")
    with pytest.raises(Refused, match="wrote the version"):
        override_result(actor=people.actor("author"), result_id=row.pk, verdict="pass", reason="Mine.")


@pytest.mark.parametrize(
    ("verdict", "reason", "error"),
    [("pass", "", Unacceptable), ("maybe", "x", Unacceptable), ("fail", "x", Conflict)],
)
def test_an_override_says_what_and_why(people, pair, verdict, reason, error):
    row = pair[1].results.get(case_name="worse")
    with pytest.raises(error):
        override_result(actor=people.actor("expert"), result_id=row.pk, verdict=verdict, reason=reason)


def test_who_only_reads_overrules_nothing(people, pair):
    with pytest.raises(Refused):
        override_result(
            actor=people.actor("auditor"), result_id=pair[1].results.first().pk, verdict="fail", reason="x"
        )


def test_a_table_of_results_computes_nothing(desk, pair):
    answer = desk.get("auditor", "run-results", pair[1].pk, "csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert next((row["case"], row["verdict"]) for row in rows) == ("worse", "fail")
    assert rows[0]["output"] == "'=1+1"


def test_results_are_one_list_of_json(desk, pair):
    answer = desk.get("auditor", "run-results", pair[1].pk, "json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert len(rows) == 4
    assert rows[0]["output"] == "=1+1"


def test_results_are_a_junit_report(desk, pair):
    answer = desk.get("auditor", "run-results", pair[1].pk, "xml")
    top = ElementTree.fromstring(b"".join(answer.streaming_content))  # noqa: S314  our own report
    assert {name: top[0].get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "4", "failures": "1", "errors": "0",
    }  # fmt: skip
    assert [case.get("name") for case in top[0] if len(case)] == ["worse [recorded]"]
    assert len(top[0]) == 4


@pytest.mark.parametrize(("who", "form", "status"), [("stranger", "csv", 404), ("auditor", "exe", 404)])
def test_results_are_for_who_sees_them(desk, pair, who, form, status):
    assert desk.get(who, "run-results", pair[1].pk, form).status_code == status


def test_the_matrix_of_a_finished_run_is_worked_out_before_anybody_asks(pair):
    Run.objects.filter(pk=pair[1].pk).update(finished_at=timezone.now())
    assert prepare_matrices(actor=Actor.system("evaluations"), now=timezone.now()) == 1
    assert prepare_matrices(actor=Actor.system("evaluations"), now=timezone.now()) == 0


def test_an_override_that_was_changed_is_found(people, pair):
    row = pair[1].results.get(case_name="worse")
    override_result(actor=people.actor("expert"), result_id=row.pk, verdict="pass", reason="Right.")
    assert list(overrides()) == []
    with triggers_off(connection):
        Override.objects.update(reason="Other.")
    assert [fault.reason for fault in overrides()] == ["the override is not what was recorded"]
