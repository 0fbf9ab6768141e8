"""The assertions that people write in a form: what each is called, and what is typed for it. Pure.

One row of the form is one assertion without JSON. What a row cannot say (sets, transforms, further fields)
stays in JSON beside the rows.
"""

from dataclasses import dataclass
from typing import Any

LONGEST_SAID = 60
MEASURES = {"latency", "cost"}
BOUNDS = {"min": "at least", "max": "at most"}
COUNTS = {
    "word-count": ("has", "word"),
    "character-count": ("has", "character"),
    "trajectory:step-count": ("took", "step"),
    "trace-span-count": ("has", "span"),
}
"""What is counted, with the verb before the number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``shape`` of the value: none, text, number, list (one on each line), range or json.

    ``label`` completes "The answer …"; ``hint`` says what to write. ``threshold`` is what its number means,
    empty where there is none. ``optional`` values may be left empty.
    """

    label: str
    shape: str = "none"
    hint: str = ""
    threshold: str = ""
    optional: bool = False


_LIKE = "least likeness, 0 to 1"
_LIST = "One on each line."
KINDS: dict[str, dict[str, Kind]] = {
    "Words": {
        "equals": Kind("is exactly", "text", "The whole answer, letter by letter."),
        "contains": Kind("contains", "text", "Capitals count."),
        "icontains": Kind("contains, in any case", "text", "Capitals do not count."),
        "contains-all": Kind("contains all of", "list", _LIST),
        "icontains-all": Kind("contains all of, in any case", "list", _LIST),
        "contains-any": Kind("contains one of", "list", _LIST),
        "icontains-any": Kind("contains one of, in any case", "list", _LIST),
        "starts-with": Kind("begins with", "text"),
        "ends-with": Kind("ends with", "text"),
        "regex": Kind("matches the pattern", "text", r"A regular expression, such as \d{4}-\d{2}."),
        "word-count": Kind(
            "has so many words", "range", "50, or 20-50, or 20- (at least), or -50 (at most)."
        ),
        "character-count": Kind("has so many characters", "range", "50, or 20-50, or 20-, or -50."),
        "is-refusal": Kind("refuses to answer"),
        "canary-kept": Kind(
            "keeps the hidden word",
            "text",
            "Empty: the case's own canary.",
            "characters that give it away, 8",
            True,
        ),
    },
    "Likeness to a text": {
        "levenshtein": Kind("is nearly", "text", "Typing errors are forgiven.", "most changed letters, 5"),
        "similar": Kind("means the same as", "list", _LIST, f"{_LIKE}, 0.75"),
        "rouge-n": Kind("shares words with (ROUGE)", "text", threshold=f"{_LIKE}, 0.75"),
        "bleu": Kind("is worded like (BLEU)", "list", _LIST, f"{_LIKE}, 0.5"),
        "gleu": Kind("is worded like (GLEU)", "list", _LIST, f"{_LIKE}, 0.5"),
        "meteor": Kind("is worded like (METEOR)", "list", f"{_LIST} Needs WordNet.", f"{_LIKE}, 0.5"),
    },
    "Form": {
        "is-json": Kind("is JSON", "json", "A JSON Schema, if it must have a shape.", optional=True),
        "contains-json": Kind(
            "contains JSON", "json", "A JSON Schema, if it must have a shape.", optional=True
        ),
        "is-html": Kind("is HTML"),
        "contains-html": Kind("contains HTML"),
        "is-xml": Kind(
            "is XML",
            "list",
            "Elements that must be there, such as order.id; one on each line.",
            optional=True,
        ),
        "contains-xml": Kind(
            "contains XML", "list", "Elements that must be there; one on each line.", optional=True
        ),
        "is-sql": Kind("is SQL", "json", 'Such as {"databaseType": "PostgresQL"}.', optional=True),
        "contains-sql": Kind(
            "contains SQL", "json", 'Such as {"databaseType": "PostgresQL"}.', optional=True
        ),
    },
    "A judge's opinion": {
        "llm-rubric": Kind(
            "meets, a model judges", "text", "In plain words, what a good answer does.", "least score, 0 to 1"
        ),
        "g-eval": Kind("scores well by these criteria, a model judges", "list", _LIST, "least score, 0.7"),
        "factuality": Kind("agrees with the facts of, a model judges", "text"),
        "model-graded-closedqa": Kind("meets the criterion, a model judges", "text"),
    },
    "The call": {
        "latency": Kind("came within", threshold="milliseconds"),
        "cost": Kind("cost at most", threshold="US dollars"),
        "finish-reason": Kind("ended because of", "text", "stop, length, content_filter or tool_calls."),
        "perplexity": Kind("was certain (perplexity at most)", threshold="most"),
        "perplexity-score": Kind("was certain (score at least)", threshold="least, 0 to 1"),
        "guardrails": Kind("passed the provider's filters"),
    },
    "Tools and traces": {
        "is-valid-function-call": Kind("is a valid call of a function"),
        "is-valid-openai-function-call": Kind("is a valid function call (OpenAI)"),
        "is-valid-openai-tools-call": Kind("holds only valid calls of tools (OpenAI)"),
        "tool-call-f1": Kind("calls these tools", "list", _LIST, "least F1, 1"),
        "skill-used": Kind("used the skills", "list", _LIST),
        "trajectory:tool-used": Kind("used the tools", "list", _LIST),
        "trajectory:tool-sequence": Kind("used the tools in this order", "list", _LIST),
        "trajectory:tool-args-match": Kind(
            "called a tool with", "json", 'Such as {"name": "find", "args": {"id": 7}}.'
        ),
        "trajectory:step-count": Kind("took so many steps", "json", 'Such as {"type": "tool", "max": 3}.'),
        "trace-span-count": Kind("has so many spans", "json", 'Such as {"pattern": "llm.*", "max": 2}.'),
        "trace-span-duration": Kind(
            "has no span slower than", "json", 'Milliseconds, such as {"max": 3000}.'
        ),
        "trace-error-spans": Kind(
            "has failed spans, at most", "number", "A number; empty for none.", optional=True
        ),
    },
    "Further": {
        "cel": Kind(
            "fulfils the condition",
            "text",
            "CEL, such as size(output) < 200 && output.contains(vars.name).",
            "least, if it comes to a number",
        ),
        "webhook": Kind(
            "is approved by the address", "text", "An https address that answers with a verdict."
        ),
    },
}
BY_TYPE: dict[str, Kind] = {name: kind for group in KINDS.values() for name, kind in group.items()}


def said(assertion: dict[str, Any]) -> str:
    """An assertion in a few words, such as ``not: contains “sorry”``."""
    told = str(assertion.get("type", ""))
    name = told.removeprefix("not-")
    limit = assertion.get("threshold")
    if name == "assert-set":
        share = "all" if limit is None else f"a share of {limit}"
        return f"{share} of ({'; '.join(said(one) for one in assertion.get('assert') or [])})"
    counted = _counted(name, assertion.get("value")) if name in COUNTS else ""
    words = counted or (BY_TYPE[name].label if name in BY_TYPE else name)
    if told != name:
        words = f"not: {words}"
    value = "" if counted else _short(assertion.get("value"))
    words = f"{words} “{value}”" if value else words
    if limit is None:
        return words
    return f"{words} {limit} {BY_TYPE[name].threshold}" if name in MEASURES else f"{words}, limit {limit}"


def _counted(name: str, value: Any) -> str:
    """``has at most 120 words``; empty where the value says no number."""
    verb, unit = COUNTS[name]
    bounds = value if isinstance(value, dict) else {"min": value, "max": value}
    least, most = bounds.get("min"), bounds.get("max")
    if not all(one is None or _is_number(one) for one in (least, most)) or least is most is None:
        return ""
    if least is None or most is None:
        number = f"at least {least}" if most is None else f"at most {most}"
    else:
        number = f"exactly {least}" if str(least) == str(most) else f"{least} to {most}"
    last = least if most is None else most
    rest = _short({key: one for key, one in bounds.items() if key not in BOUNDS})
    about = f" ({rest})" if rest else ""
    return f"{verb} {number} {unit}{'' if str(last) == '1' else 's'}{about}"


def _is_number(value: Any) -> bool:
    """A number, a text of one, or a variable that gives one."""
    return isinstance(value, int | float | str) and not isinstance(value, bool) and bool(str(value).strip())


def _short(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        plain = all(isinstance(one, str | int | float) for one in value.values())
        told = {BOUNDS.get(name, name): one for name, one in value.items()}
        value = ", ".join(f"{name} {one}" for name, one in told.items()) if plain else ""
    text = "" if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 1]}…"
