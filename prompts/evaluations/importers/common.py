"""What the readers of sets share. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from prompts.evaluations.graders.choice import LETTERS


def lines_of(text: str, most: int | None = None) -> list[dict[str, Any]]:
    """The objects of JSON lines; raises ``ValueError`` with the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except ValueError:
            raise ValueError(f"line {number} is no JSON") from None
        if not isinstance(told, dict):
            raise ValueError(f"line {number} is no object")
        found.append(told)
        if most is not None and len(found) == most:
            break
    if not found:
        raise ValueError("it has no line")
    return found


def asked_with(question: str, options: Sequence[str]) -> str:
    """The question with lettered options."""
    listed = [f"{letter}) {option}" for letter, option in zip(LETTERS, options, strict=False)]
    return "\n".join([question, *listed, f"Answer with one letter, {listed[0][0]} to {listed[-1][0]}."])


def picks(right: str, options: Sequence[str]) -> dict[str, Any]:
    """The assertion that the option of that letter is picked."""
    return {"type": "choice", "value": right, "config": {"options": list(options)}}


def case_of(name: str, message: str, text: str, assertion: dict[str, Any], tags: list[str]) -> dict[str, Any]:
    """Arguments of ``save_case``."""
    return {
        "name": name, "vars": {message: text}, "assertions": [assertion], "threshold": None, "weight": 1,
        "tags": tags, "description": "",
    }  # fmt: skip
