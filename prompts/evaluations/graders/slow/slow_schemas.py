"""JSON Schema: what a schema has against a document."""

import functools
import json
from typing import Any

import jsonschema
from jsonschema.validators import validator_for
from referencing import Registry

MOST = 5


@functools.lru_cache(maxsize=256)
def _checker(told: str) -> Any:
    """A schema's validator. Draft 7 unless the schema names another; formats are checked."""
    wanted = json.loads(told)
    kind = validator_for(wanted, default=jsonschema.Draft7Validator)
    kind.check_schema(wanted)
    # An empty registry: a schema that refers elsewhere must not make this process fetch anything.
    return kind(wanted, registry=Registry(), format_checker=kind.FORMAT_CHECKER)


def answer(question: dict[str, Any]) -> list[str]:
    """At most ``MOST`` faults of the document, each with its place."""
    faults = []
    for fault in _checker(json.dumps(question["schema"])).iter_errors(question["document"]):
        faults.append(f"{fault.json_path}: {fault.message}"[:300])
        if len(faults) == MOST:
            break
    return faults
