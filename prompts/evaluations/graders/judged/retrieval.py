"""``answer-relevance`` and ``context-*``: the measures of RAGAS (Es et al. 2023) for answers from sources."""

import re
from typing import Any

from prompts.evaluations.graders import values
from prompts.evaluations.graders.judged.asking import ask, lines, prompt_of, unreadable, variable
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded
from prompts.evaluations.graders.similarity import CLOSE, cosine, embedded

QUESTIONS = 3
QUESTION = "Write the one question that the output answers best. Answer with the question alone."
RECALL = (
    "Go through the answer sentence by sentence. Write one line for each: the sentence, then "
    "whether the context "
    "supports it, ending with [Attributed] or [Not Attributed]."
)
NOTHING = "Insufficient Information"
RELEVANCE = (
    "Copy from the context, word by word, the sentences that are needed to answer the query, one on "
    "each line. "
    f"If there are none, answer only: {NOTHING}"
)
STATEMENTS = (
    "Split the output into statements that can be checked one by one and understood alone. Write "
    "one statement on "
    "each line, without numbers."
)
VERDICTS = "final verdict for each statement in order:"
SUPPORTED = (
    "For each statement, say briefly whether the context supports it. End with one line: Final "
    "verdict for each "
    "statement in order: followed by Yes. or No. for every statement, such as: Yes. No. Yes."
)
MARKER = re.compile(r"^\s*(?:\d+[.)]|[-*])\s*")


def _shared(asked: Asked, score: float, what: str) -> Graded:
    least = asked.least(0.5)
    passed = (score >= least - CLOSE) != asked.inverse
    return Graded(passed, 1 - score if asked.inverse else score, f"{what} {score:.2f}, threshold {least:g}")


def _context(asked: Asked, fallback: str | None = None) -> str | list[str]:
    if asked.told.get("contextTransform"):
        raise CannotGrade("refused: contextTransform, code in assertions is never run")
    found: Any = asked.context.vars.get("context") or fallback
    parts = found if isinstance(found, list) else [found]
    if not parts or not all(isinstance(one, str) and one for one in parts):
        raise CannotGrade(f"needs the variable context: {asked.type} compares with it")
    context: str | list[str] = found
    return context


def _whole(context: str | list[str]) -> str:
    return context if isinstance(context, str) else "\n\n".join(context)


def _sentences(text: str) -> list[str]:
    """Lines where there are several, else sentences; bare numbers of a list are none."""
    parts = lines(text)
    found = parts if len(parts) > 1 else re.split(r"(?<=[.!?])\s+", text)
    return [one.strip() for one in found if one.strip() and not re.fullmatch(r"\d+[.)]", one.strip())]


def answer_relevance(asked: Asked) -> Graded:
    """Three questions that the output would answer, on average near to the one that was asked."""
    query = asked.context.vars.get("query")
    question = query if isinstance(query, str) else prompt_of(asked)
    told = [ask(asked, QUESTION, {"output": asked.output}) for _ in range(QUESTIONS)]
    own, *others = embedded(asked, [question, *told])
    return _shared(asked, sum(cosine(own, one) for one in others) / QUESTIONS, "Relevance")


def context_recall(asked: Asked) -> Graded:
    """The share of the expected answer's sentences that the context supports."""
    context = _context(asked, asked.context.prompt)
    answer = ask(asked, RECALL, {"context": _whole(context), "answer": values.text(asked)})
    told = [line.lower() for line in lines(answer) if "attributed]" in line.lower()]
    if not told:
        raise unreadable(answer, "[Attributed] or [Not Attributed]")
    hits = sum("[attributed]" in line and "[not attributed]" not in line for line in told)
    return _shared(asked, hits / len(told), "Recall")


def context_relevance(asked: Asked) -> Graded:
    """The share of the context's parts that are needed for the query; the judge must quote them."""
    query, context = variable(asked, "query"), _context(asked)
    answer = ask(asked, RELEVANCE, {"query": query, "context": _whole(context)})
    whole = context if isinstance(context, str) else "\n".join(context)
    several = isinstance(context, list) or len(lines(context)) > 1
    units = [one for one in context if one.strip()] if isinstance(context, list) else _sentences(whole)
    if not units:
        raise CannotGrade(f"needs the variable context: {asked.type} compares with it")
    if NOTHING.lower() in answer.lower():
        return _shared(asked, 0.0, "Context relevance")
    found = set(lines(answer) if several else _sentences(answer))
    plain = " ".join(_whole(context).lower().split())
    if not any(" ".join(MARKER.sub("", one).lower().split()) in plain for one in found):
        raise unreadable(answer, "sentence of the context")
    return _shared(asked, min(len(found), len(units)) / len(units), "Context relevance")


def context_faithfulness(asked: Asked) -> Graded:
    """The share of the output's statements that the context supports."""
    question, context = variable(asked, "query"), _context(asked)
    if not isinstance(asked.output, str):
        raise CannotGrade("needs a text as output: context-faithfulness splits it into statements")
    told = lines(ask(asked, STATEMENTS, {"question": question, "output": asked.output}))
    answer = ask(asked, SUPPORTED, {"context": _whole(context), "statements": told})
    text = answer.lower()
    if VERDICTS in text:
        found = re.findall(r"\b(yes|no)\b", text[text.rindex(VERDICTS) + len(VERDICTS) :])
    else:
        found = re.findall(r"verdict: (yes|no)\b", text)
    if not found:
        raise unreadable(answer, "verdicts")
    return _shared(asked, min(1.0, found[: len(told)].count("yes") / len(told)), "Faithfulness")
