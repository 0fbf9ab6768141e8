"""Langfuse's prompts: the versions of one name are a history, and what they put together becomes includes.

``@@@langfusePrompt:name=tone|version=2@@@`` becomes ``{{> collection/tone@2}}`` and a text that others put
in becomes a fragment. A label moves, so ``|label=production@@@`` becomes ``{{> collection/tone}}``, which is
pinned when the version is frozen. Labels never become releases: they are told in the change note.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from prompts.registry.library.rows import Fault, Row, read_record
from prompts.registry.names import slug_of

TAG = re.compile(
    r"@@@langfusePrompt:name=(?P<name>[^|@]{1,255})\|(?P<by>version|label)=(?P<which>[^|@]{1,64})@@@"
)
Record = dict[str, Any]
Families = dict[str, list[tuple[int, Record]]]


def rows_of(
    records: list[Any], file: str, collection: str, mapping: Mapping[str, str]
) -> Iterator[Row | Fault]:
    """A row for each name with its versions in order; faults for what is none, or is put in and not there."""
    families: Families = {}
    for line, record in enumerate(records, start=1):
        if not isinstance(record, dict) or not isinstance(record.get("name"), str):
            yield Fault(file, line, "not a prompt with a name")
        else:
            families.setdefault(record["name"], []).append((line, record))
    for family in families.values():
        family.sort(key=lambda pair: _number(pair[1]))
    included = {name for family in families.values() for _, record in family for name in _included(record)}
    for name, family in families.items():
        line = family[-1][0]
        missing: list[str] = []
        try:
            past = [_told(record, families, collection, missing) for _, record in family]
            newest = past[-1]
            row = read_record(
                {**newest, **({"revisions": past} if len(past) > 1 else newest)}, file, line, mapping
            )
        except ValueError as error:
            yield Fault(file, line, f"{name}: {error}")
            continue
        for text, record in zip(row.texts, past, strict=True):
            text.config = record["config"] if isinstance(record.get("config"), dict) else {}
        row.kind = "fragment" if name in included and not any(text.is_chat for text in row.texts) else ""
        yield row
        for told in dict.fromkeys(missing):
            yield Fault(file, line, f"{name} puts in {told}; the tag stays in the text as it is")


def _number(record: Record) -> int:
    version = record.get("version")
    return version if isinstance(version, int) else 0


def _texts(record: Record) -> list[str]:
    prompt = record.get("prompt")
    if isinstance(prompt, str):
        return [prompt]
    messages = prompt if isinstance(prompt, list) else []
    return [
        each["content"]
        for each in messages
        if isinstance(each, dict) and isinstance(each.get("content"), str)
    ]


def _included(record: Record) -> set[str]:
    return {found["name"] for text in _texts(record) for found in TAG.finditer(text)}


def _told(record: Record, families: Families, collection: str, missing: list[str]) -> Record:
    """The record with its tags as includes, its labels in the note; what is not there goes to ``missing``."""

    def include(found: re.Match[str]) -> str:
        name, which = found["name"], found["which"]
        family = families.get(name)
        if family is None or any(record.get("type") == "chat" for _, record in family):
            missing.append(f"{name}, which is {'a chat' if family else 'not there'}")
            return found[0]
        reference = f"{collection}/{slug_of(name)}"
        if found["by"] == "label":
            return f"{{{{> {reference}}}}}"
        numbers = [_number(record) for _, record in family]
        if not which.isdigit() or int(which) not in numbers:
            missing.append(f"version {which} of {name}, which is not there")
            return found[0]
        return f"{{{{> {reference}@{numbers.index(int(which)) + 1}}}}}"

    prompt = record.get("prompt")
    if isinstance(prompt, str):
        prompt = TAG.sub(include, prompt)
    elif isinstance(prompt, list):
        prompt = [_message(each, include) for each in prompt]
    told = {**record, "prompt": prompt, "change_note": _note(record)}
    return {"format": "mustache", **told} if record.get("type") in {"text", "chat"} else told


def _message(each: Any, include: Any) -> Any:
    if isinstance(each, dict) and isinstance(each.get("content"), str):
        return {**each, "content": TAG.sub(include, each["content"])}
    return each


def _note(record: Record) -> str:
    """The commit message, and the labels that the version had."""
    message = record.get("commitMessage")
    given = record.get("labels")
    labels = [label for label in given if isinstance(label, str)] if isinstance(given, list) else []
    told = ", ".join(label for label in labels if label != "latest")
    parts = [message if isinstance(message, str) else "", f"labels in Langfuse: {told}" if told else ""]
    return "; ".join(part for part in parts if part)[:500]
