"""Where a variant has drifted apart from its base. Pure.

What must stand in every variant is declared as clauses; each may have several wordings, such as one per
language, of which one must be there. The rest is compared: fragments, variables, tools, the shape of the
answer, and sentences of the base that forbid or demand something.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from audits.identity.errors import Unacceptable

MOST_CLAUSES = 50
MOST_WORDINGS = 20
LONGEST_WORDING = 1_000
MOST_SENTENCES = 200
"""Demanding sentences of the base that are looked for, from its beginning."""
LONGEST_SENTENCE = 600
LIKE = 80
"""From this similarity on (0 to 100) a sentence counts as said in other words."""

MISSING, DIFFERS, LOOK = "missing", "differs", "look"
"""How sure a finding is: a declared clause is missing; a part differs; somebody should look."""

_DEMANDS = re.compile(
    r"\b(must|never|always|only|do not|don't|must not|may not|shall|cannot|not allowed|at no time|"
    r"forbidden|required|refuse|under no circumstances)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Side:
    """One text, its fragments put in, with what belongs to it; ``fragments`` are versions by name."""

    text: str
    fragments: Mapping[str, int] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    tools: Any = None
    output_schema: Any = None


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference that somebody should know of."""

    code: str
    level: str
    reason: str


def read_clauses(text: str) -> list[list[str]]:
    """Clauses as people type them: an empty line between two, and each line one wording of its clause."""
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return check_clauses(
        [[line.strip() for line in block.split("\n") if line.strip()] for block in blocks if block.strip()]
    )


def check_clauses(given: object) -> list[list[str]]:
    """Lists of wordings, unchanged; raises ``Unacceptable`` that says which one is at fault."""
    if not isinstance(given, list) or len(given) > MOST_CLAUSES:
        raise Unacceptable(f"Clauses are a list of at most {MOST_CLAUSES}.", field="clauses")
    for number, wordings in enumerate(given, start=1):
        if not isinstance(wordings, list) or not 1 <= len(wordings) <= MOST_WORDINGS:
            raise Unacceptable(f"Clause {number} needs 1 to {MOST_WORDINGS} wordings.", field="clauses")
        for wording in wordings:
            if not isinstance(wording, str) or not wording.strip() or "\0" in wording:
                raise Unacceptable(f"Clause {number} has an empty wording.", field="clauses")
            if len(wording) > LONGEST_WORDING:
                reason = f"Clause {number} has {len(wording):,} characters; {LONGEST_WORDING:,} are the most."
                raise Unacceptable(reason, field="clauses")
    return given


def drift_between(
    base: Side, variant: Side, clauses: Sequence[Sequence[str]], *, same_language: bool
) -> list[Drift]:
    """What a variant lacks or has otherwise, surest first.

    Sentences are compared only in the ``same_language``. A declared clause that the base itself lacks is a
    finding too: the base then says what no variant can be held to.
    """
    found = [
        *_missing_clauses(base, variant, clauses),
        *_fragments(base.fragments, variant.fragments),
        *_parts(base, variant),
    ]
    return [*found, *_sentences(base.text, variant.text, clauses)] if same_language else found


def missing_clauses(text: str, clauses: Iterable[Sequence[str]]) -> list[str]:
    """The first wording of every clause of which the text holds none; white space and case don't count."""
    folded = _folded(text)
    return [told[0] for told in clauses if not any(_folded(wording) in folded for wording in told)]


def _missing_clauses(base: Side, variant: Side, clauses: Sequence[Sequence[str]]) -> list[Drift]:
    lacking = [
        Drift("clause", MISSING, f"the clause “{clause}” is missing")
        for clause in missing_clauses(variant.text, clauses)
    ]
    own = [
        Drift("base-clause", LOOK, f"the base itself lacks the clause “{clause}”")
        for clause in missing_clauses(base.text, clauses)
    ]
    return [*lacking, *own]


def _fragments(base: Mapping[str, int], variant: Mapping[str, int]) -> list[Drift]:
    found = []
    for name, number in sorted(base.items()):
        if name not in variant:
            found.append(Drift("fragment", DIFFERS, f"does not include {name}, which the base includes"))
        elif variant[name] != number:
            told = f"includes {name} in version {variant[name]}, the base in version {number}"
            found.append(Drift("fragment-version", DIFFERS, told))
    return found


def _parts(base: Side, variant: Side) -> list[Drift]:
    found = []
    if lacking := sorted(base.variables - variant.variables):
        found.append(Drift("variables", DIFFERS, f"does not use {_listed(lacking)}, which the base uses"))
    if more := sorted(variant.variables - base.variables):
        found.append(Drift("variables", DIFFERS, f"asks for {_listed(more)}, which the base does not know"))
    if base.tools != variant.tools:
        found.append(Drift("tools", DIFFERS, "has other tools than the base"))
    if base.output_schema != variant.output_schema:
        found.append(Drift("output-schema", DIFFERS, "promises another shape of the answer than the base"))
    return found


def _sentences(base: str, variant: str, clauses: Iterable[Sequence[str]]) -> list[Drift]:
    """Sentences of the base that demand or forbid something, and have no counterpart in the variant."""
    declared = [_folded(wording) for told in clauses for wording in told]
    there = [_folded(sentence) for sentence in _pieces(variant)]
    folded = _folded(variant)
    found = []
    for sentence in [piece for piece in _pieces(base) if _DEMANDS.search(piece)][:MOST_SENTENCES]:
        wanted = _folded(sentence)
        if wanted in folded or any(clause in wanted for clause in declared):
            continue
        if not any(fuzz.token_sort_ratio(wanted, said) >= LIKE for said in there):
            found.append(Drift("sentence", LOOK, f"says nothing like “{sentence.strip()}”"))
    return found


def _pieces(text: str) -> list[str]:
    pieces = (piece[0][:LONGEST_SENTENCE] for piece in _SENTENCE.finditer(text))
    return [piece for piece in pieces if piece.strip(" \t-*#>.!?")][: MOST_SENTENCES * 5]


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
