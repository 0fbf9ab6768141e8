"""JSON Schema: what a schema has against a document."""

import functools
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import jsonschema
from jsonschema.validators import validator_for
from referencing import Registry

MOST = 5


CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):?[0-5]\d)"
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def _moment(text: str) -> bool:
    day, mark, clock = text[:10], text[10:11], text[11:]
    datetime.strptime(day, "%Y-%m-%d")  # noqa: DTZ007  a day alone
    return mark in {"T", "t", " "} and re.fullmatch(CLOCK, clock, re.IGNORECASE) is not None


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.IGNORECASE) is not None


MORE_FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": _moment,
    "time": _like(CLOCK),
    "email": _like(rf"[^\s@\"(),:;<>\[\]]+@({LABEL}\.)+{LABEL}"),
    "hostname": _like(rf"{LABEL}(\.{LABEL})*\.?"),
    "uri": _like(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+"),
    "uuid": lambda text: bool(UUID(text)) and len(text.removeprefix("urn:uuid:")) == 36,
}
"""Formats for which jsonschema has no check of its own, or one that is too kind."""


def _checked_formats(kind: Any) -> Any:
    found = jsonschema.FormatChecker(formats=())
    found.checkers = dict(kind.FORMAT_CHECKER.checkers)
    for name, check in MORE_FORMATS.items():
        judge = functools.partial(lambda check, value: not isinstance(value, str) or check(value), check)
        found.checks(name, raises=ValueError)(judge)
    return found


@functools.lru_cache(maxsize=256)
def _checker(told: str) -> Any:
    """A schema's validator. Draft 7 unless the schema names another; formats are checked."""
    wanted = json.loads(told)
    kind = validator_for(wanted, default=jsonschema.Draft7Validator)
    kind.check_schema(wanted)
    # An empty registry: a schema that refers elsewhere must not make this process fetch anything.
    return kind(wanted, registry=Registry(), format_checker=_checked_formats(kind))


def answer(question: dict[str, Any]) -> list[str]:
    """At most ``MOST`` faults of the document, each with its place."""
    faults = []
    for fault in _checker(json.dumps(question["schema"])).iter_errors(question["document"]):
        faults.append(f"{fault.json_path}: {fault.message}"[:300])
        if len(faults) == MOST:
            break
    return faults
