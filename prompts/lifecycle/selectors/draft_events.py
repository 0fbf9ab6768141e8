"""What the ledger remembers of drafts: who wrote in them, and which older text they began with.

Rows of a discarded draft are gone, and its number is given out again; the ledger's events stay.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from audits.ledger.models import Event
from prompts.registry.events import DRAFT_CREATED, DRAFT_EDITED

WRITING = (DRAFT_CREATED.name, DRAFT_EDITED.name)


@dataclass(slots=True)
class DraftEvents:
    """By subject (``bank/letter@3``): names of writers, and the numbers of the versions it was begun from."""

    writers_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    origins_of: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def writers(self, prompt: str, number: int) -> set[str]:
        """Everybody who wrote in drafts of that number."""
        return self.writers_of.get(f"{prompt}@{number}", set())

    def origins(self, prompt: str, number: int) -> set[int]:
        """Numbers of the versions from which drafts of that number were begun."""
        return self.origins_of.get(f"{prompt}@{number}", set())


def draft_events(spans: Iterable[tuple[str, range]]) -> DraftEvents:
    """The events of these prompts' drafts with these numbers: one query."""
    found = DraftEvents()
    subjects = {f"{name}@{number}" for name, numbers in spans for number in numbers}
    rows = Event.objects.filter(subject_type="version", subject__in=subjects, event__in=WRITING)
    for subject, actor, payload in rows.values_list("subject", "actor", "payload"):
        found.writers_of[subject].add(actor)
        if payload is not None and (origin := json.loads(payload).get("from_version")):
            found.origins_of[subject].add(int(origin))
    return found
