"""The child of ``slow_lane``: answers each JSON line with one, until its input ends. Run by path, alone."""

import json
import re
import sys
from typing import Any


def search(question: dict[str, Any]) -> bool:
    """Whether the pattern is found."""
    return re.search(question["pattern"], question["text"], re.ASCII) is not None


def schema(question: dict[str, Any]) -> list[str]:
    """At most five faults of the document, each with its place. Draft 7 unless the schema names another."""
    import jsonschema
    from jsonschema.validators import validator_for
    from referencing import Registry

    wanted = question["schema"]
    kind = validator_for(wanted, default=jsonschema.Draft7Validator)
    kind.check_schema(wanted)
    # An empty registry: a schema that refers elsewhere must not make this process fetch anything.
    checker = kind(wanted, registry=Registry(), format_checker=kind.FORMAT_CHECKER)
    faults = []
    for fault in checker.iter_errors(question["document"]):
        faults.append(f"{fault.json_path}: {fault.message}"[:300])
        if len(faults) == 5:
            break
    return faults


def answer(line: str) -> dict[str, Any]:
    """The answer to one line; a fault of the question is an answer too."""
    question = json.loads(line)
    try:
        return {"found": {"search": search, "schema": schema}[question["op"]](question)}
    except Exception as error:  # noqa: BLE001  whatever a hostile pattern or schema raises is told, not fatal
        return {"error": str(getattr(error, "message", error))[:300] or type(error).__name__}


if __name__ == "__main__":
    for received in sys.stdin:
        sys.stdout.write(json.dumps(answer(received)) + "\n")
        sys.stdout.flush()
