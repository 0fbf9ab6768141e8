"""Which assertion is asked by which function, and which cannot be asked here."""

from collections.abc import Callable

from prompts.evaluations.graders import (
    canary,
    choice,
    compare,
    confidence,
    expressions,
    guardrails,
    html_shape,
    json_shape,
    measures,
    overlap,
    patterns,
    refusal,
    similarity,
    skills,
    spans,
    sql_shape,
    text,
    tool_calls,
    tool_names,
    trajectory,
    webhook,
    xml_shape,
)
from prompts.evaluations.graders.judged import conversation, facts, geval, retrieval, rubric, services
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded

Grader = Callable[[Asked], Graded]


def _alone(asked: Asked) -> Graded:
    raise CannotGrade("needs another assertion: max-score adds up what the others score")


DETERMINISTIC: dict[str, Grader] = {
    "equals": text.equals,
    "contains": text.contains,
    "icontains": text.contains,
    "contains-any": text.contains_any,
    "icontains-any": text.contains_any,
    "contains-all": text.contains_all,
    "icontains-all": text.contains_all,
    "starts-with": text.starts_with,
    "ends-with": text.ends_with,
    "regex": patterns.regex,
    "word-count": text.word_count,
    "character-count": text.character_count,
    "levenshtein": text.levenshtein,
    "is-json": json_shape.is_json,
    "contains-json": json_shape.contains_json,
    "is-html": html_shape.is_html,
    "contains-html": html_shape.contains_html,
    "is-xml": xml_shape.is_xml,
    "contains-xml": xml_shape.contains_xml,
    "is-sql": sql_shape.is_sql,
    "contains-sql": sql_shape.contains_sql,
    "rouge-n": overlap.rouge,
    "bleu": overlap.bleu,
    "gleu": overlap.gleu,
    "meteor": overlap.meteor,
    "is-refusal": refusal.is_refusal,
    "canary-kept": canary.canary_kept,
    "choice": choice.choice,
    "cel": expressions.cel,
    "latency": measures.latency,
    "cost": measures.cost,
    "finish-reason": measures.finish_reason,
    "perplexity": confidence.perplexity,
    "perplexity-score": confidence.perplexity_score,
    "guardrails": guardrails.guardrails,
    "is-valid-function-call": tool_calls.function_call,
    "is-valid-openai-function-call": tool_calls.function_call,
    "is-valid-openai-tools-call": tool_calls.tools_call,
    "tool-call-f1": tool_names.tool_call_f1,
    "skill-used": skills.skill_used,
    "trace-span-count": spans.span_count,
    "trace-span-duration": spans.span_duration,
    "trace-error-spans": spans.error_spans,
    "trajectory:tool-used": trajectory.tool_used,
    "trajectory:tool-args-match": trajectory.tool_args_match,
    "trajectory:tool-sequence": trajectory.tool_sequence,
    "trajectory:step-count": trajectory.step_count,
    "webhook": webhook.webhook,
    "max-score": _alone,
}
EMBEDDED: dict[str, Grader] = {
    "similar": similarity.similar,
    "similar:cosine": similarity.similar,
    "similar:dot": similarity.similar,
    "similar:euclidean": similarity.similar,
}
JUDGED: dict[str, Grader] = {
    "llm-rubric": rubric.llm_rubric,
    "agent-rubric": rubric.search_rubric,
    "search-rubric": rubric.search_rubric,
    "g-eval": geval.g_eval,
    "factuality": facts.factuality,
    "model-graded-factuality": facts.factuality,
    "model-graded-closedqa": facts.closed_qa,
    "closed-qa": facts.closed_qa,
    "answer-relevance": retrieval.answer_relevance,
    "context-faithfulness": retrieval.context_faithfulness,
    "context-recall": retrieval.context_recall,
    "context-relevance": retrieval.context_relevance,
    "conversation-relevance": conversation.conversation_relevance,
    "trajectory:goal-success": rubric.goal_success,
    "select-best": compare.select_best,
    "classifier": services.classifier,
    "moderation": services.moderation,
    "pi": services.pi,
}
GRADERS: dict[str, Grader] = DETERMINISTIC | EMBEDDED | JUDGED
INSTEAD = "code in assertions is never run; write the condition as a cel assertion"
REFUSED = {"javascript": INSTEAD, "python": INSTEAD, "ruby": INSTEAD}


def grader_of(base: str) -> Grader:
    """The grader of an assertion's base type; raises ``CannotGrade`` with what stands against it."""
    if base in GRADERS:
        return GRADERS[base]
    if base in REFUSED:
        raise CannotGrade(f"refused: {base}, {REFUSED[base]}")
    raise CannotGrade(f"unknown assertion {base!r}")
