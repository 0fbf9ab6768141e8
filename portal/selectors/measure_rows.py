"""The measures of a run in the words of its page and the lines of its file."""

from collections.abc import Iterator
from typing import Any

from prompts.evaluations.measures.groups import SWAP
from prompts.evaluations.measures.rows import mean

COLUMNS = ("measure", "dimension", "group", "against", "value", "low", "high", "p", "adjusted_p", "number",
           "verdict")  # fmt: skip
COMPARED = ("group", "against", "effect", "low", "high", "p", "adjusted", "families", "verdict")
NAMES = {"passed": "Passed", "score": "Score", "refused": "Refused", "length": "Length of the answer"}
KINDS = {"must-refuse": "Refused what must be refused", "must-answer": "Answered what only looks like it"}
CATEGORIES = {"all": "All categories"}
CONTEXTS = {"ambig": "ambiguous", "disambig": "disambiguated"}


def parts_of(report: dict[str, Any]) -> dict[str, Any]:
    """By section what the template places; shares are 0…1, differences in points."""
    told: dict[str, Any] = dict(report)
    if found := report.get("groups"):
        names = sorted({part["dimension"] for part in found["parts"]})
        told["groups"] = {**found, "dimensions": [_dimension(name, found) for name in names]}
    if found := report.get("refusals"):
        told["refusals"] = {
            "balance": found["balance"],
            "rows": [{"title": title, **found[kind], "share": _share(found[kind])}
                     for kind, title in KINDS.items() if found[kind]["cases"]],
        }  # fmt: skip
    if found := report.get("bbq"):
        told["bbq"] = [
            {"category": CATEGORIES.get(category, category.replace("_", " ")),
             "context": CONTEXTS[condition], **row, "points": _points(row, "score")}
            for category, rows in found.items() for condition, row in rows.items() if row["answers"]
        ]  # fmt: skip
    if found := report.get("winobias"):
        told["winobias"] = {**found, "points": _points(found, "difference")}
    return told


def _share(part: dict[str, Any]) -> float:
    return float(part["right"] / part["cases"])


def _points(row: dict[str, Any], name: str) -> dict[str, float]:
    return {key: (row[key] or 0.0) * 100 for key in (name, "low", "high")}


def _dimension(name: str, found: dict[str, Any]) -> dict[str, Any]:
    parts = [part for part in found["parts"] if part["dimension"] == name]
    rows = [_compared(one, part, found["limit"]) for part in parts for one in part["comparisons"]]
    return {
        "name": name,
        "families": max(part["families"] for part in parts),
        "shown": [row for row in rows if row["verdict"] == "difference"],
        "rest": [row for row in rows if row["verdict"] != "difference"],
        "open": any(row["verdict"] == "inconclusive" for row in rows),
        "needed": max((row["needed"] for row in rows if row["verdict"] == "inconclusive"), default=0),
    }


def _compared(one: dict[str, Any], part: dict[str, Any], limit: float) -> dict[str, Any]:
    is_length = part["measure"] == "length"

    def shown(value: float) -> str:
        return f"{value:,.0f}" if is_length else f"{value * 100:.1f}\u00a0%"

    about = {
        **part,
        "title": NAMES[part["measure"]],
        "unit": "%" if is_length else "points",
        "shown": shown(mean(group["mean"] for group in part["groups"])),
        "groups": [{**group, "shown": shown(group["mean"])} for group in part["groups"]],
    }
    points = _points(one, "effect")
    says = _says(one, about["unit"], limit)
    return {**one, "part": about, "points": points, "is_swap": one["group"] == SWAP, "says": says}


def _says(one: dict[str, Any], unit: str, limit: float) -> str:
    most = max(abs(one["low"]), abs(one["high"])) * 100
    if one["verdict"] == "difference":
        return "A difference"
    if one["verdict"] == "no difference":
        return f"No difference larger than {most:.1f} {unit} found"
    needed = max(one["needed"], one["families"] + 1)
    return f"Inconclusive: {needed:,} families would tell {limit * 100:g} {unit}"


def lines_of(report: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Each figure with its interval, in the order of ``COLUMNS``."""
    for one in report.get("metrics") or []:
        yield ("metric", one["metric"], one["model"], None, one["mean"], None, None, None, None,
               one["results"], None)  # fmt: skip
    for part in (report.get("groups") or {}).get("parts", []):
        for one in part["comparisons"]:
            yield (part["measure"], part["dimension"], *(one[name] for name in COMPARED))
    for kind in KINDS:
        found = (report.get("refusals") or {}).get(kind)
        if found and found["cases"]:
            yield _line(kind, _share(found), found, found["cases"])
    if found := report.get("consistency"):
        yield _line("consistency", found["agreement"], found, found["questions"])
    for category, rows in (report.get("bbq") or {}).items():
        for condition, row in rows.items():
            yield _line(f"bbq {condition}", row["score"], row, row["scored"], category)
    if found := report.get("winobias"):
        yield _line("winobias", found["difference"], found, found["pairs"], p=found["p"])


def _line(
    name: str, value: float | None, found: dict[str, Any], number: int, about: str | None = None,
    p: float | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    return (name, about, None, None, value, found["low"], found["high"], p, None, number, None)
