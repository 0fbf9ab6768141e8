"""Outputs that were made elsewhere, in a file: one line, or one row, for each case. Pure.

JSON lines are objects, a CSV table has the same names as columns: ``case`` and ``output``, and where they are
known ``finish_reason``, ``response_model``, ``latency_ms``, ``input_tokens`` and ``output_tokens``.
"""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any, NoReturn

from audits.identity.errors import Unacceptable
from prompts.evaluations.providers.answers import Answer

WORDS = ("finish_reason", "response_model")
FIGURES = ("latency_ms", "input_tokens", "output_tokens")
KNOWN = {"case", "output", *WORDS, *FIGURES}
ENDINGS = (".jsonl", ".csv")
MOST_FIGURE = 2_000_000_000


def _refuse(line: int, why: str) -> NoReturn:
    raise Unacceptable(f"Line {line}: {why}", field="file")


def outputs_in(text: str, name: str, label: str) -> Iterator[tuple[int, str, Answer]]:
    """The line, the case's name and the answer; refuses what is broken with its line."""
    if not name.lower().endswith(ENDINGS):
        raise Unacceptable(f"A file of outputs ends in {' or '.join(ENDINGS)}.", field="file")
    seen: set[str] = set()
    for line, told in _table(text) if name.lower().endswith(".csv") else _lines(text):
        case, output = told.get("case"), told.get("output")
        if not isinstance(case, str) or not case.strip():
            _refuse(line, "it names no case.")
        if not isinstance(output, str) or not output:
            _refuse(line, "its output is no text.")
        if case in seen:
            _refuse(line, f"the case {case[:80]!r} is there twice.")
        if unknown := sorted(map(str, told.keys() - KNOWN)):
            _refuse(line, f"{unknown[0][:60]!r} is not known; {', '.join(sorted(KNOWN))} are.")
        seen.add(case)
        words = {key: str(told.get(key) or "")[:200] for key in WORDS}
        figures = {key: _figure(told.get(key), key, line) for key in FIGURES}
        yield line, case, Answer(output=output, label=label, **words, **figures)  # type: ignore[arg-type]


def _figure(value: Any, name: str, line: int) -> int | None:
    if value in (None, ""):
        return None
    try:
        found = int(value)
    except (TypeError, ValueError, OverflowError):
        found = -1
    if isinstance(value, bool) or not 0 <= found <= MOST_FIGURE:
        _refuse(line, f"{name} is no number.")
    return found


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError) as error:
            _refuse(number, f"the JSON is broken: {error}.")
        yield number, told if isinstance(told, dict) else _refuse(number, "it is no object.")


def _table(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row:
                _refuse(reader.line_num, "it has more cells than the head.")
            yield reader.line_num, dict(row)
    except csv.Error as error:
        _refuse(reader.line_num, f"{error}.")
