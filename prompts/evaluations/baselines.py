"""A run held against an earlier one of the same cases."""

from dataclasses import dataclass

from django.db.models import Count, Q

from prompts.evaluations.models import Run
from prompts.evaluations.stats import Paired, paired


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed: names of cases, those that got worse first; ``left_out`` are not the same in both."""

    figures: Paired
    regressions: list[str]
    improvements: list[str]
    flaky: list[str]
    left_out: int


def compare_runs(run: Run, baseline: Run) -> Compared:
    """Compares case by case: a case is the same where its digest is.

    Flaky are cases of which repeats with one provider passed and failed, in either run.
    """
    now, unsteady = _shares(run)
    then, unsteady_then = _shares(baseline)
    same = sorted(now.keys() & then.keys())
    pairs = {key: (then[key], now[key]) for key in same}
    moved = sorted(same, key=lambda key: (pairs[key][1] - pairs[key][0], key))
    return Compared(
        figures=paired(list(pairs.values())),
        regressions=[name for name, digest in moved if _moved(pairs[name, digest]) < 0],
        improvements=[name for name, digest in reversed(moved) if _moved(pairs[name, digest]) > 0],
        flaky=sorted(unsteady | unsteady_then),
        left_out=len(now.keys() ^ then.keys()),
    )


def _moved(pair: tuple[float, float]) -> float:
    return pair[1] - pair[0]


def _shares(run: Run) -> tuple[dict[tuple[str, str], float], set[str]]:
    """The share that passed by name and digest of the case, and the names of cases that are flaky."""
    rows = run.results.values_list("case_name", "case_digest", "provider").order_by()
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    flaky: set[str] = set()
    for name, digest, _, good, count in rows.annotate(
        good=Count("pk", filter=Q(state="pass")), all=Count("pk")
    ):
        passed, told = sums.get((name, digest), (0, 0))
        sums[name, digest] = passed + good, told + count
        if 0 < good < count:
            flaky.add(name)
    return {key: passed / told for key, (passed, told) in sums.items()}, flaky
