"""Files with a head of YAML before their text: dotprompt's and Markdown's.

Written after https://google.github.io/dotprompt/reference/frontmatter/.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prompts.registry.library.picoschema import json_schema
from prompts.registry.library.rows import Fault, Row, Text, read_record
from prompts.registry.library.yaml_texts import load_yaml, plain_json, whole

Found = Iterator[Row | Fault]

_BEFORE = re.compile(r"(?:(?:#[^\n]*|[ \t]*)\r?\n)*(?=---[ \t]*\r?\n)")
"""Blank lines and comments (a licence) that may stand before the head."""
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_NOT_NAMES = (".prompt", ".chatmode", ".instructions")


def parted(text: str) -> tuple[dict[str, Any] | None, str]:
    """The head as JSON, None where there is none, and the text behind it; raises ``ValueError``."""
    before = _BEFORE.match(text)
    if before is None:
        return None, text
    start = text.index("\n", before.end()) + 1
    closing = _CLOSING.search(text, start)
    if closing is None:
        raise ValueError("the head is never closed with ---")
    head = load_yaml(text[start : closing.start()])
    if not isinstance(head, dict | None):
        raise ValueError("the head is no mapping")
    return plain_json(head or {}), text[closing.end() :]


def read_dotprompt(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """One ``.prompt`` file: a head, then a Handlebars template, without the white space around it.

    ``name.variant.prompt`` is the prompt ``name variant``; ``config.dotprompt`` keeps what the head says, and
    its schemas become those of the version.
    """
    try:
        head, text = parted(whole(path))
        told = head or {}
        name = str(told.get("name") or path.name.removesuffix(".prompt").replace(".", " "))
        text = text if head is None else text.strip()
        row = Row(str(path), 1, name, [Text([{"role": "text", "content": text}], "handlebars")])
        row.description = str(told.get("description") or "")[:20_000]
        row.config = {"dotprompt": told} if told else {}
        row.content = _schemas(told)
        yield row
    except ValueError as error:
        yield Fault(str(path), 1, str(error))


def _schemas(head: Mapping[str, Any]) -> dict[str, Any]:
    """``variables`` and ``output_schema`` out of the head; one that cannot be read stays only in there."""
    content = {}
    for part, field in (("input", "variables"), ("output", "output_schema")):
        told = head.get(part)
        if isinstance(told, Mapping) and told.get("schema"):
            try:
                schema = json_schema(told["schema"])
            except ValueError:
                continue
            content[field] = _with_defaults(schema, told.get("default"))
    return content


def _with_defaults(schema: dict[str, Any], defaults: Any) -> dict[str, Any]:
    fields = schema.get("properties")
    if not isinstance(defaults, Mapping) or not isinstance(fields, Mapping):
        return schema
    told = {
        name: {**each, "default": defaults[name]} if name in defaults and isinstance(each, Mapping) else each
        for name, each in fields.items()
    }
    return {**schema, "properties": told}


def read_markdown(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """One Markdown file: what its head says of name, description, tags and date, and the text behind it.

    Without a name there it is called after the file. ``config.front_matter`` keeps the whole head.
    """
    try:
        head, text = parted(whole(path))
        row = read_record(
            {**(head or {}), "text": text}, str(path), 1, {"text": "text", **mapping}, _stem(path)
        )
        if head:
            row.config = {"front_matter": head}
        yield row
    except ValueError as error:
        yield Fault(str(path), 1, str(error))


def _stem(path: Path) -> str:
    name = path.name.removesuffix(path.suffix)
    for ending in _NOT_NAMES:
        name = name.removesuffix(ending)
    return name.replace(".", " ")


def has_head(path: Path) -> bool:
    """Whether a file begins with a head: a Markdown file without one is a page, not a prompt."""
    try:
        with path.open("rb") as file:
            return file.read(5).removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r"))
    except OSError:
        return False
