"""YAML out of files that strangers wrote: safely loaded, and turned into JSON within bounds.

Words and numbers are read as YAML 1.2 has them (https://yaml.org/spec/1.2.2/#103-core-schema), since the
files are written for programs that do: ``yes``, ``no``, ``on`` and ``12:30`` are texts, ``012`` is twelve.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

DEEPEST = 40
MOST_VALUES = 20_000
"""Values of a head; an alias that repeats counts every time."""


class _Loader(yaml.SafeLoader):
    """The safe loader with the words and numbers of YAML 1.2; digits may have underscores between them."""


_WORDS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", "-+0123456789"),
    "float": (
        r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}
_TAG = "tag:yaml.org,2002:"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.removeprefix(_TAG) not in _WORDS]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _name, (_pattern, _firsts) in _WORDS.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(rf"(?:{_pattern})\Z"), list(_firsts))


def _whole_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    told = str(loader.construct_scalar(node)).replace("_", "")
    digits = told.lstrip("+-")
    found = int(digits, 0) if digits[1:2].isalpha() else int(digits)
    return -found if told.startswith("-") else found


_Loader.add_constructor(f"{_TAG}int", _whole_number)


def whole(path: Path) -> str:
    """The file's text, every line end as it is; raises ``ValueError``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}") from None


def load_yaml(text: str) -> Any:
    """The value, by the safe loader alone; raises ``ValueError`` with the line."""
    try:
        # The loader is the safe one: it makes values of JSON and dates, never objects.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
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
            return {_key(key): plain(inner, depth + 1) for key, inner in item.items()}
        if isinstance(item, list):
            return [plain(inner, depth + 1) for inner in item]
        return item.isoformat() if isinstance(item, date) else item

    return plain(value, 0)


def _key(key: Any) -> str:
    return json.dumps(key) if key is None or isinstance(key, bool) else str(key)
