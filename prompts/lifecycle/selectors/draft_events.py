"""What the ledger remembers of drafts: who wrote in them, and which older text they began with.

Rows of a discarded draft are gone, and its number is given out again; the ledger's events stay. The first
text of a prompt is told with the prompt.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from audits.ledger.models import Event
from prompts.registry.events import DRAFT_CREATED, DRAFT_EDITED, PROMPT_CREATED

WRITING = (DRAFT_CREATED.name, DRAFT_EDITED.name)


@dataclass(slots=True)
class DraftEvents:
    """By subject (``bank/letter@3``): names of writers, numbers of versions it was begun from, and labels of
    texts of other prompts that were copied into it.
    """

    writers_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    origins_of: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    copied_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def copied(self, prompt: str, number: int) -> set[str]:
        """Labels of the texts of other prompts that drafts of that number began with."""
        return self.copied_of.get(f"{prompt}@{number}", set())

    def writers(self, prompt: str, number: int) -> set[str]:
        """Everybody who wrote in drafts of that number."""
        return self.writers_of.get(f"{prompt}@{number}", set())

    def origins(self, prompt: str, number: int) -> set[int]:
        """Numbers of the versions from which drafts of that number were begun."""
        return self.origins_of.get(f"{prompt}@{number}", set())


def draft_events(spans: Iterable[tuple[str, range]]) -> DraftEvents:
    """The events of these prompts' drafts with these numbers: one query."""
    found = DraftEvents()
    asked = list(spans)
    subjects = {f"{name}@{number}" for name, numbers in asked for number in numbers}
    first = {name for name, numbers in asked if 1 in numbers}
    drafts = Q(subject_type="version", subject__in=subjects, event__in=WRITING)
    prompts = Q(subject_type="prompt", subject__in=first, event=PROMPT_CREATED.name)
    rows = Event.objects.filter(drafts | prompts)
    for event, about, actor, payload in rows.values_list("event", "subject", "actor", "payload"):
        subject = f"{about}@1" if event == PROMPT_CREATED.name else about
        found.writers_of[subject].add(actor)
        told = json.loads(payload) if payload is not None else {}
        if origin := told.get("from_version"):
            found.origins_of[subject].add(int(origin))
        found.copied_of[subject] |= set(told.get("copied_from", ()))
    return found
