"""Instructions that cannot both be followed, by plain rules over sentences of English.

A sentence with a condition, or about a part of the answer, contradicts nothing: it holds somewhere else.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from prompts.registry.lint.delimiters import INSTRUCTING
from prompts.registry.lint.findings import MOST, Finding, Passage, shortened

CONTRADICTION = "contradiction"
REASON = "Both cannot be followed; which of them wins differs from call to call. The other one: “{other}”."

_SENTENCE = re.compile(r"[^.!?;\n]{4,400}")
_ELSEWHERE = re.compile(
    r"(?i)\b(?:if|when|whenever|unless|otherwise|except|until|in case|for example|e\.g|each|every|per|titles?"
    r"|headlines?|headings?|summary|subject|bullets?|sections?|paragraphs?|introduction|introduce|abstract|captions?|slogans?)\b"
)
_ORDER = re.compile(
    r"(?i)\b(always|must always|never|do not|don't|must not|must never)\s+((?:[a-z'\u2019-]+[ \t]*){1,10})"
)
_SMALL = frozenset({"a", "an", "the", "your", "any", "all", "ever", "also"})
_MOST = re.compile(
    r"(?i)\b(?:at most|no more than|not more than|up to|maximum of|a maximum of|under|fewer than|less than|"
    r"not exceed|within|max)\s+(\d{1,5})\s+(words?|characters?|sentences?)\b"
)
_LEAST = re.compile(
    r"(?i)\b(?:at least|no fewer than|not fewer than|no less than|minimum of|(?<!no )(?<!not )more than)\s+"
    r"(\d{1,5})\s+(words?|characters?|sentences?)\b"
)
_SPEAK = (
    r"(?i)\b(?:answer|respond|reply|write|output|return|speak|communicate)\s+"
    r"(?:only\s+|always\s+|exclusively\s+|strictly\s+)?"
)
_LANGUAGE = re.compile(
    _SPEAK + r"in\s+(english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|japanese|"
    r"korean|arabic|turkish|hindi|swedish|norwegian|danish|finnish|greek|czech|ukrainian|hungarian)\b"
)
_FORMAT = re.compile(
    _SPEAK + r"(?:(?:in|as|with)\s+)?(?:a\s+)?(?:valid\s+|pure\s+|raw\s+|plain\s+)?"
    r"(json|xml|yaml|csv|html|markdown|text)\b(?! ?file)"
)


class Said(NamedTuple):
    """One instruction: what it is about, what it demands, and where."""

    subject: str
    demand: str
    passage: Passage
    start: int
    end: int


def _read(passage: Passage) -> Iterator[Said]:
    for sentence in _SENTENCE.finditer(passage.text):
        text, at = sentence[0], sentence.start()
        if _ELSEWHERE.search(text):
            continue
        for found in _ORDER.finditer(text):
            words = [word for word in re.split(r"[\s]+", found[2].lower()) if word and word not in _SMALL]
            rest = text[found.end() : found.end() + 1]
            if words and rest not in {"-", "{"}:
                demand = "always" if "always" in found[1].lower() else "never"
                yield Said("order " + " ".join(words), demand, passage, at + found.start(), at + found.end())
        for subject, pattern in (("language", _LANGUAGE), ("format", _FORMAT)):
            for found in pattern.finditer(text):
                yield Said(subject, found[1].lower(), passage, at + found.start(), at + found.end())
        for bound, pattern in (("most", _MOST), ("least", _LEAST)):
            for found in pattern.finditer(text):
                unit = found[2].lower().rstrip("s")
                yield Said(f"{bound} {unit}", found[1], passage, at + found.start(), at + found.end())


def find_contradictions(passages: list[Passage]) -> list[Finding]:
    """Each instruction against the first one about the same thing, over all instructing messages."""
    first: dict[str, Said] = {}
    findings: list[Finding] = []
    for said in (each for passage in passages if passage.role in INSTRUCTING for each in _read(passage)):
        before = first.setdefault(said.subject, said)
        if before.demand != said.demand:
            findings.append(_told(said, before))
        bound, _, unit = said.subject.partition(" ")
        if (other := first.get(f"{'least' if bound == 'most' else 'most'} {unit}")) and bound in {
            "most",
            "least",
        }:
            least, most = (other, said) if bound == "most" else (said, other)
            if int(least.demand) > int(most.demand):
                findings.append(_told(said, other))
        if len(findings) >= MOST:
            break
    return findings


def _told(said: Said, before: Said) -> Finding:
    titles = {"language": "Two languages of the answer", "format": "Two formats of the answer"}
    kind = said.subject.partition(" ")[0]
    title = titles.get(
        kind, "Two limits of length" if kind in {"most", "least"} else "Always and never the same"
    )
    other = shortened(before.passage.text[before.start : before.end])
    return Finding(
        CONTRADICTION, title, REASON.replace("{other}", other), said.passage.place(said.start, said.end)
    )
