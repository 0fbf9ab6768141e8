"""Figures with their uncertainty. Pure."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

Z95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided 95 % interval."""


def wilson(passed: int, total: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), good for few trials and near 0 and 1; (0, 1) for none."""
    if total <= 0:
        return 0.0, 1.0
    share, square = passed / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    low = 0.0 if passed == 0 else max(0.0, centre - half)
    high = 1.0 if passed == total else min(1.0, centre + half)
    return low, high


Verdict = Literal["better", "worse", "inconclusive"]
LEVEL = 0.05
"""A difference is told from chance where the two-sided p-value is below this."""


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value of McNemar's test (McNemar 1947): of the cases that changed, how unlikely a
    split so uneven is where both ways are equally likely. 1 where nothing changed.
    """
    changed = better + worse
    if not changed:
        return 1.0
    term = tail = 1
    for k in range(min(better, worse)):
        term = term * (changed - k) // (k + 1)  # the next binomial coefficient, exactly
        tail += term
    return min(1.0, 2 * tail / 2**changed)


@dataclass(frozen=True, slots=True)
class Paired:
    """Two runs of the same cases: shares are means over the cases, ``low`` and ``high`` a 95 % interval."""

    cases: int
    change: float
    low: float
    high: float
    p: float
    verdict: Verdict


def paired(pairs: list[tuple[float, float]]) -> Paired:
    """Compares pass rates case by case: (baseline, now), each 0…1 over the case's repeats and providers.

    The effective number of observations is that of cases, however often each was asked. A case counts as
    changed where its majority did. The interval is the normal one of the mean of paired differences; the
    verdict needs both the exact test and an interval without 0.
    """
    count = len(pairs)
    if not count:
        return Paired(0, 0.0, -1.0, 1.0, 1.0, "inconclusive")
    differences = [now - before for before, now in pairs]
    change = sum(differences) / count
    spread = sum((one - change) ** 2 for one in differences) / (count - 1) if count > 1 else 1.0
    half = Z95 * sqrt(spread / count)
    low, high = max(-1.0, change - half), min(1.0, change + half)
    better = sum(before < 0.5 <= now for before, now in pairs)
    worse = sum(now < 0.5 <= before for before, now in pairs)
    p = mcnemar(better, worse)
    told: Verdict = "inconclusive"
    if p < LEVEL and (low > 0 or high < 0):
        told = "better" if change > 0 else "worse"
    return Paired(count, change, low, high, p, told)


def paired_change(regressed: int, fixed: int, pairs: int, z: float = Z95) -> tuple[float, float, float]:
    """The change of a share over the same cases, and its interval, all between -1 and 1; (0, -1, 1) for none.

    The adjusted Wald interval for paired shares (Bonett and Price 2012, J. Educ. Behav. Stat. 37(4)).
    """
    if pairs <= 0:
        return 0.0, -1.0, 1.0
    gain, loss = (fixed + 1) / (pairs + 2), (regressed + 1) / (pairs + 2)
    half = z * sqrt((gain + loss - (gain - loss) ** 2) / (pairs + 2))
    low, high = max(-1.0, gain - loss - half), min(1.0, gain - loss + half)
    return (fixed - regressed) / pairs, low, high
