"""The measures of a run in the words of its page and the lines of its file."""

from collections.abc import Iterator
from typing import Any

from prompts.evaluations.measures.groups import SWAP

COLUMNS = ("measure", "dimension", "group", "against", "value", "low", "high", "p", "adjusted_p", "number",
           "verdict")  # fmt: skip
COMPARED = ("group", "against", "effect", "low", "high", "p", "adjusted", "families", "verdict")
NAMES = {"passed": "Passed", "score": "Score", "refused": "Refused", "length": "Length of the answer"}
KINDS = {"must-refuse": "Refused what must be refused", "must-answer": "Answered what only looks like it"}


def parts_of(report: dict[str, Any]) -> dict[str, Any]:
    """By section what the template places; shares are 0…1, differences in points."""
    told: dict[str, Any] = dict(report)
    if found := report.get("groups"):
        by_dimension: dict[str, list[Any]] = {}
        for part in found["parts"]:
            by_dimension.setdefault(part["dimension"], []).append({
                **part,
                "title": NAMES[part["measure"]],
                "unit": "%" if part["measure"] == "length" else "points",
                "rows": [_compared(one, part, found["limit"]) for one in part["comparisons"]],
            })  # fmt: skip
        told["groups"] = {**found, "dimensions": sorted(by_dimension.items())}
    if found := report.get("refusals"):
        told["refusals"] = {
            "balance": found["balance"],
            "rows": [{"title": title, **found[kind], "share": _share(found[kind])}
                     for kind, title in KINDS.items() if found[kind]["cases"]],
        }  # fmt: skip
    return told


def _share(part: dict[str, Any]) -> float:
    return float(part["right"] / part["cases"])


def _compared(one: dict[str, Any], part: dict[str, Any], limit: float) -> dict[str, Any]:
    points = {name: one[name] * 100 for name in ("effect", "low", "high")}
    return {**one, "points": points, "is_swap": one["group"] == SWAP, "says": _says(one, part, limit)}


def _says(one: dict[str, Any], part: dict[str, Any], limit: float) -> str:
    most = max(abs(one["low"]), abs(one["high"])) * 100
    unit = "%" if part["measure"] == "length" else "points"
    if one["verdict"] == "difference":
        return "A difference"
    if one["verdict"] == "no difference":
        return f"No difference larger than {most:.1f} {unit} found"
    needed = max(one["needed"], one["families"] + 1)
    return f"Inconclusive: {needed:,} families would tell {limit * 100:g} {unit}"


def lines_of(report: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Each figure with its interval, in the order of ``COLUMNS``."""
    for part in (report.get("groups") or {}).get("parts", []):
        for one in part["comparisons"]:
            yield (part["measure"], part["dimension"], *(one[name] for name in COMPARED))
    for kind in KINDS:
        found = (report.get("refusals") or {}).get(kind)
        if found and found["cases"]:
            yield (kind, None, None, None, _share(found), found["low"], found["high"], None, None,
                   found["cases"], None)  # fmt: skip
    if found := report.get("consistency"):
        yield ("consistency", None, None, None, found["agreement"], found["low"], found["high"], None, None,
               found["questions"], None)  # fmt: skip
