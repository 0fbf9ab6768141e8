"""What a test asserts: references followed, files read in, and what cannot be asked set aside. Pure."""

from collections.abc import Iterator
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from prompts.evaluations.graders.names import GRADERS, JUDGED, REFUSED
from prompts.evaluations.suite_files.source import FILE, TREES, Source
from prompts.evaluations.suite_files.told import Place

CODE = (".js", ".mjs", ".cjs", ".ts", ".py", ".rb")
NOT_HERE = {
    "human": "is a person's judgement; put the answers into a review queue",
    "noise-sensitivity": "is not known here",
    "research-rubric": "needs a model that searches the web",
    "video-rubric": "judges videos",
    "ragas": "is not known here",
}
"""Assertions of promptfoo that are known not to be had."""
BY_CODE = {
    "value": "a value computed by code is never run; write the condition as a cel assertion",
    "rubricPrompt": "a judge's prompt made by code is never run; write it as a text",
}
"""What of an assertion may stand in a file."""
DEEPEST = 4
DEEPEST_INCLUDE = 16
OWN_PROMPT = JUDGED.keys() - {"classifier", "moderation", "pi"}
"""Assertions whose judge can be asked in other words."""


def asserted(source: Source, items: Any, place: Place, depth: int = 0) -> tuple[list[dict[str, Any]], bool]:
    """The assertions that can be asked, and whether any was left out."""
    if items is None:
        return [], False
    found, whole = [], True
    for number, raw in enumerate(items if isinstance(items, list) else [items], start=1):
        for at, item in _included(source, raw, place.within(f"assertion {number}")):
            kept = _one(source, item, at, depth)
            whole = whole and kept is not None and not kept.pop("_part", False)
            if kept is not None:
                found.append(kept)
    return found, not whole


def with_prompt(assertions: list[dict[str, Any]], prompt: Any) -> list[dict[str, Any]]:
    """With the judge's prompt of the test where a judged assertion has none of its own."""
    done = []
    for one in assertions:
        if one["type"] == "assert-set":
            one = {**one, "assert": with_prompt(one["assert"], prompt)}
        elif one["type"].removeprefix("not-") in OWN_PROMPT and not one.get("rubricPrompt"):
            one = {**one, "rubricPrompt": prompt}
        done.append(one)
    return done


def _included(source: Source, raw: Any, place: Place, depth: int = 0) -> Iterator[tuple[Place, Any]]:
    """The item itself, or those in the file that an item of nothing but a value names.

    Files named in such a file stand beside it.
    """
    item = source.followed(raw, place)
    named = item.get("value") if isinstance(item, dict) and item.keys() == {"value"} else None
    if not isinstance(named, str) or not named.startswith(FILE) or not named.lower().endswith(TREES):
        yield place, item
        return
    if depth >= DEEPEST_INCLUDE:
        place.refuse(f"{named[:200]}: files of assertions name each other too deep, or in a circle.")
    name = PurePosixPath(named.removeprefix(FILE))
    told = source.tree(str(name), place)
    for number, inner in enumerate(
        told if isinstance(told, list) else [] if told is None else [told], start=1
    ):
        at = Place(str(name), f"assertion {number}")
        yield from _included(source, _beside(inner, str(name.parent)), at, depth + 1)


def _beside(value: Any, folder: str) -> Any:
    """With names of files seen from the folder."""
    if isinstance(value, str) and value.startswith(FILE) and folder != ".":
        return f"{FILE}{folder}/{value.removeprefix(FILE).removeprefix('./')}"
    if isinstance(value, list):
        return [_beside(one, folder) for one in value]
    if isinstance(value, dict):
        return {name: _beside(one, folder) for name, one in value.items()}
    return value


def _one(source: Source, item: Any, place: Place, depth: int) -> dict[str, Any] | None:
    if isinstance(item, str):
        return (
            _one(source, {"type": item}, place, depth)
            if item in GRADERS
            else place.refuse("an assertion is a mapping with a type.")
        )
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(kind, str) or not kind:
        place.refuse("an assertion is a mapping with a type.")
    for name in ("weight", "threshold"):
        told = item.get(name)
        if told is not None and not _is_number(told):
            place.refuse(f"the {name} {str(told)[:40]!r} is no number.")
    if kind == "assert-set":
        return _set(source, item, place, depth)
    base = kind.removeprefix("not-")
    if base in REFUSED:
        return _leave(source, place, kind, REFUSED[base])
    if base in NOT_HERE or base.startswith("promptfoo:redteam"):
        return _leave(source, place, kind, NOT_HERE.get(base, "attacks are tested by suites of their own"))
    if base not in GRADERS:
        place.refuse(f"there is no assertion {kind[:60]!r}.")
    for name in ("transform", "contextTransform"):
        if item.get(name):
            reason = "code in assertions is never run; write the condition as a cel assertion"
            return _leave(source, place, f"{kind} with {name}", reason)
    told = dict(item)
    if told.pop("provider", None) is not None:
        source.left_out.note(place, f"provider of {kind}", "the run's own judge and embedder are asked")
    for name, reason in BY_CODE.items():
        for one in _listed(told.get(name)):
            if (
                isinstance(one, str)
                and one.startswith(FILE)
                and one.partition(":")[2].partition(":")[0].endswith(CODE)
            ):
                return _leave(source, place, f"{kind} with {one[:100]}", reason)
        if name in told:
            told[name] = source.read_in(told[name], place)
    return told


def _is_number(told: Any) -> bool:
    try:
        return not isinstance(told, bool) and isfinite(float(told))
    except (TypeError, ValueError, OverflowError):
        return False


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _set(source: Source, item: dict[str, Any], place: Place, depth: int) -> dict[str, Any] | None:
    if depth >= DEEPEST:
        place.refuse("sets are nested too deep.")
    members, part = asserted(source, item.get("assert"), place, depth + 1)
    if not members:
        return _leave(source, place, "assert-set", "nothing that can be asked is in it")
    return {**item, "assert": members, **({"_part": True} if part else {})}


def _leave(source: Source, place: Place, what: str, reason: str) -> dict[str, Any] | None:
    source.left_out.note(place, what, reason)
    return None
