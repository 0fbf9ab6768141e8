"""The matrix: the cases of two sides, a piece at a time; queries do not grow with results."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length, Substr

from prompts.evaluations.assertion_kinds import said
from prompts.evaluations.models import ComparedCase, Comparison, Override, Provider, Result, Run
from prompts.evaluations.selectors import assertions_asked
from prompts.evaluations.stats import wilson
from prompts.registry.diffs import diff_lines

PER_PAGE = 50
EXCERPT = 240
MOST_DIFF = 20_000
MOST_OVERRIDDEN = 500
MOST_TAGS = 20
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
    """One line of the table; ``by_graders`` tells their word where people's verdicts have another."""

    case: Any
    left: SideCell
    right: SideCell
    change: str
    by_graders: str
    icon: str
    tone: str
    expected: str
    open: bool
    diff: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that people's verdicts move: what became of it, and whether it passes, if they count."""

    change: str
    good: bool
    was: Any


def matrix_of(found: Comparison, show: str, tag: str, after: int, opened: int) -> dict[str, Any]:
    """A page of cases behind ``after``, filtered by ``show`` and ``tag``; the case at ``opened`` in full.

    Filters and their counts go by people's verdicts where there are some; each row tells the graders' too.
    """
    overridden = _overridden(found)
    moved = _moved(found, overridden)
    rows = _filtered(found, show, overridden, moved)
    if tag:
        rows = rows.filter(tags__contains=json.dumps(tag, ensure_ascii=False))
    page = list(rows.filter(place__gt=after).order_by("place")[: PER_PAGE + 1])
    more = page[PER_PAGE - 1].place if len(page) > PER_PAGE else None
    shown = page[:PER_PAGE]
    results = _results([key for row in shown for key in (row.left_result_id, row.right_result_id) if key])
    by_case: dict[str, Override] = {row.result.case_name: row for row in overridden}
    names = [row.case_name for row in shown]
    asked = assertions_asked(found.left, names) | assertions_asked(found.right, names)
    lines = [_row(row, results, asked, by_case, moved, row.place == opened) for row in shown]
    counts = {**found.counts, **_counts(found, moved), "overridden": len(by_case)}
    passed = found.counts["right_passed"] + sum(one.good - (not one.was.failing) for one in moved.values())
    return {
        "rows": lines,
        "more": more,
        "show": show,
        "tag": tag,
        "tags": sorted(found.counts.get("tags", {}).items(), key=lambda told: (-told[1], told[0]))[
            :MOST_TAGS
        ],
        "chips": [(key, *told, counts[key]) for key, told in FILTERS.items() if counts.get(key)],
        "sides": [_share(found, "left", None), _share(found, "right", passed if overridden else None)],
    }


def _counts(found: Comparison, moved: dict[str, Moved]) -> dict[str, int]:
    """How many cases each filter shows, with people's verdicts."""
    names = ("regressed", "fixed", "words", "same")
    counts = {name: found.counts.get(name, 0) for name in names}
    for one in moved.values():
        if one.change != one.was.change:
            counts[one.was.change] -= 1
            counts[one.change] += 1
    failing = found.counts["failing"] + sum((not one.good) - one.was.failing for one in moved.values())
    return {**counts, "failing": failing}


def _filtered(
    found: Comparison, show: str, overridden: list[Override], moved: dict[str, Moved]
) -> QuerySet[ComparedCase]:
    rows = ComparedCase.objects.filter(comparison=found)
    if show == "overridden":
        return rows.filter(case_name__in={row.result.case_name for row in overridden})
    if show not in FILTERS:
        return rows
    wanted = Q(failing=True) if show == "failing" else Q(change=show)
    if not moved:
        return rows.filter(wanted)
    there = {
        name for name, one in moved.items() if (not one.good if show == "failing" else one.change == show)
    }
    return rows.filter((wanted & ~Q(case_name__in=list(moved))) | Q(case_name__in=there))


def _overridden(found: Comparison) -> list[Override]:
    """The newest override of each result of the right side; there are few, people write them."""
    rows = Override.objects.filter(result__run=found.right_id).select_related("result").order_by("-pk")
    if found.right_provider_id:
        rows = rows.filter(result__provider=found.right_provider_id)
    newest: dict[int, Override] = {}
    for row in rows.defer("result__output", "result__reasoning")[:MOST_OVERRIDDEN]:
        newest.setdefault(row.result_id, row)
    return list(newest.values())


def _moved(found: Comparison, overridden: list[Override]) -> dict[str, Moved]:
    """The cases of which the right side passes or fails otherwise if people's verdicts count."""
    if not overridden:
        return {}
    names = {row.result.case_name for row in overridden}
    verdicts = {row.result_id: row.verdict for row in overridden}
    rows = Result.objects.filter(run=found.right_id, case_name__in=names)
    if found.right_provider_id:
        rows = rows.filter(provider=found.right_provider_id)
    good = dict.fromkeys(names, True)
    for pk, name, state in rows.values_list("pk", "case_name", "state"):
        good[name] = good[name] and verdicts.get(pk, state) == "pass"
    moved = {}
    for case in ComparedCase.objects.filter(comparison=found, case_name__in=names):
        if good[case.case_name] is case.failing:
            moved[case.case_name] = Moved(_becomes(case, good[case.case_name]), good[case.case_name], case)
    return moved


def _becomes(case: ComparedCase, good: bool) -> str:
    """What became of a case that passes, or does not, on the right side."""
    if case.change not in {"regressed", "fixed", "words", "same"}:
        return case.change
    left_good = case.left_passed == case.left_total
    if left_good != good:
        return "fixed" if good else "regressed"
    # What was another verdict before is the same one now, in other words.
    return case.change if case.change in {"words", "same"} else "words"


def _results(keys: list[int]) -> dict[int, Any]:
    rows = Result.objects.filter(pk__in=keys).select_related("provider")
    rows = rows.defer("output", "reasoning", "tool_calls")
    return {row.pk: row for row in rows.annotate(excerpt=Substr("output", 1, EXCERPT), size=Length("output"))}


def _row(
    row: ComparedCase,
    results: dict[int, Any],
    asked: dict[str, list[Any]],
    by_case: dict[str, Override],
    moved: dict[str, Moved],
    opened: bool,
) -> MatrixRow:
    left, right = results.get(row.left_result_id or 0), results.get(row.right_result_id or 0)
    change = moved[row.case_name].change if row.case_name in moved else row.change
    icon, tone = MARKS[change]
    diff = None
    if opened and left and right and row.change in {"words", "regressed", "fixed"}:
        texts = dict(Result.objects.filter(pk__in=[left.pk, right.pk]).values_list("pk", "output"))
        diff = diff_lines(texts[left.pk][:MOST_DIFF], texts[right.pk][:MOST_DIFF])
    return MatrixRow(
        case=row,
        left=SideCell(left, row.left_passed, row.left_total, row.left_score, None),
        right=SideCell(right, row.right_passed, row.right_total, row.right_score, by_case.get(row.case_name)),
        change=str(ComparedCase.Change(change).label),
        by_graders=str(row.get_change_display()) if change != row.change else "",
        icon=icon,
        tone=tone,
        expected=_expected(asked.get(row.case_name, [])),
        open=opened,
        diff=diff,
    )


def _expected(assertions: list[Any]) -> str:
    """The first assertions in a few words."""
    told = "; ".join(said(one) for one in assertions[:3])
    return f"{told}; …" if len(assertions) > 3 else told


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
