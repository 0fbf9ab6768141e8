"""Runs in the browser: started, watched, read."""

import json

import pytest

from prompts.evaluations.models import Result, Run
from prompts.evaluations.providers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run, start_runs
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.freeze import freeze_version
from tests.people import SHELL
from tests.portal.opening import Desk

HOSTILE = "<script>alert(1)</script> a loan"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def version(factory, people):
    """A frozen version."""
    draft = factory.draft("bank/explain", text="Explain {{decision}}.")
    return freeze_version(actor=people.actor("author"), version_id=draft.pk)


@pytest.fixture
def suite(people, bank):
    """Two cases that ask for the word loan."""
    found = create_suite(actor=people.actor("engineer"), name="loans", title="Loans", collection=bank)
    for name in ("good", "poor"):
        wanted = [{"type": "icontains", "value": "loan"}]
        told = {"vars": {"decision": name}, "assertions": wanted}
        save_case(actor=people.actor("engineer"), suite_id=found.pk, name=name, **told)
    return found


@pytest.fixture
def provider(version):
    """Recorded answers, one of them hostile and right, the other wrong."""
    found = create_provider(actor=SHELL, name="recorded", kind="recorded")
    texts = {"good": HOSTILE, "poor": "Nothing."}
    pairs = [
        (question_for(SHELL, version, {"decision": name}).messages, Answer(text, label="written for tests"))
        for name, text in texts.items()
    ]
    record_answers(actor=SHELL, provider_id=found.pk, answers=pairs)
    return found


@pytest.fixture
def run(people, version, suite, provider):
    """A finished run: one passed, one failed."""
    told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
    started = start_run(actor=people.actor("engineer"), **told)
    work_on_run(run_id=started.pk)
    return Run.objects.get(pk=started.pk)


def test_a_run_is_started_from_the_prompt_page(desk, version, suite, provider):
    sent = {"version": version.pk, "suite": suite.pk, "providers": [provider.pk], "repeats": 2}
    sent |= {"concurrency": 8}
    answer = desk.post("author", "run-start", version.prompt_id, **sent)
    run = Run.objects.get()
    told = (run.state, run.total, run.trigger, answer.headers["Location"])
    assert told == ("queued", 4, "manual", f"/admin/evaluations/runs/{run.pk}/")
    assert run.concurrency == 8


def test_several_versions_are_asked_the_same_cases(desk, people, version, suite, provider):
    author = people.actor("author")
    draft = create_draft(actor=author, prompt_id=version.prompt_id)
    other = freeze_version(actor=author, version_id=draft.pk)
    sent = {"version": [other.pk, version.pk, other.pk], "suite": suite.pk, "providers": [provider.pk]}
    answer = desk.post("author", "run-start", version.prompt_id, **sent)
    first, second = Run.objects.order_by("pk")
    assert [first.version_id, second.version_id] == [other.pk, version.pk]
    assert first.case_set_id == second.case_set_id is not None
    assert answer.headers["Location"].endswith(f"/{version.prompt_id}/?tab=evaluations")


def test_a_version_is_held_against_itself_by_two_runs(people, version, suite, provider):
    """As ``evaluate NAME:1 --baseline 1`` asks for."""
    runs = start_runs(
        actor=people.actor("engineer"), version_ids=[version.pk] * 2, suite_id=suite.pk, providers=[provider]
    )
    assert [run.version_id for run in runs] == [version.pk] * 2
    assert runs[0].pk != runs[1].pk


def test_where_one_of_several_runs_cannot_be_none_is_started(desk, people, version, suite, provider):
    draft = create_draft(actor=people.actor("author"), prompt_id=version.prompt_id)
    sent = {"version": [version.pk, draft.pk], "suite": suite.pk, "providers": [provider.pk]}
    desk.post("author", "run-start", version.prompt_id, **sent)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"providers": []}, {"repeats": 999}, {"providers": ["x"]}, {"concurrency": 99}, {"version": []}],
)
def test_a_run_that_cannot_be_is_not_started(desk, version, suite, provider, change):
    sent = {"version": version.pk, "suite": suite.pk, "providers": [provider.pk], **change}
    answer = desk.post("author", "run-start", version.prompt_id, **sent)
    assert (answer.status_code, Run.objects.count()) == (302, 0)


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("stranger", 404), ("administrator", 403)])
def test_who_may_not_evaluate_starts_nothing(desk, version, suite, provider, who, status):
    sent = {"version": version.pk, "suite": suite.pk, "providers": [provider.pk]}
    answer = desk.post(who, "run-start", version.prompt_id, **sent)
    assert (answer.status_code, Run.objects.count()) == (status, 0)


def test_results_are_downloaded_from_the_page_of_the_run(desk, run):
    text = desk.text("author", "run", run.pk)
    assert all(f"/runs/{run.pk}/results.{form}" in text for form in ("csv", "json", "xml"))


def test_failures_stand_first(desk, run):
    rows = desk.get("author", "run", run.pk).context["results"]
    assert [(row.case_name, row.state) for row in rows] == [("poor", "fail"), ("good", "pass")]


@pytest.mark.parametrize(
    ("state", "names"), [("pass", ["good"]), ("fail", ["poor"]), ("error", []), ("x", 2)]
)
def test_results_are_filtered_by_their_state(desk, run, state, names):
    found = [row.case_name for row in desk.get("author", "run", run.pk, state=state).context["results"]]
    assert found == names or len(found) == names


@pytest.mark.parametrize("page", ["run", "result", "evaluations", "suite", "prompt"])
def test_outputs_are_shown_as_text(desk, run, suite, page):
    good = Result.objects.get(state="pass")
    keys = {"run": run.pk, "result": good.pk, "suite": suite.pk, "prompt": run.prompt_id}
    text = desk.text("author", page, *([keys[page]] if page in keys else []))
    assert "<script>alert" not in text


def test_a_whole_output_stands_alone_in_a_sandbox(desk, run):
    answer = desk.get("author", "result-output", Result.objects.get(state="pass").pk)
    assert answer.content.decode() == HOSTILE
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_of_a_result_frames_it_closed(desk, run):
    good = Result.objects.get(state="pass")
    text = desk.text("author", "result", good.pk)
    assert f'sandbox="" src="/admin/evaluations/results/{good.pk}/output"' in text


@pytest.mark.parametrize("page", ["run", "run-state", "run-cancel", "result", "result-output", "suite"])
def test_a_stranger_finds_nothing(desk, run, suite, page):
    key = {"suite": suite.pk}.get(page, Result.objects.first().pk if "result" in page else run.pk)
    assert desk.get("stranger", page, key).status_code == 404


def test_progress_is_told_while_it_works(desk, people, version, suite, provider):
    told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
    started = start_run(actor=people.actor("engineer"), **told)
    state = desk.get("author", "run-state", started.pk).json()
    assert state == {"state": "queued", "done": 0, "total": 2, "over": False}


def test_a_run_is_cancelled(desk, people, version, suite, provider):
    told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
    started = start_run(actor=people.actor("engineer"), **told)
    desk.post("author", "run-cancel", started.pk)
    assert Run.objects.get(pk=started.pk).state == "cancelled"


def test_the_dashboard_counts_and_names_what_falls_short(desk, run):
    context = desk.get("author", "evaluations").context
    assert (context["sums"]["runs"], [row.run.pk for row in context["failing"]]) == (1, [run.pk])


def test_the_dashboard_of_a_stranger_is_empty(desk, run):
    context = desk.get("stranger", "evaluations").context
    assert (context["sums"]["runs"], context["failing"], list(context["runs"])) == (0, [], [])


def test_dashboard_queries_do_not_grow_with_runs(
    desk, run, people, version, suite, provider, django_assert_max_num_queries
):
    browser = desk.browser("author")
    browser.get("/admin/evaluations/")
    with django_assert_max_num_queries(60) as few:
        browser.get("/admin/evaluations/")
    for _ in range(3):
        told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
        work_on_run(run_id=start_run(actor=people.actor("engineer"), **told).pk)
    with django_assert_max_num_queries(len(few)):
        browser.get("/admin/evaluations/")


def test_the_summary_draws_the_pass_rate(desk, run):
    point = desk.get("author", "prompt", run.prompt_id).context["trend"].points[0]
    assert (point.passed, point.total, round(point.low, 2), round(point.high, 2)) == (1, 2, 0.09, 0.91)


def test_metrics_that_assertions_name_are_told(desk, people, version, suite, provider):
    for case in suite.cases.all():
        wanted = [
            {"type": "icontains", "value": "loan", "metric": "On topic"},
            {"type": "word-count", "value": {"max": 50}, "metric": "Brevity <b>"},
        ]
        save_case(actor=SHELL, suite_id=suite.pk, name=case.name, vars=case.vars, assertions=wanted)
    told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
    run = start_run(actor=people.actor("engineer"), **told)
    assert "nothing was answered yet" in desk.text("engineer", "run", run.pk)
    work_on_run(run_id=run.pk)
    text = desk.text("engineer", "run-measures", run.pk)
    assert "On topic" in text
    assert "Brevity &lt;b&gt;" in text
    assert ">0.50<" in text
    assert "On topic" in desk.text("engineer", "run", run.pk)
    poor = Result.objects.get(run=run, state="fail")
    assert "On topic" in desk.text("engineer", "result", poor.pk)
    lines = desk.text("engineer", "run-measures-file", run.pk, "csv")
    assert "metric,On topic,recorded,,0.5," in lines
    rows = json.loads(b"".join(desk.get("engineer", "run-results", run.pk, "json").streaming_content))
    assert rows[0]["named_scores"] == {"On topic": 0.0, "Brevity <b>": 1.0}
    assert [one["pass"] for one in rows[0]["assertions"]] == [False, True]


def test_a_case_that_cannot_be_graded_is_not_said_to_assert_nothing(desk, people, version, suite, provider):
    wanted = [{"type": "perplexity", "threshold": 5}]
    save_case(actor=SHELL, suite_id=suite.pk, name="good", vars={"decision": "good"}, assertions=wanted)
    told = {"version_id": version.pk, "suite_id": suite.pk, "providers": [provider]}
    run = start_run(actor=people.actor("engineer"), **told)
    work_on_run(run_id=run.pk)
    text = desk.text("engineer", "result", Result.objects.get(run=run, state="error").pk)
    assert "Nothing was asserted" not in text
    assert "no verdict" in text
