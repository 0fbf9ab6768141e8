"""The kinds of events, declared once each by the room whose verb they record.

Names are ``room.noun.past``. An undeclared or doubly declared name raises: an audit that shrugs is none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind: its stable name, and the sentence a person reads (``{actor} …``)."""

    name: str
    sentence: str

    def __str__(self) -> str:
        return self.name


_kinds: dict[str, EventKind] = {}


def declare(name: str, sentence: str) -> EventKind:
    """Registers a kind of event; raises ``ValueError`` for a bad or taken name."""
    parts = name.split(".")
    if len(parts) != 3 or not all(part.replace("_", "").isalpha() for part in parts):
        raise ValueError(f"{name!r} is not of the form room.noun.past")
    if name in _kinds:
        raise ValueError(f"the event {name!r} is declared twice")
    _kinds[name] = EventKind(name, sentence)
    return _kinds[name]


def kinds() -> dict[str, EventKind]:
    """All declared kinds by name."""
    return dict(_kinds)


def kind(name: str) -> EventKind:
    """The kind of that name; raises ``KeyError`` if it was never declared."""
    return _kinds[name]


ALARM_RAISED = declare("ledger.alarm.raised", "{actor} raised the alarm: {subject}")
ALARM_ENDED = declare("ledger.alarm.ended", "{actor} found that it is over: {subject}")
LOG_RESTORED = declare("ledger.log.restored", "{actor} went on with an older copy of {subject}")
ENTRIES_ERASED = declare("ledger.entries.erased", "{actor} erased the content of {subject}")
KEY_CHANGED = declare("ledger.key.changed", "{actor} gave {subject} a new signing key")
KEY_REPLACED = declare("ledger.key.replaced", "{actor} replaced the lost signing key of {subject}")
ROWS_WRITTEN = declare("ledger.rows.written", "{actor} wrote more rows of {subject}")
ROWS_TAKEN_IN = declare("ledger.rows.taken_in", "{actor} took {subject} in as they were found")
ROWS_TOLD_AGAIN = declare("ledger.rows.told_again", "{actor} told of rows of {subject} again")
