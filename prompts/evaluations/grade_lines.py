"""One line of ``manage.py grade``: what is asked of one output, and the answer. Pure."""

from typing import Any

from prompts.evaluations.graders import CannotGrade, Context, Tools, grade, grade_one
from prompts.evaluations.graders.values import number

MOST_CHARACTERS = 60_000_000


def answer_to(asked: dict[str, Any], tools: Tools) -> dict[str, Any]:
    """``{"pass", "score", "reason"[, "componentResults", "namedScores"]}``, or ``{"error"}``."""
    try:
        output, context = _output(asked), context_of(asked, tools)
        if "assert" not in asked:
            raise CannotGrade("needs assert: an assertion or a list of them")
        wanted, raw = asked["assert"], asked.get("threshold")
        threshold = None if raw is None else number(raw, "threshold")
        if isinstance(wanted, list) or threshold is not None:
            found = grade(wanted if isinstance(wanted, list) else [wanted], output, context, threshold)
        else:
            found = grade_one(wanted, output, context)
    except CannotGrade as reason:
        return {"error": str(reason)}
    except RecursionError:
        return {"error": "nested too deep"}
    except Exception as error:  # noqa: BLE001  one line that nobody foresaw must not silence those behind it
        return {"error": f"cannot be graded: {type(error).__name__}: {str(error)[:200]}"}
    told = found.as_dict()
    told.pop("assertion", None)
    return told


def _output(asked: dict[str, Any]) -> Any:
    if "output" in asked:
        found = asked["output"]
    else:
        outputs, index = asked.get("outputs"), _index(asked)
        if not isinstance(outputs, list) or not 0 <= index < len(outputs):
            raise CannotGrade("needs output, or outputs and the index of one")
        found = outputs[index]
    if isinstance(found, str) and len(found) > MOST_CHARACTERS:
        raise CannotGrade(f"the output is longer than {MOST_CHARACTERS:,} characters")
    return found


def _index(asked: dict[str, Any]) -> int:
    found = asked.get("index", 0)
    if isinstance(found, bool) or not isinstance(found, int):
        raise CannotGrade("needs a whole number as index")
    return found


def _of(told: dict[str, Any], name: str, kind: type) -> Any:
    found = told.get(name)
    if found is not None and not isinstance(found, kind):
        raise CannotGrade(f"needs {'a list' if kind is list else 'an object'} as {name}")
    return found


def _logprobs(told: list[Any] | None) -> list[float] | None:
    """Numbers, or objects with a ``logprob`` as OpenAI writes them."""
    if told is None:
        return None
    return [number(one.get("logprob") if isinstance(one, dict) else one, "logprobs") for one in told]


def context_of(asked: dict[str, Any], tools: Tools) -> Context:
    """The context of a line; raises ``CannotGrade`` naming the field that has a wrong shape."""
    told = asked.get("context") or {}
    if not isinstance(told, dict):
        raise CannotGrade("needs an object as context")
    prompt, finish = told.get("prompt"), told.get("finish_reason")

    def figure(name: str) -> float | None:
        return None if told.get(name) is None else number(told[name], name)

    return Context(
        vars=_of(told, "vars", dict) or {},
        prompt=None if prompt is None else str(prompt),
        finish_reason=None if finish is None else str(finish),
        logprobs=_logprobs(_of(told, "logprobs", list)),
        guardrails=_of(told, "guardrails", dict),
        provider_config=_of(told, "provider_config", dict),
        response_metadata=_of(told, "response_metadata", dict),
        trace=_of(told, "trace", dict),
        outputs=_of(asked, "outputs", list),
        index=_index(asked),
        tools=tools,
        latency_ms=figure("latency_ms"),
        cost=figure("cost"),
    )
