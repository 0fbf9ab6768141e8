"""Figures with their uncertainty. Pure."""

from math import sqrt

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
