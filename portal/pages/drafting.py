"""What the editor's form carries: parallel lists of roles and texts, settings as JSON, variables."""

import copy
import json
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from django.http import QueryDict

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, Unacceptable
from portal.pages.variables_form import VariablesForm
from prompts.registry import templating
from prompts.registry.attachments import read_lines, templates_of, written
from prompts.registry.fragments import partials_of
from prompts.registry.lint.variables import asked_for
from prompts.registry.models import Version
from prompts.registry.variable_schema import completed, propose_schema

ROLES = ("system", "developer", "user", "assistant", "model", "tool", "placeholder")
MOST_MESSAGES = 200
TYPED: dict[str, tuple[str, str, Any]] = {
    "settings": ("model_settings", "The settings are", {}),
    "tools": ("tools", "The tools are", []),
    "output_schema": ("output_schema", "The shape of the answer is", None),
    "config": ("config", "The configuration is", {}),
}
"""Fields that are typed as JSON: the version's field, how a refusal begins, and what an empty one means."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form as it was sent, or as it starts from a version. ``settings`` is JSON as somebody typed it."""

    messages: list[dict[str, Any]]
    format: str
    change_note: str
    settings: str
    declared: VariablesForm
    tools: str = ""
    output_schema: str = ""
    config: str = ""

    @classmethod
    def of_version(cls, version: Version) -> "Sheet":
        """The draft as it is stored."""
        declared = VariablesForm.of_schema(version.variables)
        typed = {field: _pretty(getattr(version, name)) for field, (name, _, _) in TYPED.items()}
        return cls(version.messages, version.format, version.change_note, declared=declared, **typed)

    @classmethod
    def of_post(cls, data: QueryDict, version: Version) -> "Sheet":
        """The form. A browser sends every line end as CRLF: a text that nobody touched keeps its own."""
        roles, texts = data.getlist("role")[:MOST_MESSAGES], data.getlist("content")[:MOST_MESSAGES]
        stored = [str(message.get("content", "")) for message in version.messages]
        untouched = {_lines(text): text for text in stored}
        found = [untouched.get(_lines(text), _lines(text)) for text in texts]
        beside = data.getlist("attachments")[:MOST_MESSAGES]
        triples = zip_longest(roles, found, beside, fillvalue="")
        rows = [_message(*triple) for triple in triples][: min(len(roles), len(texts))]
        told = {name: str(data.get(name, "")) for name in ("format", "change_note")}
        told |= {
            field: str(data[field]) if field in data else _pretty(getattr(version, name))
            for field, (name, _, _) in TYPED.items()
        }
        declared = VariablesForm.of_post(data, version.variables)
        return cls(messages=rows, declared=declared, **told)

    def with_messages(self, messages: list[dict[str, Any]]) -> "Sheet":
        """The same with other messages."""
        return replace(self, messages=messages)

    def with_proposal(self) -> "Sheet":
        """The same with every variable of the text declared."""
        found = completed(self.declared.schema(), propose_schema(self.messages, self.format))
        return replace(self, declared=VariablesForm.of_schema(found))

    def drafted(self, version: Version) -> Version:
        """The draft as it would be with this text, not saved; parts with a fault stay as they are stored."""
        draft = copy.copy(version)
        draft.messages, draft.format, draft.change_note = self.messages, self.format, self.change_note
        draft.variables = self.declared.schema_or_start()
        for field, (name, _, _) in TYPED.items():
            try:
                setattr(draft, name, self._typed(field))
            except Unacceptable:
                setattr(draft, name, {"": getattr(self, field)})
        return draft

    def changes(self) -> dict[str, Any]:
        """For the service; raises ``Unacceptable`` where settings or schema are no JSON."""
        told = {"messages": self.messages, "format": self.format, "change_note": self.change_note}
        typed = {name: self._typed(field) for field, (name, _, _) in TYPED.items()}
        return {**told, **typed, "variables": self.declared.schema()}

    def typed(self) -> dict[str, str]:
        """JSON as it was typed, by the version's field."""
        return {name: getattr(self, field) for field, (name, _, _) in TYPED.items()}

    def _typed(self, field: str) -> Any:
        """What stands in a field of JSON; raises ``Unacceptable`` with line and column where it is none."""
        name, words, empty = TYPED[field]
        text = getattr(self, field)
        try:
            return json.loads(text) if text.strip() else copy.copy(empty)
        except ValueError as error:
            raise Unacceptable(f"{words} no JSON: {error}", field=name) from None
        except RecursionError:
            raise Unacceptable(f"{words} nested too deeply.", field=name) from None

    def changes_against(self, version: Version) -> dict[str, Any]:
        """Only what differs from the stored draft."""
        return {name: value for name, value in self.changes().items() if getattr(version, name) != value}

    def variables(self) -> list[str]:
        """The variables of all messages in order of appearance; none while a text cannot be read."""
        found: dict[str, None] = {}
        for message in self.messages:
            for text in templates_of(message):
                found |= dict.fromkeys(asked_for(self.format, text))
        return list(found)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _message(role: str, text: str, beside: str) -> dict[str, Any]:
    if role == "placeholder":
        return {"role": role, "name": text.strip()}
    found = read_lines(beside)
    return {"role": role, "content": text, "attachments": found} if found else {"role": role, "content": text}


def _with_addresses(text: str, message: dict[str, Any]) -> str:
    return "\n".join([text, *(f"[{line}]" for line in written(message.get("attachments", [])))])


def preview(sheet: Sheet, actor: Actor) -> list[dict[str, str]]:
    """Each message rendered with the samples (a missing one stands as its own name); faults as ``error``."""
    try:
        partials = partials_of(actor, Version(messages=sheet.messages, format=sheet.format))
    except GovernedError:
        partials = {}  # the message with the fault says so below
    values = sheet.declared.values(sheet.variables())
    told = []
    for message in sheet.messages:
        if message["role"] == "placeholder":
            told.append({"role": "placeholder", "text": f"(messages of {message['name']})", "error": ""})
            continue
        try:
            text, fault = templating.render(sheet.format, message["content"], values, partials), ""
        except templating.TemplateFault as error:
            text, fault = "", str(error)
        told.append({"role": message["role"], "text": _with_addresses(text, message), "error": fault})
    return told
