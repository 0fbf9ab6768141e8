"""Exports of Langfuse: the versions of one name are a history.

Written after https://langfuse.com/docs/prompts.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from prompts.registry.library.langfuse import rows_of
from prompts.registry.library.rows import Fault, Row
from prompts.registry.library.yaml_texts import whole


def read_langfuse(path: Path, mapping: Mapping[str, str], collection: str) -> Iterator[Row | Fault]:
    """A JSON list (or ``{"data": […]}``, or JSON lines) of Langfuse's prompts."""
    try:
        text = whole(path)
        records = (
            [json.loads(line) for line in text.split("\n") if line.strip()]
            if path.suffix == ".jsonl"
            else json.loads(text)
        )
    except (ValueError, RecursionError) as error:
        yield Fault(str(path), 1, f"not JSON: {error}")
        return
    records = records.get("data", [records]) if isinstance(records, dict) else records
    yield from rows_of(records if isinstance(records, list) else [records], str(path), collection, mapping)
