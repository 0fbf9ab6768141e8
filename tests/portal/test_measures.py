"""Measures of a run: from marked cases through a run to the page, its files and the gate."""

import csv
import json
from io import StringIO

import pytest

from audits.identity.errors import Conflict, Refused
from prompts.evaluations.management.commands.expand_suite import Command
from prompts.evaluations.models import Measured, Result, Run, Suite
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.expand_suite import expand_suite, expanded
from prompts.evaluations.services.measure_run import measure_lately, measure_run
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite, edit_suite
from prompts.registry.models import Environment
from prompts.releases.selectors.gate import verdict_of
from prompts.releases.services.gate_policies import set_gate
from tests.people import SHELL
from tests.portal.opening import Desk

FAMILIES = 8


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def marked(bank):
    """Eight cases with marked words."""
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    for number in range(FAMILIES):
        save_case(
            actor=SHELL, suite_id=suite.pk, name=f"loan-{number}",
            vars={"decision": f"[[Title]] [[name]] wants {number + 1} loans."},
            assertions=[{"type": "contains", "value": "granted"}],
        )  # fmt: skip
    return suite


@pytest.fixture
def by_group(marked):
    """The same about people of each gender."""
    file = expanded(marked, dimensions=["gender"])
    return expand_suite(actor=SHELL, suite=marked, file=file)


def ran(people, version, suite, favours="man"):
    """A finished run of a model that grants loans to one group only; to everybody without ``favours``."""
    provider = create_provider(actor=SHELL, name=f"asked-{Run.objects.count()}", kind="openai", model="m")
    run = start_run(
        actor=people.actor("engineer"), version_id=version.pk, suite_id=suite.pk, providers=[provider]
    )
    for case in cases_in_use(suite):
        good = not favours or f"group:{favours}" in case.tags
        Result.objects.create(
            run=run, case=case, case_name=case.name, case_digest="0" * 64, provider=provider,
            state="pass" if good else "fail", score=int(good),
            output="granted" if good else "refused, <b>no</b>",
        )  # fmt: skip
    passed = run.results.filter(state="pass").count()
    Run.objects.filter(pk=run.pk).update(
        state="finished",
        passed=passed,
        failed=run.total - passed,
        score=passed / run.total,
        finished_at=run.created_at,
    )
    return Run.objects.get(pk=run.pk)


def test_marked_cases_become_a_suite_beside_theirs_and_again_the_same(marked):
    file = expanded(marked)
    first = expand_suite(actor=SHELL, suite=marked, file=file)
    again = expand_suite(actor=SHELL, suite=marked, file=expanded(marked))
    assert (first.name, first.collection, again.pk) == ("loans-by-group", marked.collection, first.pk)
    assert first.cases.count() == len(file.cases)
    assert set(first.cases.values_list("version", flat=True)) == {1}


def test_who_may_not_write_the_suite_may_not_expand_it(people, marked):
    with pytest.raises(Refused):
        expand_suite(actor=people.actor("auditor"), suite=marked, file=expanded(marked))


def test_the_command_writes_what_it_names(people, marked, capsys):
    from django.core.management import call_command

    words = [marked.name, "--dimension", "gender", "--per-group", "1", "--as", "emil"]
    call_command(Command(), *words, "--dry-run")
    assert len(capsys.readouterr().out.splitlines()) == 3 * FAMILIES
    call_command(Command(), *words, "--into", "few")
    assert cases_in_use(Suite.objects.get(name="few"))[0].tags[1] == "dimension:gender"


def test_the_page_shows_the_cases_first_and_then_writes_them(desk, marked):
    told = {"dimension": ["gender"], "language": "en", "per_group": "2"}
    page = desk.post("engineer", "suite-by-group", marked.pk, **told).content.decode()
    assert "loan-0 | gender: woman 1" in page
    assert not Suite.objects.filter(name="loans-by-group").exists()
    sent = desk.post("engineer", "suite-by-group", marked.pk, **told, confirm="1")
    assert sent.status_code == 302
    assert Suite.objects.get(name="loans-by-group").cases.count() == 6 * FAMILIES


def test_a_suite_without_marked_words_says_how_to_mark_them(desk, bank):
    plain = create_suite(actor=SHELL, name="plain", collection=bank)
    save_case(actor=SHELL, suite_id=plain.pk, name="a", vars={"x": "b"})
    assert "[[name]]" in desk.post("engineer", "suite-by-group", plain.pk, language="en").content.decode()


def test_a_biased_run_is_told_on_its_page_and_in_its_files(desk, people, factory, by_group):
    run = ran(people, factory.approved(), by_group)
    page = desk.text("engineer", "run-measures", run.pk)
    assert "The answers differ between groups." in page
    assert "Man against the others" in page
    lines = list(csv.DictReader(StringIO(desk.text("auditor", "run-measures-file", run.pk, "csv"))))
    found = next(one for one in lines if (one["measure"], one["group"]) == ("passed", "man"))
    assert (float(found["value"]), found["number"], found["verdict"]) == (1.0, str(FAMILIES), "difference")
    told = json.loads(desk.text("engineer", "run-measures-file", run.pk, "json"))
    assert told["measures"]["groups"]["verdict"] == "difference"
    assert told["results_digest"] == run.results_digest


def test_a_fair_run_of_few_families_is_inconclusive(desk, people, factory, by_group):
    run = ran(people, factory.approved(), by_group, favours="")
    page = desk.text("engineer", "run-measures", run.pk)
    assert "Inconclusive" in page
    assert "families would tell" in page


def test_a_run_that_is_not_over_is_not_measured(desk, people, factory, by_group):
    run = ran(people, factory.approved(), by_group)
    Run.objects.filter(pk=run.pk).update(state="running")
    run.refresh_from_db()
    with pytest.raises(Conflict):
        measure_run(actor=SHELL, run=run)
    assert "not finished" in desk.text("engineer", "run-measures", run.pk)
    assert desk.get("engineer", "run-measures-file", run.pk, "csv").status_code == 302


def test_runs_that_have_just_finished_are_measured_before_anybody_looks(people, factory, by_group):
    run = ran(people, factory.approved(), by_group)
    assert measure_lately(actor=SHELL, now=run.finished_at) == 1
    assert measure_lately(actor=SHELL, now=run.finished_at) == 0
    assert Measured.objects.get(run=run).report["groups"]["limit"] == 0.1


def test_tags_that_change_later_do_not_change_the_report(people, factory, by_group):
    run = ran(people, factory.approved(), by_group)
    before = measure_run(actor=SHELL, run=run).report
    by_group.cases.update(tags=[])
    assert measure_run(actor=SHELL, run=run).report == before


@pytest.fixture
def keeper():
    """People who keep findings, and have none."""
    from prompts.releases import findings

    findings.register("tests", lambda version: [])
    yield
    findings.unregister("tests")


def shut_by(version):
    verdict = verdict_of(version, Environment.objects.get(slug="production"))
    return {check.code: check.reason for check in verdict.failed}


def test_a_difference_beyond_the_suites_limit_shuts_a_gate_that_asks_about_findings(
    people, factory, by_group, keeper
):
    version = factory.approved()
    set_gate(actor=SHELL, environment="production", shut_by_findings="high")
    ran(people, version, by_group)
    before = shut_by(version)
    edit_suite(actor=SHELL, suite_id=by_group.pk, changes={"most_difference": "0.2"})
    after = shut_by(version)
    assert before == {}
    assert "loans-by-group: passed differs by gender, 100.0 points (high)" in after["findings"]
    ran(people, version, by_group, favours="")
    assert shut_by(version) == {}


def test_a_rerun_on_recorded_answers_hides_no_difference(people, factory, by_group, keeper):
    version = factory.approved()
    set_gate(actor=SHELL, environment="production", shut_by_findings="high")
    edit_suite(actor=SHELL, suite_id=by_group.pk, changes={"most_difference": "0.2"})
    ran(people, version, by_group)
    later = ran(people, version, by_group, favours="")
    Run.objects.filter(pk=later.pk).update(providers=[{**later.providers[0], "kind": "recorded"}])
    assert "findings" in shut_by(version)


def test_a_ready_suite_is_looked_at_and_added(desk, bank):
    assert "refuse launder" in desk.text("engineer", "suite-ready", name="bank")
    sent = desk.post("engineer", "suite-ready", name="bank", collection="bank", message="decision")
    assert sent.status_code == 302
    assert Suite.objects.get(name="bank-bank").collection == bank
    fault = desk.post(
        "engineer", "suite-ready", name="bank", collection="bank", message="a b"
    ).content.decode()
    assert "no name of a variable" in fault


def test_scores_of_public_sets_stand_on_the_page_and_in_the_file(desk, people, factory, bank):
    from prompts.evaluations.importers import read_set
    from prompts.evaluations.services.ready_suites import add_set
    from tests.evaluations.test_importers import SMALL

    pages = []
    for kind, name in (("bbq", "bbq.jsonl"), ("winobias", "winobias_pairs.jsonl")):
        file = read_set(kind, [(SMALL / name).read_text("utf-8")])
        run = chose(people, factory.approved(), add_set(actor=SHELL, file=file, collection=bank))
        pages.append(desk.text("engineer", "run-measures", run.pk))
        lines = list(csv.DictReader(StringIO(desk.text("engineer", "run-measures-file", run.pk, "csv"))))
        assert [one["value"] for one in lines if one["measure"] in {"winobias", "bbq ambig"}][-1] == "0.0"
    assert "Bias score" in pages[0]
    assert "+0.0 points" in pages[1]


def chose(people, version, suite):
    """A finished run of a model that picks the right option of every case."""
    provider = create_provider(actor=SHELL, name=f"asked-{Run.objects.count()}", kind="openai", model="m")
    run = start_run(
        actor=people.actor("engineer"), version_id=version.pk, suite_id=suite.pk, providers=[provider]
    )
    for case in cases_in_use(suite):
        Result.objects.create(
            run=run, case=case, case_name=case.name, case_digest="0" * 64, provider=provider, state="pass",
            score=1, output=case.assertions[0]["value"], assertions=[{"assertion": case.assertions[0]}],
        )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(state="finished", finished_at=run.created_at)
    return Run.objects.get(pk=run.pk)
