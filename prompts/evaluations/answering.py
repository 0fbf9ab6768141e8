"""One case, one provider, one repeat: ask and grade. Runs in threads and touches no database."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from prompts.evaluations.costs import Prices, cost_of
from prompts.evaluations.graders import CannotGrade, Context, Graded, Tools, grade
from prompts.evaluations.providers import Answer, Model, ProviderFault, Question
from prompts.evaluations.snapshots import CaseSnapshot

MOST_TEXT = 1_000_000
NO_TOOLS = Tools()


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


def work_on(item: Item, model: Model, tools: Tools = NO_TOOLS) -> Outcome:
    """Asks the model and grades its answer; whatever goes wrong becomes an outcome."""
    if item.question is None:
        return Outcome(item, "error", Decimal(0), error=item.fault)
    try:
        answer = model(item.question)
    except ProviderFault as fault:
        return Outcome(item, "error", Decimal(0), error=fault.message)
    cost = cost_of(item.prices, answer.input_tokens, answer.output_tokens, answer.cached_tokens)
    try:
        found = _graded(item, answer, cost, tools)
    except CannotGrade as reason:
        return Outcome(item, "error", Decimal(0), answer, cost, error=f"Cannot grade: {reason}")
    score = Decimal(str(min(max(found.score, 0.0), 1.0))).quantize(Decimal("0.000001"))
    told = [part.as_dict() for part in found.components]
    return Outcome(
        item, "pass" if found.passed else "fail", score, answer, cost, "", told, found.named_scores
    )


def _graded(item: Item, answer: Answer, cost: Decimal | None, tools: Tools) -> Graded:
    """An answer that only calls tools is graded as the JSON of its calls."""
    case, question = item.case, item.question or Question([])
    context = Context(
        vars=case.vars,
        prompt="\n\n".join(str(message.get("content") or "") for message in question.messages),
        latency_ms=answer.latency_ms,
        cost=None if cost is None else float(cost),
        finish_reason=answer.finish_reason or None,
        provider_config={"tools": question.tools, "functions": _functions(question.tools)},
        tools=tools,
    )
    output: Any = answer.output if answer.output or not answer.tool_calls else answer.tool_calls
    threshold = None if case.threshold is None else float(case.threshold)
    return grade(case.assertions, output, context, threshold)


def _functions(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [tool["function"] for tool in tools if isinstance(tool.get("function"), dict)]
