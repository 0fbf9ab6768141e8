"""What the editor's form carries: parallel lists of roles and texts, settings as JSON, variables."""

import copy
import json
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, Unacceptable
from portal.pages.variables_form import VariablesForm
from prompts.registry import templating
from prompts.registry.fragments import partials_of
from prompts.registry.models import Version
from prompts.registry.variable_schema import completed, propose_schema

ROLES = ("system", "developer", "user", "assistant", "model", "tool", "placeholder")
MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form as it was sent, or as it starts from a version. ``settings`` is JSON as somebody typed it."""

    messages: list[dict[str, Any]]
    format: str
    change_note: str
    settings: str
    declared: VariablesForm

    @classmethod
    def of_version(cls, version: Version) -> "Sheet":
        """The draft as it is stored."""
        settings = (
            json.dumps(version.model_settings, indent=2, ensure_ascii=False) if version.model_settings else ""
        )
        declared = VariablesForm.of_schema(version.variables)
        return cls(version.messages, version.format, version.change_note, settings, declared)

    @classmethod
    def of_post(cls, data: QueryDict, version: Version) -> "Sheet":
        """The form. A browser sends every line end as CRLF: a text that nobody touched keeps its own."""
        roles, texts = data.getlist("role")[:MOST_MESSAGES], data.getlist("content")[:MOST_MESSAGES]
        stored = [str(message.get("content", "")) for message in version.messages]
        untouched = {_lines(text): text for text in stored}
        found = [untouched.get(_lines(text), _lines(text)) for text in texts]
        rows = [_message(role, text) for role, text in zip(roles, found, strict=False)]
        told = {name: str(data.get(name, "")) for name in ("format", "change_note", "settings")}
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
        try:
            draft.model_settings = json.loads(self.settings) if self.settings.strip() else {}
        except (ValueError, RecursionError):
            draft.model_settings = {"": self.settings}
        return draft

    def changes(self) -> dict[str, Any]:
        """For the service; raises ``Unacceptable`` where settings or schema are no JSON."""
        try:
            settings = json.loads(self.settings) if self.settings.strip() else {}
        except ValueError as error:
            raise Unacceptable(f"The settings are no JSON: {error}", field="model_settings") from None
        except RecursionError:
            raise Unacceptable("The settings are nested too deeply.", field="model_settings") from None
        told = {"messages": self.messages, "format": self.format, "change_note": self.change_note}
        return {**told, "model_settings": settings, "variables": self.declared.schema()}

    def changes_against(self, version: Version) -> dict[str, Any]:
        """Only what differs from the stored draft."""
        return {name: value for name, value in self.changes().items() if getattr(version, name) != value}

    def variables(self) -> list[str]:
        """The variables of all messages in order of appearance; none while a text cannot be read."""
        found: dict[str, None] = {}
        for message in self.messages:
            try:
                names = templating.find_variables(self.format, str(message.get("content", "")))
            except templating.TemplateFault:
                continue
            found |= dict.fromkeys(str(name) for name in names)
        return list(found)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "name": text.strip()} if role == "placeholder" else {"role": role, "content": text}


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
        told.append({"role": message["role"], "text": text, "error": fault})
    return told
