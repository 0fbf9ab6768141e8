"""Versions against suites, with what changed against the live version."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from audits.identity.actors import Actor
from portal.selectors.trend import latest_runs
from prompts.evaluations.models import Provider, Result, Run, Suite
from prompts.evaluations.selectors import latest_runs as runs_on_text
from prompts.evaluations.stats import wilson
from prompts.registry.models import Prompt, Version


@dataclass(frozen=True, slots=True)
class Cell:
    """The newest run of a version on a suite: shares between 0 and 1."""

    run: Any
    share: float | None
    low: float
    high: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A suite's run on a version beside the live version's: changed cases by name, points of change."""

    suite: Suite
    now: Cell
    live: Cell | None
    points: float | None
    regressed: list[Any]
    fixed: list[Any]
    failing: list[Any]


def cell(run: Any) -> Cell:
    """The run with its interval; ``reached`` says whether it reached what its suite asks."""
    if not run.total:
        return Cell(run, None, 0.0, 1.0, False)
    low, high = wilson(run.passed, run.total)
    score = run.score if run.score is not None else Decimal(run.passed) / run.total
    return Cell(run, run.passed / run.total, low, high, score >= run.suite.least_pass_rate)


def suite_matrix(actor: Actor, prompt: Prompt) -> dict[str, Any]:
    """Rows of versions, columns of suites, the newest runs, and what a run can be started with."""
    newest = latest_runs(prompt)
    suites = sorted({run.suite for run in newest}, key=lambda suite: suite.name)
    by_version: dict[int, dict[int, Cell]] = {}
    versions: dict[int, Version] = {}
    for run in newest:
        versions[run.version_id] = run.version
        by_version.setdefault(run.version_id, {})[run.suite_id] = cell(run)
    ordered = sorted(versions.values(), key=lambda version: -version.number)[:20]
    matrix = [(version, [by_version[version.pk].get(suite.pk) for suite in suites]) for version in ordered]
    return {
        "suites": suites,
        "matrix": matrix,
        "runs": Run.objects.filter(prompt=prompt).light().select_related("requested_by").order_by("-pk")[:20],
        **startable(actor, prompt, {suite.pk for suite in suites}),
    }


def startable(actor: Actor, prompt: Prompt, known: set[int]) -> dict[str, Any]:
    """Frozen versions, suites (those ``known`` from earlier runs first) and providers for a new run."""
    mine = Suite.objects.visible_to(actor).filter(is_active=True)
    usable = [suite for suite in mine if suite.collection_id in (None, prompt.collection_id)]
    return {
        "frozen": prompt.versions.frozen().order_by("-number").only("pk", "number", "digest")[:30],
        "usable_suites": sorted(usable, key=lambda suite: (suite.pk not in known, suite.title)),
        "providers": Provider.objects.filter(is_active=True),
    }


def against_live(version: Version, live: Version | None) -> list[Compared]:
    """Each suite's newest run on the version's text, regressions first; five queries for all suites.

    The runs are those that a signature binds: also of an older version with the same text.
    """
    mine = runs_on_text(version)
    theirs = {run.suite_id: run for run in runs_on_text(live)} if live is not None else {}
    keys = [run.pk for run in mine] + [theirs[run.suite_id].pk for run in mine if run.suite_id in theirs]
    results: dict[int, dict[str, list[Any]]] = {}
    rows = Result.objects.filter(run__in=keys).select_related("case").order_by("pk")
    for row in rows.defer("output", "reasoning", "tool_calls"):
        results.setdefault(row.run_id, {}).setdefault(row.case_name, []).append(row)
    told = [_compared(run, theirs.get(run.suite_id), results) for run in mine]
    return sorted(told, key=lambda c: (-len(c.regressed), c.now.reached, c.suite.name))


def _compared(run: Any, other: Any, results: dict[int, dict[str, list[Any]]]) -> Compared:
    mine, before = results.get(run.pk, {}), results.get(other.pk, {}) if other else {}
    regressed, fixed, failing = [], [], []
    for name, rows in mine.items():
        worst = next((row for row in rows if row.state != "pass"), None)
        if worst is not None:
            failing.append(worst)
        if name in before and before[name][0].case_digest == rows[0].case_digest:
            was_good = all(row.state == "pass" for row in before[name])
            if worst is not None and was_good:
                regressed.append(worst)
            elif worst is None and not was_good:
                fixed.append(rows[0])
    now, live = cell(run), cell(other) if other else None
    points = (
        (now.share - live.share) * 100 if live and now.share is not None and live.share is not None else None
    )
    return Compared(run.suite, now, live, points, regressed, fixed, failing)
