"""Where an approval request can go, as a table. Pure.

``approve`` and ``supersede`` are no verbs of a person: one happens when a signature takes the last seat, the
other when a newer version is submitted.
"""

from dataclasses import dataclass

from prompts.lifecycle.errors import NotPossible

OPEN, APPROVED = "open", "approved"
CHANGES_REQUESTED, REJECTED, WITHDRAWN = "changes_requested", "rejected", "withdrawn"
SUPERSEDED = "superseded"

WORDS = {
    OPEN: "awaiting approval",
    APPROVED: "approved",
    CHANGES_REQUESTED: "changes requested",
    REJECTED: "rejected",
    WITHDRAWN: "withdrawn",
    SUPERSEDED: "superseded",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow; ``told`` is the act in words."""

    verb: str
    source: str
    target: str
    told: str
    needs_comment: bool


TABLE = (
    Transition("sign", OPEN, OPEN, "signed", needs_comment=False),
    Transition("approve", OPEN, APPROVED, "approved", needs_comment=False),
    Transition("request_changes", OPEN, CHANGES_REQUESTED, "returned for changes", needs_comment=True),
    Transition("reject", OPEN, REJECTED, "rejected", needs_comment=True),
    Transition("withdraw", OPEN, WITHDRAWN, "withdrawn", needs_comment=False),
    Transition("supersede", OPEN, SUPERSEDED, "superseded", needs_comment=False),
)

VERBS = tuple(transition.verb for transition in TABLE)
STATES = tuple(WORDS)


def step(state: str, verb: str) -> Transition:
    """The arrow that ``verb`` takes from ``state``; raises ``NotPossible`` where there is none."""
    for transition in TABLE:
        if transition.source == state and transition.verb == verb:
            return transition
    told = next((row.told for row in TABLE if row.verb == verb), verb)
    raise NotPossible(f"This request is {WORDS.get(state, state)}; it can no longer be {told}.")
