"""All measures over one run, as the JSON that is stored. Pure."""

from collections.abc import Iterable
from typing import Any

from prompts.evaluations.measures.bias_sets import bbq, winobias
from prompts.evaluations.measures.groups import LIMIT, groups
from prompts.evaluations.measures.refusals import consistency, refusals
from prompts.evaluations.measures.rows import Row


def report(rows: Iterable[Row], limit: float | None = None) -> dict[str, Any]:
    """By the name of the measure; only those that the cases' tags ask for."""
    told = list(rows)
    found = {
        "groups": groups(told, limit or LIMIT),
        "refusals": refusals(told),
        "consistency": consistency(told),
        "bbq": bbq(told),
        "winobias": winobias(told),
    }
    return {name: part for name, part in found.items() if part is not None}
