"""All rules over one text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts.registry.lint.contradictions import find_contradictions
from prompts.registry.lint.delimiters import find_undelimited
from prompts.registry.lint.description import find_gaps
from prompts.registry.lint.findings import Finding, Passage, Place
from prompts.registry.lint.length import find_length
from prompts.registry.lint.personal import find_personal
from prompts.registry.lint.secrets import find_secrets
from prompts.registry.lint.variables import asked_for, declared, find_variables

NO_INPUT = frozenset({"number", "integer", "boolean"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined: a version's messages, and of its prompt what is given.

    ``beside`` are other fields that may hold secrets, ``asked_elsewhere`` the variables of fragments.
    """

    messages: list[dict[str, Any]]
    format: str = "mustache"
    variables: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)
    purpose: str | None = None
    limits: str | None = None
    asked_elsewhere: Iterable[str] = ()


def examine(subject: Subject) -> list[Finding]:
    """The findings in order of the rules, without severity. Takes time in proportion to the text."""
    findings, passages = _sensitive(_passages(subject.messages))
    findings += _sensitive(_addresses(subject.messages))[0]
    findings += find_sensitive({"variables": subject.variables, **subject.beside})
    names = {each.message or 0: asked_for(subject.format, each.text) for each in passages}
    known = declared(subject.variables)
    plain = [name for name, schema in known.items() if isinstance(schema, dict) and _no_input(schema)]
    if subject.format != "plain":
        for each in passages:
            findings += find_undelimited(each, names[each.message or 0], plain)
    places = [message["name"] for message in subject.messages if message.get("role") == "placeholder"]
    addresses = [each.text for each in _addresses(subject.messages)]
    others = {*subject.asked_elsewhere, *places}
    others |= {name for address in addresses for name in asked_for(subject.format, address)}
    findings += find_variables(passages, names, subject.variables, others)
    findings += find_contradictions(passages)
    findings += find_length(passages)
    return findings + find_gaps(subject.purpose, subject.limits)


def find_sensitive(fields: Mapping[str, Any]) -> list[Finding]:
    """Secrets and personal data in fields by name: texts, JSON, or ``messages``."""
    findings: list[Finding] = []
    for name, value in fields.items():
        if name == "messages":
            findings += _sensitive(_passages(value) + _addresses(value))[0]
            continue
        for text in _texts(value):
            for found in _sensitive([Passage(text, field=name)])[0]:
                # The lines of a text inside JSON are not those that people see.
                place = found.place if isinstance(value, str) else Place(name, excerpt=found.place.excerpt)
                findings.append(Finding(found.code, found.title, found.reason, place))
    return findings


def _passages(messages: Iterable[Mapping[str, Any]]) -> list[Passage]:
    return [
        Passage(str(message["content"]), message=number, role=str(message.get("role", "")))
        for number, message in enumerate(messages)
        if message.get("content")
    ]


def _addresses(messages: Iterable[Mapping[str, Any]]) -> list[Passage]:
    """Addresses of images and files, which may carry a key; data in base64 only looks like one."""
    return [
        Passage(str(each["url"]), message=number, role=str(message.get("role", "")))
        for number, message in enumerate(messages)
        for each in message.get("attachments", ())
        if not str(each.get("url", "")).startswith("data:")
    ]


def _sensitive(passages: list[Passage]) -> tuple[list[Finding], list[Passage]]:
    """The findings, and the passages with all of them blotted out."""
    findings: list[Finding] = []
    clean = []
    for passage in passages:
        secrets, spans = find_secrets(passage)
        blotted = passage.without(spans)
        personal, more = find_personal(blotted)
        findings += secrets + personal
        clean.append(blotted.without(more))
    return findings, clean


def _no_input(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in NO_INPUT or "enum" in schema or "const" in schema


def _texts(value: Any) -> Iterator[str]:
    """All texts inside JSON; beside a text its key, which may say that it is a secret."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        key, item = waiting.pop()
        if isinstance(item, str):
            yield f"{key}: {item}" if key else item
        elif isinstance(item, Mapping):
            waiting.extend((str(name), inner) for name, inner in item.items())
        elif isinstance(item, list | tuple):
            waiting.extend((key, inner) for inner in item)
