"""YAML out of files that strangers wrote: safely loaded, and turned into JSON within bounds."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

DEEPEST = 40
MOST_VALUES = 20_000
"""Values of a head; an alias that repeats counts every time."""


def whole(path: Path) -> str:
    """The file's text, every line end as it is; raises ``ValueError``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}") from None


def load_yaml(text: str) -> Any:
    """The value, by the safe loader alone; raises ``ValueError`` with the line."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise ValueError(f"the YAML is broken{place}: {getattr(error, 'problem', error)}") from None
    except RecursionError:
        raise ValueError("the YAML is nested too deep") from None


def plain_json(value: Any, most: int = MOST_VALUES) -> Any:
    """YAML values as JSON: dates and keys as text; ``ValueError`` where they are too deep or too many."""
    left = [most]

    def plain(item: Any, depth: int) -> Any:
        left[0] -= 1
        if depth > DEEPEST:
            raise ValueError(f"is nested more than {DEEPEST} deep")
        if left[0] < 0:
            raise ValueError(f"has more than {most:,} values")
        if isinstance(item, dict):
            return {str(key): plain(inner, depth + 1) for key, inner in item.items()}
        if isinstance(item, list):
            return [plain(inner, depth + 1) for inner in item]
        return item.isoformat() if isinstance(item, date) else item

    return plain(value, 0)
