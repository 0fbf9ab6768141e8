"""From a record with any columns to a row: which column is the name, which the text, which the past.

``--map`` names columns; otherwise the first column of a well-known name that is filled counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.registry.attachments import inward

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "act", "identifier", "title", "slug", "key", "id"),
    "text": (
        *("prompt", "text", "jinja", "system_role", "content", "template", "system_prompt", "systemPrompt"),
        *("system", "body", "instructions", "instruction", "messages"),
    ),
    "description": ("description", "purpose", "summary"),
    "tags": ("tags", "category", "categories"),
    "date": ("written_at", "date", "created_at", "createdAt", "created"),
    "format": ("format", "template_format"),
    "note": ("change_note", "message", "commitMessage"),
    "revisions": ("revisions",),
    "config": ("config",),
}
FIELDS = tuple(COLUMNS)
_SIMPLE_TAG = re.compile(r"\{\{\s*[A-Za-z_][\w.]*\s*\}\}")
_FORMATS = {"mustache", "jinja2", "handlebars", "plain"}


@dataclass(slots=True)
class Text:
    """One version: messages, its template language, when and why it was written, its own configuration."""

    messages: list[dict[str, str]]
    format: str
    written_at: datetime | None = None
    note: str = ""
    config: dict[str, Any] | None = None

    @property
    def is_chat(self) -> bool:
        """Whether it has roles."""
        return any(message.get("role") != "text" for message in self.messages)


@dataclass(slots=True)
class Row:
    """One prompt of a library with its versions, oldest first; an empty kind is told by its messages.

    ``content`` are other fields of its versions: ``variables``, ``output_schema``.
    """

    file: str
    line: int
    name: str
    texts: list[Text]
    description: str = ""
    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    is_history: bool = False
    kind: str = ""
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """A place that could not be read, and why."""

    file: str
    line: int
    reason: str


def format_for(text: str) -> str:
    """``mustache`` where all double braces are plain variables, ``plain`` where they may be anything.

    A text without double braces is the same in both; mustache lets an editor add variables later.
    """
    return "plain" if "{{" in _SIMPLE_TAG.sub("", text) else "mustache"


def read_record(
    record: Mapping[str, Any], file: str, line: int, mapping: Mapping[str, str], unnamed: str = ""
) -> Row:
    """The row of a record, called ``unnamed`` where it has no name; raises ``ValueError`` with the reason."""
    columns = {name: ((mapping[name],) if name in mapping else COLUMNS[name]) for name in COLUMNS}
    name_column, name = _first(record, columns["name"])
    if name_column is None and unnamed:
        name_column, name = "", unnamed
    if name_column is None:
        raise ValueError(f"no name was found; looked for {', '.join(columns['name'])}")
    if not isinstance(name, str | int):
        raise ValueError(f"the name in {name_column!r} is no text")
    if isinstance(record.get("dataset"), str) and "jinja" in record:
        # promptsource repeats names such as "Q&A" in every data set.
        name = " ".join(str(part) for part in (record["dataset"], record.get("subset"), name) if part)
    row = Row(file, line, str(name), [])
    if len(row.name) > 255:
        raise ValueError(f"the name has {len(row.name)} characters; 255 are the most")
    _, revisions = _first(record, columns["revisions"])
    if revisions is not None:
        row.texts, row.is_history = _history(revisions, columns), True
    else:
        row.texts = [_text(record, columns, strict=False)]
    _, description = _first(record, columns["description"])
    row.description = description[:20_000] if isinstance(description, str) else ""
    row.tags = _tags(_first(record, columns["tags"])[1])
    _, config = _first(record, columns["config"])
    row.config = config if isinstance(config, dict) else {}
    return row


def _first(record: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[str | None, Any]:
    for column in columns:
        if record.get(column) not in (None, "", []):
            return column, record[column]
    return None, None


def _history(revisions: object, columns: Mapping[str, tuple[str, ...]]) -> list[Text]:
    if not isinstance(revisions, list) or not all(isinstance(item, dict) for item in revisions):
        raise ValueError("revisions must be a list of objects")
    numbers = [item.get("version") for item in revisions]
    if all(isinstance(number, int) for number in numbers) and numbers != sorted(numbers):
        revisions = sorted(revisions, key=lambda item: item["version"])
    return [_text(item, columns, strict=True) for item in revisions]


def _text(record: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], *, strict: bool) -> Text:
    column, content = _first(record, columns["text"])
    if column is None:
        raise ValueError(f"no text was found; looked for {', '.join(columns['text'])}")
    messages = messages_of(content, column)
    _, told = _first(record, columns["format"])
    whole = "\n".join(message.get("content", "") for message in messages)
    guessed = "jinja2" if column == "jinja" else format_for(whole)
    format = str(told) if told in _FORMATS else guessed
    _, date = _first(record, columns["date"])
    _, note = _first(record, columns["note"])
    note = note if isinstance(note, str) else ""
    return Text(
        messages, format, _moment(date, strict=strict), note if len(note) <= 500 else note[:499] + "…"
    )


def messages_of(content: object, column: str) -> list[dict[str, Any]]:
    """A text as one message, a list as messages; raises ``ValueError`` naming the column."""
    if isinstance(content, str):
        return [{"role": "text", "content": content}]
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError(f"{column!r} is neither a text nor a list of messages")
    messages: list[dict[str, Any]] = []
    for item in content:
        if item.get("type") == "placeholder" or item.get("role") == "placeholder":
            messages.append({"role": "placeholder", "name": str(item.get("name", ""))})
        elif isinstance(item.get("role"), str) and isinstance(item.get("content"), str | list):
            try:
                text, found = inward(item["content"], column)
            except Unacceptable as error:
                raise ValueError(error.message) from None
            message = {"role": item["role"], "content": text}
            messages.append({**message, "attachments": found} if found else message)
        else:
            raise ValueError(f"a message in {column!r} has no role or no text")
    return messages


def _moment(value: object, *, strict: bool) -> datetime | None:
    if value is None:
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        if strict:
            raise ValueError(f"the date {str(value)[:40]!r} is not ISO 8601") from None
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tags(value: object) -> list[str]:
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    words = [word.strip()[:60].strip() for word in given if isinstance(word, str)]
    return list(dict.fromkeys(word for word in words if word))[:50]
