"""``tool-call-f1``: the tools that were called against those that were expected, as sets of names."""

import json
from collections.abc import Iterator
from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded

MOST_TRIES = 2000
MOST_WORK = 50_000_000


class TooMuch(Exception):
    """Finding JSON in the text takes more work than is granted."""


def _name(value: Any) -> str | None:
    found = value.get("name") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _of_block(block: dict[str, Any], *, listed: bool) -> Iterator[str | None]:
    """The names in one object: of OpenAI, Anthropic or Google."""
    if isinstance(block.get("tool_calls"), list):
        for call in block["tool_calls"]:
            if isinstance(call, dict):
                yield from (_name(call.get("function")), _name(call))
    elif block.get("type") in {"tool_use", "function_call"}:
        yield _name(block)
    elif isinstance(block.get("functionCall"), dict):
        yield _name(block["functionCall"])
    elif isinstance(block.get("toolCall"), dict):
        yield from map(_name, block["toolCall"].get("functionCalls") or [])
    elif listed:
        yield _name(block["function"]) if isinstance(block.get("function"), dict) else _name(block)


def names(output: Any) -> set[str]:
    """The names of the tools called in an output: structured, JSON text, or JSON between lines of prose."""
    if isinstance(output, str):
        try:
            return names(json.loads(output))
        except (ValueError, RecursionError):
            return {name for document in in_prose(output) for name in names(document)}
    blocks = output if isinstance(output, list) else [output]
    found: set[str] = set()
    for block in blocks:
        if isinstance(block, dict):
            found |= {name for name in _of_block(block, listed=isinstance(output, list)) if name}
    return found


def in_prose(text: str) -> Iterator[Any]:
    """JSON objects and lists that begin and end a line, outside of code fences; raises ``TooMuch``."""
    decoder, at, fence, tries, work = json.JSONDecoder(), 0, "", 0, 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        if line[:3] in {"```", "~~~"} and (not fence or line.startswith(fence)):
            fence = "" if fence else line[:3]
        elif not fence and line[:1] in {"{", "["}:
            tries += 1
            start = text.index(line[0], at)
            try:
                document, stop = decoder.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                work += getattr(error, "pos", end) - start
            else:
                rest = text.find("\n", stop)
                rest = len(text) if rest < 0 else rest
                if not text[stop:rest].strip():
                    yield document
                end = rest
            if tries > MOST_TRIES or work > MOST_WORK:
                raise TooMuch
        at = end + 1


def tool_call_f1(asked: Asked) -> Graded:
    """The harmonic mean of precision and recall, at least ``threshold`` (1); order does not count."""
    value = asked.value.split(",") if isinstance(asked.value, str) else asked.value
    if not isinstance(value, list):
        raise CannotGrade("needs a value: tool-call-f1 takes names of tools")
    expected = {str(one).strip() for one in value} - {""}
    if not expected:
        raise CannotGrade("needs a value: tool-call-f1 takes at least one name of a tool")
    try:
        called = names(asked.called)
    except TooMuch:
        return Graded(False, 0.0, "The output's JSON is too broken to find all calls in it")
    hit = len(expected & called)
    score = 2 * hit / (len(expected) + len(called)) if hit else 0.0
    passed = (score >= asked.least(1.0)) != asked.inverse
    told = f"Expected {', '.join(sorted(expected))}; called {', '.join(sorted(called)) or 'none'}"
    return Graded(passed, score, f"Tool call F1 is {score:.3f}. {told}")
