"""The trend of a suite: what is drawn and told, of which runs, and for whom."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.selectors.line_chart import Mark, line_chart
from portal.selectors.suite_trend import suite_trend
from prompts.evaluations.models import Result, Run
from prompts.evaluations.services.providers import create_provider
from prompts.registry.models import Collection
from tests.people import SHELL
from tests.portal.failing import a_run, a_suite
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def suite(people):
    return a_suite(Collection.objects.get(slug="bank"), "kind", "clear")


@pytest.fixture
def versions(factory):
    """A live version and the next one, submitted."""
    live = factory.released(name="bank/letter")
    return live, factory.submitted(factory.next_draft(live.prompt, text="Another text.")).version


def trend(people, suite, who="engineer", **told):
    return suite_trend(people.actor(who), suite, **{"prompt": "", "provider": "", "by": "time", **told})


def test_every_run_is_a_row_with_its_figures(people, suite, versions):
    for kind in ("fail", "pass", "pass"):
        a_run(versions[0], suite, kind=kind, clear="pass")
    a_run(versions[1], suite, kind="pass", clear="error")
    Result.objects.filter(state="pass").update(score=Decimal(1))
    found = trend(people, suite)
    assert [(row.passed, row.total) for row in found["rows"]] == [(1, 2), (2, 2), (2, 2), (1, 2)]
    assert [row.score for row in found["rows"]] == [0.5, 1.0, 1.0, 0.5]
    assert {row.latency for row in found["rows"]} == {100.0}
    assert [row.is_live for row in found["rows"]] == [False, True, True, True]
    assert [row.is_baseline for row in found["rows"]] == [False, True, False, False]


def test_over_versions_the_newest_run_of_each_counts(people, suite, versions):
    a_run(versions[0], suite, kind="fail")
    newest = a_run(versions[0], suite, kind="pass")["kind"].run_id
    a_run(versions[1], suite, kind="pass")
    rows = trend(people, suite, by="version")["rows"]
    assert [row.run.version.number for row in rows] == [2, 1]
    assert rows[1].run.pk == newest


def test_one_model_is_told_apart_from_the_others(people, suite, versions):
    run = Run.objects.get(pk=a_run(versions[0], suite, kind="pass")["kind"].run_id)
    other = create_provider(actor=SHELL, name="other", kind="openai", model="m")
    row = Result.objects.get(run=run)
    row.pk, row.provider, row.state, row.cost = None, other, "fail", Decimal("0.5")
    row.latency_ms, row.kept_from = 900, None
    row.save(force_insert=True)
    run.providers = [{"name": "local"}, {"name": "other"}]
    run.save()
    assert trend(people, suite)["models"] == ["local", "other"]
    (local,) = trend(people, suite, provider="local")["rows"]
    (there,) = trend(people, suite, provider="other")["rows"]
    assert (local.passed, local.total, local.cost, local.latency) == (1, 1, None, 100.0)
    assert (there.passed, there.total, there.cost, there.latency) == (0, 1, Decimal("0.5"), 900.0)


def test_answers_used_again_do_not_count_as_quick(people, suite, versions):
    rows = a_run(versions[0], suite, kind="pass", clear="pass")
    Result.objects.filter(pk=rows["kind"].pk).update(latency_ms=1, kept_from=timezone.now() - timedelta(1))
    (row,) = trend(people, suite)["rows"]
    assert row.latency == 100.0


def test_no_line_leads_over_a_change_of_the_cases(people, suite, versions):
    for digest in ("a", "a", "b", "b"):
        run = a_run(versions[0], suite, kind="pass")["kind"].run_id
        Run.objects.filter(pk=run).update(case_digest=digest * 64)
    found = trend(people, suite)
    assert [row.cases_changed for row in found["rows"]] == [False, True, False, False]
    chart = found["charts"][0]
    assert (len(chart.cuts), len(chart.paths)) == (1, 2)


def test_the_scale_begins_at_nothing_and_ends_at_a_round_number_above():
    marks = [Mark(value, str(value), str(value)) for value in (130.0, None, 900.0, 610.0)]
    chart = line_chart("x", "X", marks, lambda value: f"{value:g}")
    assert [label for _, label in chart.lines] == ["0", "250", "500", "750", "1000"]
    assert len(chart.spots) == 3
    assert len(chart.paths) == 1, "no line leads over a run without a value"
    assert chart.text == "X: 130.0 130.0, 900.0 900.0, 610.0 610.0."
    assert line_chart("x", "X", [Mark(None, "a", "")], str) is None


def test_the_page_draws_and_tells_and_shows_it_to_nobody_else(desk, people, versions):
    suite = a_suite(None, "kind", "clear")
    a_run(versions[0], suite, kind="pass", clear="fail")
    a_run(versions[1], suite, kind="pass", clear="pass")
    page = desk.text("engineer", "suite-trend", suite.pk)
    assert page.count('<svg class="plot small-plot"') == 3, "no cost is known"
    assert "50.0\u00a0%" in page
    assert "baseline" in page
    assert "needs a finished run" not in page
    hidden = desk.text("stranger", "suite-trend", suite.pk)
    assert "bank/letter" not in hidden
    assert '<svg class="plot' not in hidden
    assert "of a prompt that you may see" in hidden


def test_a_wild_choice_is_the_same_as_none(desk, suite, versions):
    a_run(versions[0], suite, kind="pass")
    wild = {"prompt": "9" * 300, "provider": "<b>", "by": "x"}
    page = desk.text("engineer", "suite-trend", suite.pk, **wild)
    assert len(re.findall(r'<circle class="pt [a-z ]*" cx="\d+\.\d" ', page)) == 3


def test_as_many_queries_for_many_runs_as_for_few(people, suite, versions, django_assert_max_num_queries):
    for _ in range(6):
        a_run(versions[0], suite, kind="pass")
    with django_assert_max_num_queries(14):
        trend(people, suite)
