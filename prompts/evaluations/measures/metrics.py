"""What the named metrics of assertions come to over a run, for each model. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

MOST = 200
"""Names that are told; one that is filled in from variables may have a value for every case."""


def metrics(rows: Iterable[tuple[str, Mapping[str, float]]]) -> list[dict[str, Any]] | None:
    """``metric``, ``model``, ``mean`` and over how many ``results``, by name; None where nothing is named.

    ``rows`` are each result's model with its named scores.
    """
    sums: dict[tuple[str, str], list[float]] = {}
    for model, named in rows:
        for name, score in named.items():
            found = sums.get((name, model))
            if found is None and len(sums) < MOST:
                found = sums[name, model] = [0.0, 0.0]
            if found is not None:
                found[0], found[1] = found[0] + score, found[1] + 1
    return [
        {"metric": name, "model": model, "mean": whole / number, "results": int(number)}
        for (name, model), (whole, number) in sorted(sums.items())
    ] or None
