"""Which assertion is asked by which function, and which cannot be asked here."""

from collections.abc import Callable

from prompts.evaluations.graders import json_shape, measures, patterns, refusal, text, xml_shape
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded

GRADERS: dict[str, Callable[[Asked], Graded]] = {
    "equals": text.equals,
    "contains": text.contains,
    "icontains": text.contains,
    "contains-any": text.contains_any,
    "icontains-any": text.contains_any,
    "contains-all": text.contains_all,
    "icontains-all": text.contains_all,
    "starts-with": text.starts_with,
    "ends-with": text.ends_with,
    "word-count": text.word_count,
    "character-count": text.character_count,
    "levenshtein": text.levenshtein,
    "regex": patterns.regex,
    "is-json": json_shape.is_json,
    "contains-json": json_shape.contains_json,
    "is-xml": xml_shape.is_xml,
    "latency": measures.latency,
    "cost": measures.cost,
    "finish-reason": measures.finish_reason,
    "is-refusal": refusal.is_refusal,
}

NEEDS_EMBEDDER = {"similar", "similar:cosine", "similar:dot", "similar:euclidean"}
NEEDS_PROVIDER = {
    "agent-rubric", "answer-relevance", "classifier", "context-faithfulness", "context-recall",
    "context-relevance", "conversation-relevance", "factuality", "g-eval", "llm-rubric", "moderation",
    "model-graded-closedqa", "model-graded-factuality", "pi", "search-rubric", "select-best",
    "trajectory:goal-success",
}  # fmt: skip
REFUSED = {
    "javascript": "code in assertions is never run",
    "python": "code in assertions is never run",
    "ruby": "code in assertions is never run",
    "webhook": "grading makes no outgoing call",
}


def grader_of(base: str) -> Callable[[Asked], Graded]:
    """The grader of an assertion's base type; raises ``CannotGrade`` with what stands against it."""
    if base in GRADERS:
        return GRADERS[base]
    if base in NEEDS_PROVIDER:
        raise CannotGrade(f"needs a provider: {base} is judged by a model")
    if base in NEEDS_EMBEDDER:
        raise CannotGrade(f"needs an embedder: {base} compares meanings")
    if base in REFUSED:
        raise CannotGrade(f"refused: {base}, {REFUSED[base]}")
    raise CannotGrade(f"unknown assertion {base!r}")
