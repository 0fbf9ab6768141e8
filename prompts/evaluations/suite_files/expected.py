"""Tests in the rows of a CSV file, with what they expect. Pure.

Format: https://www.promptfoo.dev/docs/configuration/test-cases (CSV with assertions, special columns).
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from prompts.evaluations.graders.names import GRADERS, REFUSED
from prompts.evaluations.suite_files.told import LeftOut, Place

_LISTS = {"contains-all", "contains-any", "icontains-all", "icontains-any"}
_DEFAULT = {
    "answer-relevance", "classifier", "context-faithfulness", "context-recall", "context-relevance", "cost",
    "latency", "levenshtein", "perplexity-score", "perplexity", "rouge-n", "similar", "starts-with",
}  # fmt: skip
"""promptfoo gives these a threshold where the row tells none: 0.75, and 0.8 to ``similar``."""
_TYPES = "|".join(sorted(map(re.escape, GRADERS.keys() | REFUSED.keys()), key=len, reverse=True))
_TOLD = re.compile(rf"(not-)?({_TYPES})(?:\((\d+(?:\.\d+)?)\))?(?::(.*))?", re.DOTALL)
_CODE = re.compile(r"(?:fn|eval):(.*)|file://(.*\.(?:js|ts|mjs|cjs|py)(?::.*)?)", re.DOTALL)
_EXPECTED = re.compile(r"__expected(\d*)")
_CONFIG = re.compile(r"__config:__expected(\d*):(.+)")
_SINGLE = ("_expected", "_prefix", "_suffix", "_description", "_metric", "_threshold", "_metadata")
_OWN = ("__description", "__metric", "__threshold")


def assertion_of(expected: str) -> dict[str, Any]:
    """``type:value``, ``type(threshold):value``, ``not-type:…``; anything else must be equalled."""
    text = expected.strip()
    if code := _CODE.fullmatch(text):
        return {"type": "python" if ".py" in (code[2] or "") else "javascript", "value": code[1] or code[2]}
    if text.startswith("grade:"):
        return {"type": "llm-rubric", "value": text.removeprefix("grade:").strip()}
    found = _TOLD.fullmatch(text)
    if not found:
        return {"type": "equals", "value": expected}
    turned, base, threshold, value = found.groups()
    told: dict[str, Any] = {"type": f"{turned or ''}{base}"}
    if value is not None:
        told["value"] = [one.strip() for one in value.split(",")] if base in _LISTS else value.strip()
    if threshold is not None:
        told["threshold"] = float(threshold)
    elif base in _DEFAULT:
        told["threshold"] = 0.8 if base == "similar" else 0.75
    return told


def rows_of(text: str, file: str, left_out: LeftOut) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Each row as a test, with its line; refuses a table that is broken."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_between(text), strict=True)
    head: list[str] = []
    try:
        for cells in reader:
            place = Place(file, f"line {reader.line_num}")
            if not head:
                head = [cell.strip() for cell in cells]
                _check_head(head, Place(file, "line 1"), left_out)
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(head):
                    place.refuse(f"there are {len(cells)} cells under {len(head)} columns.")
                padded = [*cells, *[""] * (len(head) - len(cells))]
                yield place, _test(dict(zip(head, padded, strict=True)), place, left_out)
    except csv.Error as error:
        Place(file, f"line {reader.line_num}").refuse(f"{error}.")


def _between(text: str) -> str:
    """What stands between cells: a comma, or what spreadsheets write in its place where a head has none."""
    head = text.lstrip("\r\n").partition("\n")[0]
    return next((sign for sign in ";\t" if "," not in head and sign in head), ",")


def _check_head(head: list[str], place: Place, left_out: LeftOut) -> None:
    twice = [name for name in head if name and head.count(name) > 1]
    if twice or not any(head):
        place.refuse(f"the column {twice[0]!r} is there twice." if twice else "there is no column.")
    for name in head:
        if name.startswith(_SINGLE):
            left_out.note(place, name, f"one underscore makes it a variable; is __{name[1:]} meant?")
        elif name == "__metadata":
            left_out.note(place, name, "a column of metadata names its key, such as __metadata:topic")


def _test(row: dict[str, str], place: Place, left_out: LeftOut) -> dict[str, Any]:
    test: dict[str, Any] = {"vars": {}, "metadata": {}, "options": {}}
    wanted: dict[str, dict[str, Any]] = {}
    settings: list[tuple[str, str]] = []
    for name, value in row.items():
        if expected := _EXPECTED.fullmatch(name):
            if value.strip():
                wanted[expected[1]] = assertion_of(value)
        elif setting := _CONFIG.fullmatch(name):
            if setting[2] != "threshold":
                left_out.note(place, name, "only threshold is set in this way")
            elif value.strip():
                settings.append((setting[1], value))
        elif name.startswith("__metadata:"):
            _metadata(test["metadata"], name.partition(":")[2], value)
        elif name in ("__prefix", "__suffix") and value:
            test["options"][name[2:]] = value
        elif name.startswith("__") and name not in (*_OWN, "__metadata", "__prefix", "__suffix"):
            if value:
                left_out.note(place, name, "there is no such special column here")
        elif not name.startswith("__") and name:
            test["vars"][name] = value
    for which, value in settings:
        for key, one in wanted.items():
            if which in ("", key):
                one["threshold"] = _number(value, place)
    if metric := row.get("__metric"):
        wanted = {key: {**one, "metric": metric} for key, one in wanted.items()}
    if threshold := row.get("__threshold", "").strip():
        test["threshold"] = _number(threshold, place)
    test["assert"] = list(wanted.values())
    return {**test, "description": row.get("__description", "")}


def _metadata(told: dict[str, Any], key: str, value: str) -> None:
    if not value.strip():
        return
    if key.endswith("[]"):
        parts = re.split(r"(?<!\\),", value)
        told[key[:-2]] = [part.replace("\\,", ",").strip() for part in parts if part.strip()]
    else:
        told[key] = value


def _number(value: str, place: Place) -> float:
    try:
        return float(value)
    except ValueError:
        place.refuse(f"the threshold {value[:40]!r} is no number.")
