"""Differences paired within families: an exact test, an interval, and a verdict that may be open. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from prompts.evaluations.stats import LEVEL, Z95

STEPS = 60
"""Differences are told apart to a sixtieth of the largest one, for the exact distribution."""
MOST_NEEDED = 1_000_000
Verdict = Literal["difference", "no difference", "inconclusive"]


def sign_flip(differences: Sequence[float]) -> float:
    """The exact two-sided p-value of Fisher's randomization test (1935) that pairs differ by chance only.

    Under chance each difference has either sign; the sums of all 2ⁿ signs are counted, as coefficients of
    the product of (1 + xᵏ), on the grid of ``STEPS``. 1 where nothing differs.
    """
    largest = max((abs(one) for one in differences), default=0.0)
    if not largest:
        return 1.0
    steps = [round(one / largest * STEPS) for one in differences]
    seen = abs(sum(steps))
    sizes = [abs(one) for one in steps if one]
    if not seen:
        return 1.0
    width, counts = len(sizes) + 1, 1
    for size in sizes:
        counts += counts << (size * width)
    ends = (sum(sizes) - seen) // 2 + 1
    tail = counts & ((1 << (ends * width)) - 1)
    ways = tail % ((1 << width) - 1)  # the sum of all coefficients at once
    return min(1.0, 2 * ways / (1 << len(sizes)))


def adjusted_interval(differences: Sequence[float], z: float = Z95) -> tuple[float, float]:
    """Low and high of the mean of differences that lie between -1 and 1.

    Two made-up pairs, one of +1 and one of -1, are added: for differences of -1, 0 and 1 that is the adjusted
    Wald interval of Bonett and Price (2012, J. Educ. Behav. Stat. 37(4)), which does not shrink to a point
    where all pairs agree. (-1, 1) for none.
    """
    count = len(differences) + 2
    if count == 2:
        return -1.0, 1.0
    centre = sum(differences) / count
    spread = (sum(one * one for one in differences) + 2) / count - centre * centre
    half = z * sqrt(spread / count)
    return max(-1.0, centre - half), min(1.0, centre + half)


def step_up(values: Sequence[float]) -> list[float]:
    """p-values adjusted for having asked several questions: the false discovery rate of Benjamini and
    Hochberg (1995, J. R. Stat. Soc. B 57).
    """
    order = sorted(range(len(values)), key=lambda place: -values[place])
    found, least = [1.0] * len(values), 1.0
    for back, place in enumerate(order):
        least = min(least, values[place] * len(values) / (len(values) - back))
        found[place] = least
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean difference over ``families`` with a 95 % interval; ``p`` is not adjusted yet.

    ``needed``: so many families would tell apart a difference of the limit, at the spread seen here.
    """

    families: int
    effect: float
    low: float
    high: float
    p: float
    needed: int


def difference(values: Sequence[float], limit: float) -> Difference:
    """The figures of paired differences, each between -1 and 1; ``limit`` is the smallest that matters."""
    low, high = adjusted_interval(values)
    count = len(values)
    effect = sum(values) / count if count else 0.0
    return Difference(count, effect, low, high, sign_flip(values), _needed(values, limit))


def _needed(values: Sequence[float], limit: float) -> int:
    """With so many pairs of the same spread the interval reaches no further than the limit to either side."""
    count = len(values)
    if not count:
        return 1
    mean = sum(values) / count
    spread = max(0.0, sum(one * one for one in values) / count - mean * mean)
    needed = 1
    while Z95 * sqrt(needed * spread + 2) / (needed + 2) > limit and needed < MOST_NEEDED:
        needed += max(1, needed // 50)
    return needed


def verdict(found: Difference, adjusted: float, limit: float) -> Verdict:
    """``difference`` needs the test and the interval; ``no difference`` an interval within the limit."""
    if adjusted < LEVEL and (found.low > 0 or found.high < 0):
        return "difference"
    if found.families and -limit < found.low and found.high < limit:
        return "no difference"
    return "inconclusive"
