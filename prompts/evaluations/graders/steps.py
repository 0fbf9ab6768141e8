"""From spans to steps of a trajectory: tools, commands, searches, reasoning, messages, and other spans.

The attributes are those that OpenTelemetry's conventions and the common agent kits write.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_FAMILIES = {
    "tool": ("name", "args", "arguments", "input"),
    "function": ("name", "args", "arguments", "input"),
    "ai.toolCall": ("name", "args", "arguments", "input"),
    "gen_ai.tool": ("name", "args", "arguments", "input"),
    "agent.tool": ("args", "arguments", "input"),
    "codex.mcp": ("args", "arguments", "input"),
}
NAME_KEYS = (
    "tool.name", "tool_name", "tool", "function.name", "function_name", "ai.toolCall.name",
    "gen_ai.tool.name",
    "agent.tool_name", "agent.tool", "agent.toolName", "codex.mcp.tool",
)  # fmt: skip
ARGUMENT_KEYS = (
    *(f"{family}.{part}" for family, parts in _FAMILIES.items() for part in parts if part != "name"),
    "tool_args", "tool_arguments", "tool_input", "function_args", "function_arguments",
    "gen_ai.tool.call.args", "gen_ai.tool.call.arguments", "args", "arguments", "input",
)  # fmt: skip
COMMAND_KEYS = ("codex.command", "command", "command.name", "command_name")
SEARCH_KEYS = ("codex.search.query", "search.query", "search_query")
SHELLS = {"exec_command", "local_shell", "shell"}
LIKE_NAME = re.compile(r"tool.?name|function.?name", re.IGNORECASE)
LIKE_TOOL = re.compile(r"(^|[._])tool($|[._])", re.IGNORECASE)
LIKE_ARGUMENTS = re.compile(r"(^|[._])(arguments|args|input)($|[._])", re.IGNORECASE)
LIKE_SEARCH = re.compile(r"(^|[\s._:/-])(search|find|lookup|retriev(?:e|al))($|[\s._:/-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``aliases`` are all the names it may be asked for by, ``args`` None where none were seen."""

    type: str
    name: str
    aliases: tuple[str, ...]
    args: Any = None
    has_args: bool = False
    failed: Any = None

    def __str__(self) -> str:
        return f"{self.type}:{self.name}"


def _first(attributes: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next(
        (found.strip() for key in keys if isinstance(found := attributes.get(key), str) and found.strip()), ""
    )


def _structured(value: Any) -> tuple[bool, Any]:
    """Whether there is a value, and it, read as JSON where it is text that can be."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return False, None
    if isinstance(value, str):
        try:
            return True, json.loads(value)
        except (ValueError, RecursionError):
            return True, value.strip()
    return True, value


def _tool(span: dict[str, Any], attributes: dict[str, Any]) -> str:
    if found := _first(attributes, NAME_KEYS):
        return found
    for key, value in attributes.items():
        if not isinstance(value, str) or not value.strip() or isinstance(_structured(value)[1], dict | list):
            continue
        if LIKE_NAME.search(key) or (
            LIKE_TOOL.search(key) and not re.search("result|output|definition", key, re.IGNORECASE)
        ):
            return value.strip()
    name = str(span.get("name", ""))
    return name.rpartition("/")[2].strip() if name.startswith("mcp ") and "/" in name else ""


def _arguments(attributes: dict[str, Any]) -> tuple[bool, Any]:
    for key in ARGUMENT_KEYS:
        there, value = _structured(attributes.get(key))
        if there:
            return True, value
    for key, raw in attributes.items():
        if LIKE_ARGUMENTS.search(key) and not re.search("result|output|error|status", key, re.IGNORECASE):
            there, value = _structured(raw)
            if there:
                return True, value
    return False, None


def _command(span: dict[str, Any], attributes: dict[str, Any], tool: str, args: Any, shells: set[str]) -> str:
    if found := _first(attributes, COMMAND_KEYS):
        return found
    for key, value in attributes.items():
        wanted = re.search("command", key, re.IGNORECASE) and not re.search(
            "output|result", key, re.IGNORECASE
        )
        if wanted and isinstance(value, str) and value.strip():
            return value.strip()
    if tool.lower() in shells and isinstance(args, dict):
        for key, between in (("cmd", " "), ("command", " "), ("commands", "; ")):
            if args.get(key) is not None:
                parts = args[key] if isinstance(args[key], list) else [args[key]]
                return between.join(str(part).strip() for part in parts if str(part).strip())
    name = str(span.get("name", ""))
    return name[5:].strip() if name.startswith("exec ") else ""


def _search(span: dict[str, Any], attributes: dict[str, Any]) -> str:
    if found := _first(attributes, SEARCH_KEYS):
        return found
    name = str(span.get("name", ""))
    alike = any(key != "query" and LIKE_SEARCH.search(key) for key in attributes)
    if (LIKE_SEARCH.search(name) or alike) and (found := _first(attributes, ("query",))):
        return found
    return name[7:].strip('"').strip() if name.startswith("search ") else ""


def _step(span: dict[str, Any], shells: set[str]) -> Step:
    attributes = span.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    name = str(span.get("name", ""))
    tool = _tool(span, attributes)
    there, args = _arguments(attributes)
    command = _command(span, attributes, tool, args, shells)
    status = span.get("statusCode")
    common = {"args": args, "has_args": there, "failed": status or None}
    if command and (tool.lower() in shells or not tool):
        aliases = (name, command, *([tool] if tool else []), command.split()[0])
        return Step("command", command, aliases, **common)
    if tool:
        return Step("tool", tool, (name, tool), **common)
    if found := _search(span, attributes):
        return Step("search", found, (name, found), **common)
    item = attributes.get("codex.item.type")
    if item == "reasoning" or re.match(r"reasoning([_\s]|$)", name, re.IGNORECASE):
        return Step("reasoning", name, (name, "reasoning"), **common)
    if item == "agent_message" or name in {"agent response", "send input"}:
        return Step("message", name, (name, "message"), **common)
    return Step("span", name, (name,), **common)


def _when(span: dict[str, Any]) -> tuple[float, float]:
    start, end = span.get("startTime"), span.get("endTime")
    began = float(start) if isinstance(start, int | float) else 0.0
    return began, float(end) if isinstance(end, int | float) else began


def steps_of(spans: list[dict[str, Any]], metadata: Any) -> list[Step]:
    """The steps in the order of their beginnings; ``metadata.commandToolNames`` names further shells."""
    more = metadata.get("commandToolNames") if isinstance(metadata, dict) else None
    shells = SHELLS | {one.strip().lower() for one in more or [] if isinstance(one, str) and one.strip()}
    return [_step(span, shells) for span in sorted(spans, key=_when)]
