"""Calls of functions and tools: are they among those offered, with arguments that fit their schemas?"""

import json
import re
from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, quote, turned
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

SECONDS = 5.0
MCP = re.compile(r"MCP Tool (?:Result|Error) \(([^)]{0,200})\)")


class Misfit(Exception):
    """The output is no call, or none that fits."""


def _config(asked: Asked) -> dict[str, Any]:
    if asked.context.provider_config is None:
        raise CannotGrade("needs provider_config in the context")
    return asked.context.provider_config


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _fits(schema: Any, arguments: Any, name: str) -> None:
    try:
        faults = LANE.schema_faults(schema, arguments, seconds=SECONDS)
    except BadPattern as error:
        raise CannotGrade(f"the schema of {name!r} is faulty: {error}") from None
    except TimeoutError:
        raise CannotGrade(f"checking the arguments of {name!r} took longer than {SECONDS:g} s") from None
    if faults:
        raise Misfit(f"The call of {quote(name)} does not fit its schema: {'; '.join(faults)}")


def _check_openai(call: Any, offered: list[dict[str, Any]]) -> None:
    """OpenAI's shape: ``name``, and ``arguments`` as JSON text."""
    if not isinstance(call, dict) or not all(isinstance(call.get(key), str) for key in ("name", "arguments")):
        raise Misfit(f"The output is no function call: {quote(call)}")
    schema = next((one.get("parameters") for one in offered if one.get("name") == call["name"]), None)
    if schema is None:
        raise Misfit(f"There is no function {quote(call['name'])}")
    try:
        arguments = json.loads(call["arguments"])
    except (ValueError, RecursionError):
        raise Misfit(f"The arguments of {quote(call['name'])} are no JSON") from None
    _fits(schema, arguments, call["name"])


def _small_types(schema: Any) -> Any:
    """Google writes types in capitals."""
    if isinstance(schema, dict):
        return {
            key: value.lower() if key == "type" and isinstance(value, str) else _small_types(value)
            for key, value in schema.items()
        }
    return [_small_types(item) for item in schema] if isinstance(schema, list) else schema


def _google_calls(output: Any) -> list[dict[str, Any]] | None:
    """The calls in Google's shapes, None where the output has none of them."""
    if isinstance(output, str):
        try:
            output = json.loads(output)
        except (ValueError, RecursionError):
            return None
    if isinstance(output, dict) and isinstance(output.get("toolCall"), dict):
        return _listed(output["toolCall"].get("functionCalls"))
    if isinstance(output, list) and any(isinstance(one, dict) and "functionCall" in one for one in output):
        return [one["functionCall"] for one in output if isinstance(one, dict) and "functionCall" in one]
    return None


def _check_google(call: Any, offered: list[dict[str, Any]]) -> None:
    name = call.get("name") if isinstance(call, dict) else None
    found = next((one for one in offered if one.get("name") == name), None)
    if found is None:
        raise Misfit(f"There is no function {quote(name)}")
    arguments = call.get("args") or {}
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            raise Misfit(f"The arguments of {quote(name)} are no JSON") from None
    if arguments and not found.get("parameters"):
        raise Misfit(f"{quote(name)} takes no arguments")
    if found.get("parameters"):
        _fits(_small_types(found["parameters"]), arguments, str(name))


def function_call(asked: Asked) -> Graded:
    """One call, of a function in ``provider_config``: OpenAI's ``functions``, or Google's ``tools``."""
    config = _config(asked)
    tools = _listed(config.get("tools"))
    declared = [
        one
        for tool in tools
        for one in _listed(tool.get("functionDeclarations") or tool.get("function_declarations"))
    ]
    calls = _google_calls(asked.output) if declared else None
    try:
        if calls is not None:
            for call in calls:
                _check_google(call, declared)
        else:
            _check_openai(_only_call(asked), _listed(config.get("functions")))
    except Misfit as reason:
        return turned(asked, False, str(reason))
    return turned(asked, True, "The call fits its function's schema")


def _only_call(asked: Asked) -> Any:
    """The output's one call; beside a text it stands in a list."""
    calls = asked.context.tool_calls
    if calls is not None and len(calls) != 1:
        raise Misfit(f"There are {len(calls)} calls, one is asked for")
    output = asked.output if calls is None else calls[0].get("function")
    return output["function_call"] if isinstance(output, dict) and "function_call" in output else output


def tools_call(asked: Asked) -> Graded:
    """All of OpenAI's ``tool_calls``, of functions in ``tools``; of MCP tools, whether they succeeded."""
    text = asked.text
    if (failed := "MCP Tool Error" in text) or "MCP Tool Result" in text:
        named = MCP.search(text)
        told = f"The MCP tool {quote(named[1]) if named else ''} {'failed' if failed else 'answered'}"
        return turned(asked, not failed, told)
    output = asked.called
    calls = output.get("tool_calls") if isinstance(output, dict) and "tool_calls" in output else output
    tools = _listed(_config(asked).get("tools"))
    try:
        if not isinstance(calls, list) or not calls:
            raise Misfit(f"The output holds no tool calls: {quote(calls)}")
        offered = [one["function"] for one in tools if isinstance(one.get("function"), dict)]
        if not offered:
            raise Misfit("The output calls tools, and provider_config offers none")
        for call in calls:
            _check_openai(call.get("function") if isinstance(call, dict) else call, offered)
    except Misfit as reason:
        return turned(asked, False, str(reason))
    return turned(asked, True, "All calls fit their tools' schemas")
