"""The matrix: the cases of two sides, a piece at a time; queries do not grow with results."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length, Substr

from prompts.evaluations.models import ComparedCase, Comparison, Override, Provider, Result, Run
from prompts.evaluations.stats import wilson
from prompts.registry.diffs import diff_lines

PER_PAGE = 50
EXCERPT = 240
MOST_DIFF = 20_000
MOST_OVERRIDDEN = 500
FILTERS = {
    "regressed": ("Regressed", "down", "bad"),
    "fixed": ("Fixed", "up", "ok"),
    "failing": ("Failing now", "fail", "bad"),
    "words": ("Other words", "tilde", ""),
    "altered": ("Case changed", "draft", ""),
    "overridden": ("Overridden", "user", ""),
}
MARKS = {
    "regressed": ("down", "bad"), "fixed": ("up", "ok"), "words": ("tilde", "soft"), "same": ("same", "soft"),
    "altered": ("draft", "soft"), "added": ("right", "soft"), "gone": ("stopped", "soft"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideCell:
    """One case on one side; ``result`` stands for it, None where the side has no such case."""

    result: Any
    passed: int
    total: int
    score: Any
    override: Override | None

    @property
    def good(self) -> bool:
        """Whether all repeats passed, by the graders."""
        return self.passed == self.total


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One line of the table."""

    case: Any
    left: SideCell
    right: SideCell
    icon: str
    tone: str
    expected: str
    open: bool
    diff: list[Any] | None = None


def matrix_of(found: Comparison, show: str, after: int, opened: int) -> dict[str, Any]:
    """A page of cases behind ``after``, filtered by ``show``; the case at the place ``opened`` in full."""
    overridden = _overridden(found)
    rows = _filtered(found, show, overridden)
    page = list(rows.filter(place__gt=after).order_by("place")[: PER_PAGE + 1])
    more = page[PER_PAGE - 1].place if len(page) > PER_PAGE else None
    shown = page[:PER_PAGE]
    results = _results([key for row in shown for key in (row.left_result_id, row.right_result_id) if key])
    by_case: dict[str, Override] = {row.result.case_name: row for row in overridden}
    lines = [_row(row, results, by_case, row.place == opened) for row in shown]
    counts = {**found.counts, "overridden": len(by_case)}
    return {
        "rows": lines,
        "more": more,
        "show": show,
        "chips": [(key, *told, counts[key]) for key, told in FILTERS.items() if counts.get(key)],
        "total": len(shown) if show else found.counts["right"],
        "sides": [
            _share(found, "left", None),
            _share(found, "right", _with_overrides(found, overridden)),
        ],
    }


def _filtered(found: Comparison, show: str, overridden: list[Override]) -> QuerySet[ComparedCase]:
    rows = ComparedCase.objects.filter(comparison=found)
    if show == "failing":
        return rows.filter(failing=True)
    if show == "overridden":
        return rows.filter(case_name__in={row.result.case_name for row in overridden})
    return rows.filter(change=show) if show in FILTERS else rows


def _overridden(found: Comparison) -> list[Override]:
    """The newest override of each result of the right side; there are few, people write them."""
    rows = Override.objects.filter(result__run=found.right_id).select_related("result").order_by("-pk")
    if found.right_provider_id:
        rows = rows.filter(result__provider=found.right_provider_id)
    newest: dict[int, Override] = {}
    for row in rows.defer("result__output", "result__reasoning")[:MOST_OVERRIDDEN]:
        newest.setdefault(row.result_id, row)
    return list(newest.values())


def _with_overrides(found: Comparison, overridden: list[Override]) -> int | None:
    """How many cases pass if people's verdicts count; None where there is none."""
    if not overridden:
        return None
    names = {row.result.case_name for row in overridden}
    verdicts = {row.result_id: row.verdict for row in overridden}
    rows = Result.objects.filter(run=found.right_id, case_name__in=names)
    if found.right_provider_id:
        rows = rows.filter(provider=found.right_provider_id)
    before, now = dict.fromkeys(names, True), dict.fromkeys(names, True)
    for pk, name, state in rows.values_list("pk", "case_name", "state"):
        before[name] = before[name] and state == "pass"
        now[name] = now[name] and verdicts.get(pk, state) == "pass"
    return int(found.counts["right_passed"]) + sum(now.values()) - sum(before.values())


def _results(keys: list[int]) -> dict[int, Any]:
    rows = Result.objects.filter(pk__in=keys).select_related("case", "provider")
    rows = rows.defer("output", "reasoning", "tool_calls")
    return {row.pk: row for row in rows.annotate(excerpt=Substr("output", 1, EXCERPT), size=Length("output"))}


def _row(row: ComparedCase, results: dict[int, Any], by_case: dict[str, Override], opened: bool) -> MatrixRow:
    left, right = results.get(row.left_result_id or 0), results.get(row.right_result_id or 0)
    icon, tone = MARKS[row.change]
    shown = right or left
    case = shown.case if shown else None
    diff = None
    if opened and left and right and row.change in {"words", "regressed", "fixed"}:
        texts = dict(Result.objects.filter(pk__in=[left.pk, right.pk]).values_list("pk", "output"))
        diff = diff_lines(texts[left.pk][:MOST_DIFF], texts[right.pk][:MOST_DIFF])
    return MatrixRow(
        case=row,
        left=SideCell(left, row.left_passed, row.left_total, row.left_score, None),
        right=SideCell(right, row.right_passed, row.right_total, row.right_score, by_case.get(row.case_name)),
        icon=icon,
        tone=tone,
        expected=_expected(case.assertions if case else []),
        open=opened,
        diff=diff,
    )


def _expected(assertions: list[Any]) -> str:
    """The first assertions in a few words."""
    told = []
    for one in assertions[:3]:
        value = one.get("value")
        words = ", ".join(map(str, value)) if isinstance(value, list) else value
        short = str(words)[:60] if isinstance(words, str | int | float) else ""
        told.append(f"{one.get('type', '')} {short}".strip())
    return ", ".join(told) + (", …" if len(assertions) > 3 else "")


def _share(found: Comparison, side: str, overridden: int | None) -> dict[str, Any]:
    passed, total = found.counts[f"{side}_passed"], found.counts[side]
    low, high = wilson(passed, total)
    run: Run = getattr(found, side)
    provider: Provider | None = getattr(found, f"{side}_provider")
    return {
        "run": run,
        "provider": provider,
        "passed": passed,
        "total": total,
        "share": passed / total if total else None,
        "low": low,
        "high": high,
        "overridden": overridden,
        **found.figures[side],
    }
