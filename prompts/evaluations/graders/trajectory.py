"""``trajectory:*``: which tools an agent used, with which arguments, in which order, in how many steps."""

from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.globs import matches
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, quote, turned
from prompts.evaluations.graders.spans import spans_of
from prompts.evaluations.graders.steps import Step, steps_of
from prompts.evaluations.graders.text import same


def all_steps(asked: Asked) -> list[Step]:
    """The steps of the trace; raises ``CannotGrade`` where there is none."""
    spans = spans_of(asked)
    return steps_of(spans, (asked.context.trace or {}).get("metadata"))


def _tools(asked: Asked) -> list[Step]:
    return [step for step in all_steps(asked) if step.type == "tool"]


def _matcher(value: Any, asked: Asked) -> dict[str, Any]:
    """``{"pattern" or "name", "type"}``, of a text its pattern."""
    found = {"pattern": value} if isinstance(value, str) else value
    if not isinstance(found, dict) or not isinstance(found.get("pattern") or found.get("name"), str):
        raise CannotGrade(f"needs a name or a pattern in the value of {asked.type}")
    return found


def _label(matcher: dict[str, Any]) -> str:
    return str(matcher.get("pattern") or matcher.get("name") or "*")


def _is(step: Step, matcher: dict[str, Any], kinds: Any = "tool") -> bool:
    kinds = matcher.get("type") or kinds
    if kinds and step.type not in (kinds if isinstance(kinds, list) else [kinds]):
        return False
    return any(matches(alias, _label(matcher)) for alias in step.aliases)


def _told(steps: list[Step]) -> str:
    return f"Tools used: {', '.join(map(str, steps))[:500] or 'none'}"


def tool_used(asked: Asked) -> Graded:
    """A name or a list of which all are used; or ``{"pattern", "min" (1), "max"}``."""
    tools = _tools(asked)
    if isinstance(asked.value, dict):
        matcher = _matcher(asked.value, asked)
        least, most = values.bound(matcher, "min"), values.bound(matcher, "max")
        count = sum(_is(step, matcher) for step in tools)
        holds = count >= (1 if least is None else least) and (most is None or count <= most)
        return turned(asked, holds, f"{_label(matcher)} was used {count} times. {_told(tools)}")
    wanted = [_matcher(one, asked) for one in values.texts(asked)]
    hits = [one for one in wanted if any(_is(step, one) for step in tools)]
    passed = not hits if asked.inverse else len(hits) == len(wanted)
    names = ", ".join(map(_label, wanted))
    return Graded(
        passed, float(passed), f"Expected {'none of ' if asked.inverse else ''}{names}. {_told(tools)}"
    )


def tool_sequence(asked: Asked) -> Graded:
    """Tools in this order, others between them allowed; with ``"mode": "exact"`` these and no others."""
    value = {"steps": asked.value} if isinstance(asked.value, list) else asked.value
    if not isinstance(value, dict) or not isinstance(value.get("steps"), list) or not value["steps"]:
        raise CannotGrade("needs at least one step in the value of trajectory:tool-sequence")
    wanted, tools = [_matcher(one, asked) for one in value["steps"]], _tools(asked)
    if value.get("mode") == "exact":
        holds = len(tools) == len(wanted) and all(
            _is(step, one) for step, one in zip(tools, wanted, strict=True)
        )
    else:
        rest = iter(tools)
        holds = all(any(_is(step, one) for step in rest) for one in wanted)
    return turned(asked, holds, f"Expected the order {', '.join(map(_label, wanted))}. {_told(tools)}")


def step_count(asked: Asked) -> Graded:
    """``{"type", "pattern", "min", "max"}``: how many steps of such a type or name."""
    value = asked.value
    if not isinstance(value, dict):
        raise CannotGrade("needs an object as value of trajectory:step-count")
    least, most = values.bound(value, "min"), values.bound(value, "max")
    if least is None and most is None:
        raise CannotGrade("needs min or max in the value of trajectory:step-count")
    count = sum(_is(step, value, kinds=None) for step in all_steps(asked))
    holds = (least is None or count >= least) and (most is None or count <= most)
    wanted = [f"at least {plain(least)}"] * (least is not None) + [f"at most {plain(most)}"] * (
        most is not None
    )
    return turned(asked, holds, f"{count} steps, expected {' and '.join(wanted)}")


def _covers(actual: Any, expected: Any) -> bool:
    """Whether all that is expected is there; objects may hold more, lists may not."""
    if isinstance(expected, list):
        return (
            isinstance(actual, list) and len(actual) == len(expected) and all(map(_covers, actual, expected))
        )
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and _covers(actual[key], value) for key, value in expected.items()
        )
    return same(actual, expected)


def _ignored(key: str, ignore: list[str]) -> bool:
    return any(matches(key, one) if "*" in one or "?" in one else key == one for one in ignore)


def _without(args: Any, ignore: list[str], defaults: dict[str, Any]) -> Any:
    if not isinstance(args, dict):
        return args
    return {
        key: value
        for key, value in args.items()
        if not _ignored(key, ignore) and not (key in defaults and same(value, defaults[key]))
    }


def tool_args_match(asked: Asked) -> Graded:
    """``{"name" or "pattern", "args", "mode": "partial"|"exact", "defaults", "ignore"}``: one call fits."""
    value = asked.value
    if not isinstance(value, dict):
        raise CannotGrade("needs an object as value of trajectory:tool-args-match")
    matcher = _matcher(value, asked)
    expected = value["args"] if "args" in value else value.get("arguments")
    if expected is None and "args" not in value and "arguments" not in value:
        raise CannotGrade("needs args in the value of trajectory:tool-args-match")
    if value.get("mode") not in (None, "partial", "exact"):
        raise CannotGrade("needs partial or exact as mode")
    defaults, ignore = value.get("defaults") or {}, value.get("ignore") or []
    ignore = [ignore] if isinstance(ignore, str) else ignore
    if not isinstance(defaults, dict):
        raise CannotGrade("needs an object as defaults")
    if not isinstance(ignore, list) or not all(isinstance(one, str) and one.strip() for one in ignore):
        raise CannotGrade("needs names as ignore")
    fits = same if value.get("mode") == "exact" else _covers
    wanted = _without(expected, ignore, {})
    calls = [step for step in _tools(asked) if _is(step, matcher)]
    holds = any(step.has_args and fits(_without(step.args, ignore, defaults), wanted) for step in calls)
    seen = "; ".join(quote(step.args) for step in calls[:5] if step.has_args) or "none"
    return turned(asked, holds, f"Expected {_label(matcher)} with {quote(expected)}. Arguments seen: {seen}")
