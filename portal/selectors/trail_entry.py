"""One entry of the audit trail, opened: what it recorded, and the proof that it is in the signed tree."""

import json
import re
from dataclasses import dataclass
from typing import Any

from audits.ledger import notes
from audits.ledger.events import kinds
from audits.ledger.models import Checkpoint, Event
from audits.ledger.selectors import InclusionProof, inclusion_proof
from audits.ledger.services.record_event import timestamp
from portal.selectors.timeline import ICONS
from prompts.registry.diffs import Span, diff_words

FIRST_STEPS = 3
DIGEST = re.compile(r"[0-9a-f]{64}")
VERSION = re.compile(r"@([0-9]+)(?= to |$)")
"""The number of a version in a subject."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a payload; ``before`` stands where the act changed it."""

    name: str
    value: str
    before: str | None = None

    @property
    def is_change(self) -> bool:
        """Whether there was a value before."""
        return self.before is not None

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The change word by word: each piece ``same``, ``gone`` or ``new``, in the order of reading."""
        return merged(*diff_words(self.before or "", self.value))

    @property
    def is_digest(self) -> bool:
        """Whether the value is a SHA-256, which is shown as its chip."""
        return DIGEST.fullmatch(self.value) is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the open entry shows. ``equal`` is None where there is nothing to compare yet."""

    fields: list[Field]
    utc: str
    proof: InclusionProof | None
    equal: bool | None
    origin: str

    @property
    def first_steps(self) -> list[Any]:
        """The beginning of the path, shown at once."""
        return self.proof.steps[:FIRST_STEPS] if self.proof else []

    @property
    def other_steps(self) -> list[Any]:
        """The rest of it, folded."""
        return self.proof.steps[FIRST_STEPS:] if self.proof else []


def opened(event: Event, position: int | None, head: Checkpoint | None) -> Opened:
    """All about one entry; the path to the root is computed from the stored tree (two queries)."""
    proof, equal = None, None
    if head is not None and position is not None and position < head.size:
        try:
            proof = inclusion_proof(position, head.size)
            equal = proof.root == head.root
        except KeyError:  # rows of the tree were taken away
            equal = False
    origin = notes.parse(head.note).tree.origin if head else ""
    return Opened(fields_of(event.event, event.payload), timestamp(event.recorded_at), proof, equal, origin)


def fields_of(kind: str, payload: str | None) -> list[Field]:
    """The payload as lines. In kinds named ``….changed`` a pair is ``[before, after]``, as verbs write it."""
    try:
        values = json.loads(payload) if payload else {}
    except ValueError:
        return [Field("payload", str(payload))]
    if not isinstance(values, dict):
        return [Field("payload", _text(values))]
    return [_field(name, value, kind.endswith(".changed")) for name, value in values.items()]


def merged(old: list[Span], new: list[Span]) -> list[tuple[str, str]]:
    """Both sides of a comparison as one line. What is the same stands once, after what went and what came."""
    left, right = list(reversed(old)), list(reversed(new))
    found: list[tuple[str, str]] = []
    while left or right:
        for side, kind in ((left, "gone"), (right, "new")):
            while side and side[-1].changed:
                found.append((kind, side.pop().text))
        if left and right:
            one, other = left.pop().text, right.pop().text
            size = min(len(one), len(other))
            found.append(("same", one[:size]))
            for side, rest in ((left, one[size:]), (right, other[size:])):
                if rest:
                    side.append(Span(rest, False))
    return found


def _field(name: str, value: Any, changes: bool) -> Field:
    if changes and isinstance(value, list) and len(value) == 2:
        before, after = _text(value[0]), _text(value[1])
        return Field(name, after, before if before != after else None)
    return Field(name, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Told:
    """An act as a sentence in three parts for the list, whose actor mostly stands in a column of its own."""

    before: str
    subject: str
    after: str
    icon: str
    tone: str


def told(event: Event, who: str = "") -> Told:
    """What was done to what, with its icon and tone; an undeclared kind is told by its name.

    ``who`` is the actor's printed name, for sentences that do not begin with him.
    """
    kind = kinds().get(event.event)
    sentence = kind.sentence if kind else f"{event.event} {{subject}}"
    sentence = sentence.removeprefix("{actor} ").replace("{actor}", who or event.actor)
    before, has_subject, after = (part.strip() for part in sentence.partition("{subject}"))
    found = ((icon, tone) for word, icon, tone in ICONS if word in event.event.partition(".")[2])
    icon, tone = next(found, ("doc", ""))
    subject = (
        VERSION.sub(r", version \1", event.subject)
        if event.subject_type in {"version", "release"}
        else event.subject
    )
    return Told(before[:1].upper() + before[1:], subject if has_subject else "", after, icon, tone)
