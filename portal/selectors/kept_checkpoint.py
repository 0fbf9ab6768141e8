"""Whether today's log is still the one that a kept checkpoint described, and if not, in which way."""

from dataclasses import dataclass, field

from audits.ledger import merkle, notes
from audits.ledger.keyring import keyring
from audits.ledger.keys import KeyUnusable
from audits.ledger.models import Checkpoint
from audits.ledger.selectors import consistency_proof
from audits.ledger.verification import altered_before

AT_ONCE = 100_000
"""Entries that are read again while somebody waits, within two or three seconds."""


@dataclass(slots=True)
class Compared:
    """The outcome: ``ok``, a sentence, and the facts behind it, each with whether it fits."""

    old: notes.Tree
    ok: bool = True
    words: str = ""
    facts: list[tuple[bool, str]] = field(default_factory=list)

    def fact(self, fits: bool, words: str) -> None:
        """Adds one; one that does not fit decides."""
        self.facts.append((fits, words))
        self.ok = self.ok and fits


def compare(text: str, head: Checkpoint | None) -> Compared:
    """Raises ``notes.BadNote`` for what is no checkpoint."""
    note = notes.parse(text)
    found, old = Compared(note.tree), note.tree
    if head is None:
        found.fact(False, "This portal has signed nothing yet.")
    else:
        _origin(found, notes.parse(head.note).tree.origin)
        _signature(found, note)
        _tree(found, old, head)
        _entries(found, old)
    if found.ok and old.size > AT_ONCE:
        found.words = f"Consistent: the signed log begins with its {old.size:,} entries."
    elif found.ok:
        found.words = f"Consistent: none of its {old.size:,} entries has been altered since."
    else:
        found.words = "Not consistent: " + next(words for fits, words in found.facts if not fits)
    return found


def _entries(found: Compared, old: notes.Tree) -> None:
    """The tree proves which entries there were; whether they still are these, only reading them tells."""
    if not found.ok:
        return
    if old.size > AT_ONCE:
        found.facts.append((True, "These are too many to be read again here: a verification reads them."))
    elif old.size and (bad := altered_before(old)):
        place = bad.kind if bad.position is None else f"entry {bad.position:,}"
        found.fact(False, f"{place}, {bad.subject}: {bad.reason}.")
    else:
        found.facts.append((True, "Each of them was read again, and is as it was entered."))


def _origin(found: Compared, ours: str) -> None:
    same = found.old.origin == ours
    found.fact(same, f"It is of {'this log' if same else 'another log'}: {found.old.origin}.")


def _signature(found: Compared, note: notes.Note) -> None:
    if not note.signatures:
        found.facts.append((True, "It carries no signature: anybody could have written these lines."))
        return
    try:
        known = keyring(note.tree.origin).knows(note)
    except KeyUnusable:
        known = False
    found.fact(known, "A key of this log signed it." if known else "None of this log's keys signed it.")


def _tree(found: Compared, old: notes.Tree, head: Checkpoint) -> None:
    if old.size > head.size:
        words = (
            f"it has {old.size:,} entries, the signed log only {head.size:,}; restored from an old backup?"
        )
        found.fact(False, words)
        return
    try:
        path = consistency_proof(old.size, head.size) if old.size else []
        fits = old.root == merkle.EMPTY_ROOT if old.size == 0 else False
        fits = fits or merkle.is_consistent(old.size, old.root, head.size, head.root, path)
    except KeyError:
        found.fact(False, "rows of the tree are missing: have the whole log verified.")
        return
    if fits:
        found.fact(True, f"The log of {head.size:,} entries begins with its {old.size:,}.")
    else:
        found.fact(False, f"entries before {old.size:,} are not as it described them.")
