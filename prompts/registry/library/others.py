"""Libraries of other programs: dotprompt files, promptfoo configurations, exports of Langfuse.

Written after https://google.github.io/dotprompt/, https://www.promptfoo.dev/docs/configuration/prompts/ and
https://langfuse.com/docs/prompts.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from prompts.registry.library.langfuse import rows_of
from prompts.registry.library.rows import Fault, Row, Text

Found = Iterator[Row | Fault]


def _whole(path: Path) -> str:
    """The file's text, every line end as it is; raises ``ValueError``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}") from None


def _yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise ValueError(f"the YAML is broken{place}: {getattr(error, 'problem', error)}") from None
    except RecursionError:
        raise ValueError("the YAML is nested too deep") from None


def plain_json(value: Any, depth: int = 0) -> Any:
    """YAML values as JSON ones: dates and keys as text; ``ValueError`` if nested too deep."""
    if depth > 40:
        raise ValueError("is nested more than 40 deep")
    if isinstance(value, dict):
        return {str(key): plain_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_json(item, depth + 1) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def read_dotprompt(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """One ``.prompt`` file: YAML between two lines of hyphens, then a Handlebars template.

    ``name.variant.prompt`` is the prompt ``name variant``; ``config.dotprompt`` keeps what the head says.
    """
    try:
        text = _whole(path)
        head: Any = {}
        if text.startswith(("---\n", "---\r\n")):
            start = text.index("\n") + 1
            end = text.find("\n---", start - 1)
            if end < 0:
                raise ValueError("the head is never closed with ---")
            head = _yaml(text[start : end + 1]) or {}
            text = text[end + 4 :].partition("\n")[2]
        if not isinstance(head, dict):
            raise ValueError("the head is no mapping")
        name = str(head.get("name") or path.name.removesuffix(".prompt").replace(".", " "))
        row = Row(str(path), 1, name, [Text([{"role": "text", "content": text}], "handlebars")])
        row.description = str(head.get("description") or "")[:20_000]
        row.config = {"dotprompt": plain_json(head)} if head else {}
        yield row
    except ValueError as error:
        yield Fault(str(path), 1, str(error))


def read_promptfoo(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """The ``prompts`` of a promptfoo configuration: texts, ``{label|id, raw}`` and ``file://`` beside it.

    promptfoo fills in with Nunjucks, whose variables, conditions and loops are those of Jinja2.
    """
    try:
        config = _yaml(_whole(path))
        prompts = config.get("prompts") if isinstance(config, dict) else None
        if not isinstance(prompts, list | str):
            raise ValueError("has no list of prompts")
    except ValueError as error:
        yield Fault(str(path), 1, str(error))
        return
    for number, item in enumerate([prompts] if isinstance(prompts, str) else prompts, start=1):
        try:
            yield _promptfoo_row(path, item, number)
        except (OSError, ValueError) as error:
            yield Fault(str(path), 1, f"prompt {number}: {error}")


def _promptfoo_row(path: Path, item: Any, number: int) -> Row:
    told = item if isinstance(item, dict) else {"raw": item}
    raw = told.get("raw") or told.get("id")
    if not isinstance(raw, str):
        raise ValueError("has no text")
    name = str(told.get("label") or (told.get("id") if told.get("raw") else "") or f"{path.stem} {number}")
    if raw.startswith("file://"):
        file = (path.parent / raw.removeprefix("file://")).resolve()
        if not file.is_relative_to(path.parent.resolve()) or file.suffix not in {".txt", ".md", ".j2"}:
            raise ValueError(f"{raw[:100]!r} is no text file beside the configuration")
        raw, name = _whole(file), str(told.get("label") or file.stem)
    return Row(
        str(path), 1, name, [Text([{"role": "text", "content": raw}], "jinja2" if "{" in raw else "mustache")]
    )


def read_langfuse(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """A JSON list (or ``{"data": […]}``, or JSON lines) of Langfuse's prompts.

    The versions of one name are a history.
    """
    try:
        text = _whole(path)
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
