"""One case and one repeat: ask each provider and grade. Runs in threads and touches no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from prompts.evaluations.costs import Prices
from prompts.evaluations.graders import CannotGrade, Context, Graded, Tools, grade
from prompts.evaluations.graders.compare import COMPARISONS
from prompts.evaluations.judging import Hearing, Judge, price_of
from prompts.evaluations.providers import BLOCKED, Answer, Model, ProviderFault, Question
from prompts.evaluations.snapshots import CaseSnapshot

MOST_TEXT = 1_000_000
NO_TOOLS = Tools()
ENDED = {"stop", "length", "tool_calls"}
"""With these an answer ends that nothing was held back of."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be done; no ``question`` but a ``fault`` where the template could not be filled in."""

    case: CaseSnapshot
    provider_id: int
    repeat: int
    prices: Prices
    question: Question | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: pass, fail or error, with the answer as far as there is one."""

    item: Item
    state: str
    score: Decimal
    answer: Answer | None = None
    cost: Decimal | None = None
    error: str = ""
    assertions: list[dict[str, Any]] = field(default_factory=list)
    named_scores: dict[str, float] = field(default_factory=dict)
    judged_by: str = ""
    judge_cost: Decimal | None = None
    raw: str = ""


def compares(case: CaseSnapshot) -> bool:
    """Whether the case has an assertion that compares the answers of several providers."""
    kinds = (one.get("type") for one in case.assertions if isinstance(one, dict))
    return any(isinstance(kind, str) and kind.removeprefix("not-") in COMPARISONS for kind in kinds)


def work_on(
    items: Sequence[Item], models: Mapping[int, Model], tools: Tools = NO_TOOLS, judge: Judge | None = None
) -> list[Outcome]:
    """Asks the models and grades their answers; whatever goes wrong becomes an outcome.

    ``items`` are of one case and one repeat; only answers that came are compared with each other. A judge is
    asked the same thing once, so that all of them hear the same verdict.
    """
    asked = [_asked(item, models[item.provider_id]) for item in items]
    given = [outcome.answer for outcome in asked if outcome.answer is not None]
    outputs = [_output(answer) for answer in given]
    heard: dict[str, Answer] = {}
    place, found = 0, []
    for outcome in asked:
        if outcome.answer is None:
            found.append(outcome)
            continue
        hearing = Hearing(judge, heard, items[0].repeat) if judge else None
        own = replace(tools, judge=hearing.ask) if hearing else tools
        graded = _judged(outcome, own, outputs, place)
        if hearing:
            graded = replace(graded, judged_by=hearing.judged_by, judge_cost=hearing.cost)
        found.append(graded)
        place += 1
    return found


def _asked(item: Item, model: Model) -> Outcome:
    """The answer with its cost, or the fault; not graded yet."""
    if item.question is None:
        return Outcome(item, "error", Decimal(0), error=item.fault)
    try:
        answer = model(replace(item.question, repeat=item.repeat))
    except ProviderFault as fault:
        return Outcome(item, "error", Decimal(0), error=fault.message, raw=fault.raw)
    return Outcome(item, "error", Decimal(0), answer, price_of(item.prices, answer), raw=answer.raw)


def _judged(outcome: Outcome, tools: Tools, outputs: list[Any], place: int) -> Outcome:
    try:
        found = _graded(outcome, tools, outputs, place)
    except CannotGrade as reason:
        return replace(outcome, error=f"Cannot grade: {reason}")
    score = Decimal(str(min(max(found.score, 0.0), 1.0))).quantize(Decimal("0.000001"))
    return replace(
        outcome,
        state="pass" if found.passed else "fail",
        score=score,
        assertions=[part.as_dict() for part in found.components],
        named_scores=found.named_scores,
    )


def _output(answer: Answer) -> Any:
    """An answer that only calls tools is graded as the JSON of its calls."""
    return answer.output if answer.output or not answer.tool_calls else _calls(answer)


def _calls(answer: Answer) -> list[dict[str, Any]]:
    """The calls as OpenAI writes them, which is how assertions about tools are worded."""
    return [
        {
            "id": call.get("id", ""),
            "type": "function",
            "function": {"name": call.get("name"), "arguments": call.get("arguments")},
        }
        for call in answer.tool_calls
    ]


def _graded(outcome: Outcome, tools: Tools, outputs: list[Any], place: int) -> Graded:
    item, answer, cost = outcome.item, outcome.answer or Answer(""), outcome.cost
    case, question = item.case, item.question or Question([])
    context = Context(
        vars=case.vars,
        prompt="\n\n".join(str(message.get("content") or "") for message in question.messages),
        latency_ms=answer.latency_ms,
        cost=None if cost is None else float(cost),
        finish_reason=answer.finish_reason or None,
        logprobs=answer.logprobs or None,
        guardrails=_guardrails(answer),
        tool_calls=_calls(answer) or None,
        provider_config={"tools": question.tools, "functions": _functions(question.tools)},
        outputs=outputs,
        index=place,
        tools=tools,
    )
    threshold = None if case.threshold is None else float(case.threshold)
    return grade(case.assertions, outputs[place], context, threshold)


def _guardrails(answer: Answer) -> dict[str, Any] | None:
    """What the provider's own filters did, as far as the end of its answer tells it."""
    if answer.finish_reason == BLOCKED:
        return {"flagged": True, "flaggedOutput": True}
    return {"flagged": False} if answer.finish_reason in ENDED else None


def _functions(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [tool["function"] for tool in tools if isinstance(tool.get("function"), dict)]
