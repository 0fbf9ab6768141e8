"""What a test asserts: references followed, files read in, and what cannot be asked set aside. Pure."""

from typing import Any

from prompts.evaluations.graders.names import GRADERS, REFUSED
from prompts.evaluations.suite_files.source import Source
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
DEEPEST = 4


def asserted(source: Source, items: Any, place: Place, depth: int = 0) -> tuple[list[dict[str, Any]], bool]:
    """The assertions that can be asked, and whether any was left out."""
    if items is None:
        return [], False
    found, whole = [], True
    for number, item in enumerate(items if isinstance(items, list) else [items], start=1):
        at = place.within(f"assertion {number}")
        kept = _one(source, source.followed(item, at), at, depth)
        whole = whole and kept is not None and not kept.pop("_part", False)
        if kept is not None:
            found.append(kept)
    return found, not whole


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
    value = told.get("value")
    if isinstance(value, str) and value.startswith("file://"):
        name = value.removeprefix("file://")
        if name.partition(":")[0].endswith(CODE):
            reason = "a value computed by code is never run; write the condition as a cel assertion"
            return _leave(source, place, f"{kind} with {value[:100]}", reason)
        told["value"] = source.value_in(name, place)
    return told


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
