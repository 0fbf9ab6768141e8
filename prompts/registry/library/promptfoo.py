"""The prompts of a promptfoo configuration, and of the files beside it that it names.

Written after https://www.promptfoo.dev/docs/configuration/prompts/. promptfoo fills in with Nunjucks, whose
variables, conditions and loops are those of Jinja2. Prompts that are programs are not taken in.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from prompts.registry.library.rows import Fault, Row, Text, messages_of
from prompts.registry.library.yaml_texts import load_yaml, plain_json, whole

Found = Iterator[Row | Fault]
Named = tuple[str, Any]
"""A prompt's name and what it says: a text, or a list of messages."""

TEXTS = (".txt", ".md", ".j2")
CHATS = (".json", ".yaml", ".yml")
ENDINGS = (*TEXTS, *CHATS, ".csv", ".jsonl")
MOST_FILES = 1000
_BETWEEN = re.compile(r"^---[ \t]*\r?$\n?", re.MULTILINE)
"""What parts the prompts of one text file."""


def read_promptfoo(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """The ``prompts`` of a configuration: texts, ``{label|id, raw}``, a mapping of files to labels, and files
    beside it, by name or pattern: texts (several, parted by ``---``), chats in JSON or YAML, and CSV.
    """
    try:
        config = load_yaml(whole(path))
        prompts = config.get("prompts") if isinstance(config, dict) else None
        if isinstance(prompts, dict):
            prompts = [{"id": file, "label": label} for file, label in prompts.items()]
        if not isinstance(prompts, list | str):
            raise ValueError("has no list of prompts")
    except ValueError as error:
        yield Fault(str(path), 1, str(error))
        return
    for number, item in enumerate([prompts] if isinstance(prompts, str) else prompts, start=1):
        try:
            for name, told in _prompts(path, item, number):
                yield _row(path, name, told)
        except (OSError, ValueError, RecursionError, csv.Error) as error:
            yield Fault(str(path), 1, f"prompt {number}: {error}")


def _row(path: Path, name: str, told: Any) -> Row:
    messages = messages_of(told, "prompt")
    whole_text = "\n".join(str(message.get("content", "")) for message in messages)
    return Row(str(path), 1, name, [Text(messages, "jinja2" if "{" in whole_text else "mustache")])


def _prompts(path: Path, item: Any, number: int) -> list[Named]:
    told = item if isinstance(item, dict) else {"raw": item}
    raw = told.get("raw") or told.get("id")
    label, key = _word(told.get("label")), _word(told.get("id"))
    if isinstance(raw, list):
        return [(label or f"{path.stem} {number}", plain_json(raw))]
    if not isinstance(raw, str):
        raise ValueError("has no text")
    if raw.startswith("file://") or (_is_file_name(raw) and (path.parent / raw).is_file()):
        found = [each for file in _files(path, raw.removeprefix("file://")) for each in _in_file(file)]
        if not found:
            raise ValueError(f"{raw[:100]!r} holds no prompt")
        if label and len(found) == 1:
            return [(label, found[0][1])]
        return [(f"{label} {name}" if label else name, text) for name, text in found]
    name = label or (key if told.get("raw") else "") or f"{path.stem} {number}"
    return [(name, _chat_or_text(raw))]


def _word(told: Any) -> str:
    """A name; what is no text or number, such as a list that repeats itself without end, names nothing."""
    return str(told) if isinstance(told, str | int) else ""


def _is_file_name(raw: str) -> bool:
    return len(raw) < 255 and "\n" not in raw and raw.lower().endswith(ENDINGS)


def _files(path: Path, name: str) -> list[Path]:
    """The files that a name or pattern means, all of them beside the configuration or below it."""
    folder = path.parent.resolve()
    if any(sign in name for sign in "*?["):
        if name.startswith("/") or ".." in Path(name).parts:
            raise ValueError(f"{name[:100]!r} leads away from the configuration")
        found = sorted(file for file in folder.glob(name) if file.is_file())[: MOST_FILES + 1]
        if len(found) > MOST_FILES:
            raise ValueError(f"{name[:100]!r} means more than {MOST_FILES:,} files")
        found = [file for file in found if file.suffix.lower() in ENDINGS]
    else:
        found = [folder / name]
    for file in found:
        if not file.resolve().is_relative_to(folder) or file.suffix.lower() not in ENDINGS:
            raise ValueError(f"{name[:100]!r} is no text file beside the configuration")
    return found


def _in_file(file: Path) -> list[Named]:
    text, stem, ending = whole(file), file.stem, file.suffix.lower()
    if ending == ".csv":
        return _in_csv(text, stem)
    if ending == ".jsonl":
        rows = [line for line in text.split("\n") if line.strip()]
        return _numbered(stem, [json.loads(row) for row in rows])
    if ending in CHATS:
        return [(stem, _chat(text, ending))]
    if ending == ".txt":
        parts = [part for part in _BETWEEN.split(text) if part.strip()]
        return _numbered(stem, [part.strip() for part in parts]) if len(parts) > 1 else [(stem, text)]
    return [(stem, text)]


def _numbered(stem: str, found: list[Any]) -> list[Named]:
    return [(stem if len(found) == 1 else f"{stem} {at}", told) for at, told in enumerate(found, start=1)]


def _in_csv(text: str, stem: str) -> list[Named]:
    """The column ``prompt``, and ``label`` where there is one."""
    rows = list(csv.DictReader(StringIO(text, newline=""), strict=True))
    if any(not row.get("prompt") for row in rows):
        raise ValueError("a row has no prompt")
    return [
        (str(row.get("label") or f"{stem} {at}"), str(row["prompt"])) for at, row in enumerate(rows, start=1)
    ]


def _chat(text: str, ending: str) -> Any:
    """Messages out of JSON or YAML; a file that is neither until it is filled in is a text."""
    try:
        told = json.loads(text) if ending == ".json" else plain_json(load_yaml(text))
    except ValueError:
        return text
    return told if _is_chat(told) else text


def _chat_or_text(raw: str) -> Any:
    if not raw.lstrip().startswith("["):
        return raw
    try:
        told = json.loads(raw)
    except ValueError:
        return raw
    return told if _is_chat(told) else raw


def _is_chat(told: Any) -> bool:
    return (
        isinstance(told, list)
        and bool(told)
        and all(isinstance(each, dict) and {"role", "content"} <= set(each) for each in told)
    )
