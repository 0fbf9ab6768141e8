"""How a suite went on one prompt, run after run: pass rate, score, cost and latency."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Q, Sum
from django.utils import timezone

from audits.adminkit import wording
from audits.identity.actors import Actor
from portal.selectors.line_chart import Chart, Mark, line_chart
from prompts.evaluations.models import Result, Run, Suite
from prompts.evaluations.selectors import baseline_of
from prompts.evaluations.stats import wilson
from prompts.registry.models import Prompt
from prompts.releases.models import Release

SHOWN = 30
MOST_PROMPTS = 100
MOST_RESULTS = 200_000
"""Results that are read for one page: of bigger runs fewer are shown."""
BY_TIME, BY_VERSION = "time", "version"


@dataclass(frozen=True, slots=True)
class Row:
    """One run's figures, of all its models or of one; shares and the score lie between 0 and 1.

    ``cost`` is in USD, judges included where all models are shown; ``latency`` the mean in ms over answers
    that were given anew. ``cases_changed`` says that the run before it asked other cases.
    """

    run: Any
    passed: int
    total: int
    low: float
    high: float
    score: float | None
    cost: Decimal | None
    latency: float | None
    is_live: bool
    is_baseline: bool
    cases_changed: bool

    @property
    def share(self) -> float:
        """The pass rate; errors count as not passed."""
        return self.passed / self.total


def suite_trend(actor: Actor, suite: Suite, *, prompt: str, provider: str, by: str) -> dict[str, Any]:
    """Charts and a table of the newest runs, oldest first; the choices are keys and names as text.

    Over time each finished run is a point, over versions the newest of each version.
    """
    seen = Run.objects.visible_to(actor).filter(suite=suite, state="finished", total__gt=0)
    prompts = _prompts(seen)
    chosen = next((one for one in prompts if str(one.pk) == prompt), prompts[0] if prompts else None)
    rows, models, more = [], [], False
    if chosen is not None:
        runs, more = _runs(seen.filter(prompt=chosen), by)
        models = sorted({one["name"] for run in runs for one in run.providers})
        provider = provider if provider in models else ""
        rows = _rows(runs, provider)
    return {
        "prompts": prompts,
        "prompt": chosen,
        "models": models,
        "provider": provider,
        "by": by,
        "rows": rows[::-1],
        "more": more,
        "charts": _charts(rows, by, float(suite.least_pass_rate)),
        "changed": any(row.cases_changed for row in rows),
    }


def _prompts(seen: Any) -> list[Prompt]:
    """Those the suite was run on, the one with the newest run first."""
    newest = dict(
        seen.order_by().values_list("prompt").annotate(newest=Max("pk")).order_by("-newest")[:MOST_PROMPTS]
    )
    found = Prompt.objects.in_bulk(list(newest))
    return [found[pk] for pk in newest]


def _runs(seen: Any, by: str) -> tuple[list[Any], bool]:
    """The newest runs in the order in which they are drawn, and whether there are more."""
    rows = seen.light().order_by("-pk")
    if by == BY_VERSION:
        newest = seen.order_by().values("version").annotate(newest=Max("pk")).values("newest")
        rows = seen.light().filter(pk__in=newest).order_by("-version__number")
    found = list(rows[: SHOWN + 1])
    taken: list[Any] = []
    read = 0
    for run in found[:SHOWN]:
        read += run.total
        if taken and read > MOST_RESULTS:
            break
        taken.append(run)
    return taken[::-1], len(taken) < len(found)


def _rows(runs: list[Any], provider: str) -> list[Row]:
    results = Result.objects.filter(run__in=runs)
    if provider:
        results = results.filter(provider__name=provider)
    told = (
        results.order_by()
        .values("run")
        .annotate(
            passed=Count("pk", filter=Q(state="pass")),
            total=Count("pk"),
            score=Avg("score"),
            cost=Sum("cost"),
            latency=Avg("latency_ms", filter=Q(kept_from=None)),
        )
    )
    by_run = {one["run"]: one for one in told}
    live = set(
        Release.objects.filter(
            version__in={run.version_id for run in runs}, state="live", environment__is_protected=True
        ).values_list("version", flat=True)
    )
    newest = max(runs, key=lambda run: run.pk, default=None)
    base = baseline_of(newest) if newest else None
    rows: list[Row] = []
    before = ""
    for run in runs:
        if (one := by_run.get(run.pk)) is None:
            continue
        rows.append(
            Row(
                run,
                one["passed"],
                one["total"],
                *wilson(one["passed"], one["total"]),
                score=None if one["score"] is None else float(one["score"]),
                cost=one["cost"] if provider else run.cost,
                latency=one["latency"],
                is_live=run.version_id in live,
                is_baseline=base is not None and run.pk == base.pk,
                cases_changed=before not in ("", run.case_digest),
            )
        )
        before = run.case_digest
    return rows


def _charts(rows: list[Row], by: str, demand: float) -> list[Chart]:
    def marks(value: str, told: Any) -> list[Mark]:
        found = []
        for row in rows:
            number = getattr(row, value)
            found.append(
                Mark(
                    None if number is None else float(number),
                    f"v{row.run.version.number}" if by == BY_VERSION else _day(row.run),
                    "" if number is None else told(number),
                    f"{'live' if row.is_live else ''} {'base' if row.is_baseline else ''}".strip(),
                    row.low if value == "share" else None,
                    row.high if value == "share" else None,
                    row.cases_changed,
                )
            )
        return found

    found = [
        line_chart(
            "pass-rate", "Pass rate", marks("share", _exact), _percent,
            note="95 % interval; dashed: what the suite needs", top=1.0, limit=demand,
        ),
        line_chart("score", "Mean score", marks("score", _score), _score, note="errors count as 0", top=1.0),
        line_chart("cost", "Cost", marks("cost", _usd), _usd, note="USD for the whole run"),
        line_chart("latency", "Mean latency", marks("latency", wording.lasted), wording.lasted,
                   note="of answers given anew"),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def _day(run: Any) -> str:
    return f"{timezone.localtime(run.finished_at or run.created_at):%-d %b}"


def _percent(share: Any) -> str:
    return f"{float(share) * 100:.0f}\u00a0%"


def _exact(share: Any) -> str:
    return f"{float(share) * 100:.1f}\u00a0%"


def _score(score: Any) -> str:
    return f"{float(score):.2f}"


def _usd(amount: Any) -> str:
    return f"{float(amount):.4g}"
