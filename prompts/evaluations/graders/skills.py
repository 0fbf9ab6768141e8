"""``skill-used``: which skills the provider reports in its response's metadata."""

from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.globs import matches
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, turned


def _used(asked: Asked) -> list[str]:
    metadata = asked.context.response_metadata
    if metadata is None:
        raise CannotGrade("needs response_metadata in the context")
    calls = metadata.get("skillCalls")
    return [
        call["name"]
        for call in (calls if isinstance(calls, list) else [])
        if isinstance(call, dict) and isinstance(call.get("name"), str) and call.get("is_error") is not True
    ]


def skill_used(asked: Asked) -> Graded:
    """A name, a list of which all must be used, or ``{"name" or "pattern", "min", "max"}``."""
    used = _used(asked)
    told = f"Used: {', '.join(used) or 'none'}"
    if isinstance(asked.value, dict):
        return _counted(asked, used, told)
    wanted = [one.strip() for one in values.texts(asked)]
    if not all(wanted):
        raise CannotGrade("needs a value: skill-used takes names of skills")
    hits = [one for one in wanted if one in used]
    passed = not hits if asked.inverse else len(hits) == len(wanted)
    return Graded(
        passed, float(passed), f"Expected {'none of ' if asked.inverse else ''}{', '.join(wanted)}. {told}"
    )


def _whole(value: dict[str, Any], name: str) -> int | None:
    found = values.bound(value, name)
    if found is not None and (found < 0 or not found.is_integer()):
        raise CannotGrade(f"needs a whole number as {name}")
    return None if found is None else int(found)


def _counted(asked: Asked, used: list[str], told: str) -> Graded:
    value = asked.value
    name, pattern = (str(value.get(key) or "").strip() for key in ("name", "pattern"))
    if not (name or pattern):
        raise CannotGrade("needs a name or a pattern in the value of skill-used")
    least, most = _whole(value, "min"), _whole(value, "max")
    if least is not None and most is not None and most < least:
        raise CannotGrade("the value of skill-used has a min above its max")
    count = sum((not name or one == name) and (not pattern or matches(one, pattern)) for one in used)
    if asked.inverse:
        if least is not None or most not in (None, 0):
            raise CannotGrade("not-skill-used counts nothing: leave min and max out")
        return Graded(count == 0, float(count == 0), f"{name or pattern} was used {count} times. {told}")
    least = least if least is not None else (1 if most is None else 0)
    holds = count >= least and (most is None or count <= most)
    span = f"at least {least}" if most is None else f"{least} to {plain(most)}"
    return turned(asked, holds, f"{name or pattern} was used {count} times, expected {span}. {told}")
