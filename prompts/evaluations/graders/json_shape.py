"""Assertions on JSON in the output, with a JSON Schema as value."""

import json
from collections.abc import Iterator
from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided
from prompts.evaluations.graders.slow_lane import LANE, BadPattern
from prompts.evaluations.graders.text import strict_json

SECONDS = 5.0
MAX_CANDIDATES = 2000


def _schema(asked: Asked) -> Any:
    """The schema, also written as YAML or JSON text; None where no value is given."""
    if not asked.has_value or asked.value in (None, ""):
        return None
    if isinstance(asked.value, str):
        from prompts.registry.library.yaml_texts import load_yaml

        try:
            return load_yaml(asked.value)
        except ValueError as error:
            raise CannotGrade(f"the JSON Schema is not readable: {str(error)[:200]}") from None
    return asked.value


def _faults(schema: Any, document: Any) -> list[str]:
    """At most a few; raises ``CannotGrade`` where the schema itself is at fault."""
    if not isinstance(schema, dict | bool):
        raise CannotGrade("the JSON Schema is none: it is an object, true or false")
    try:
        return LANE.schema_faults(schema, document, seconds=SECONDS)
    except BadPattern as error:
        raise CannotGrade(f"the JSON Schema is faulty: {error}") from None
    except TimeoutError:
        raise CannotGrade(f"checking the JSON Schema took longer than {SECONDS:g} s") from None


def is_json(asked: Asked) -> Graded:
    """The whole output is JSON, and follows the schema if one is given."""
    try:
        document = strict_json(asked.text)
    except ValueError:
        return decided(asked, False, "be valid JSON")
    schema = _schema(asked)
    faults = [] if schema is None else _faults(schema, document)
    told = "be JSON that conforms to the schema" if schema is not None else "be valid JSON"
    return decided(asked, not faults, f"{told}. {'; '.join(faults)}" if faults else told)


def json_parts(raw: str) -> Iterator[Any]:
    """The JSON objects and lists that stand in the text, outermost ones, in order."""
    decoder, at, tried = json.JSONDecoder(), 0, 0
    while tried < MAX_CANDIDATES:
        starts = [found for found in (raw.find("{", at), raw.find("[", at)) if found >= 0]
        if not starts:
            return
        at, tried = min(starts), tried + 1
        try:
            document, at = decoder.raw_decode(raw, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield document


def contains_json(asked: Asked) -> Graded:
    """Some JSON object or list in the output, one of them following the schema if one is given."""
    found = list(json_parts(asked.text))
    if not found:
        return decided(asked, False, "contain valid JSON")
    schema = _schema(asked)
    if schema is None:
        return decided(asked, True, "contain valid JSON")
    faults: list[str] = []
    for document in found:
        if not (faults := _faults(schema, document)):
            break
    told = "contain JSON that conforms to the schema"
    return decided(asked, not faults, f"{told}. {'; '.join(faults)}" if faults else told)
