"""The filters of the prompt list: read from an address, written back into links, applied to a queryset."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.models import Kind, RiskTier, Version
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors import ended

STATES = {
    "draft": "Draft",
    "awaiting": "Awaiting approval",
    "released": "Released",
    "inherited": "Inherited",
    "frozen": "Frozen",
    "retired": "Retired",
    "archived": "Archived",
}
LONGEST_QUERY = 300
_TYPED_STATE = re.compile(r"(?<!\S)state:(\w+)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; an empty text narrows nothing."""

    q: str = ""
    collection: str = ""
    folder: str = ""
    kind: str = ""
    tier: str = ""
    state: str = ""
    tag: str = ""
    owner: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """From the address; NULs are dropped, since no database takes them."""
        told = {
            f.name: str(values.get(f.name, "")).replace("\0", "")[:LONGEST_QUERY].strip() for f in fields(cls)
        }
        return cls(**told)._with_typed_state()

    def _with_typed_state(self) -> Self:
        """``state:`` typed among the words is the filter of that name."""
        found = _TYPED_STATE.search(self.q)
        if found is None or found[1].lower() not in STATES:
            return self
        rest = f"{self.q[: found.start()]} {self.q[found.end() :]}".strip()
        return replace(self, q=rest, state=found[1].lower())

    def link(self, **changes: str) -> str:
        """The query string with some filters changed; an empty one for the whole list."""
        kept = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    def set_ones(self) -> list[tuple[str, str, str]]:
        """Those in force besides the search: name, value in words, and the link that takes it away."""
        words = {**STATES, **dict(Kind.choices), **dict(RiskTier.choices)}
        told = {name: value for name, value in asdict(self).items() if value and name != "q"}
        return [(name, words.get(value, value), self.link(**{name: ""})) for name, value in told.items()]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass all filters; the search itself is the caller's."""
        plain = {"collection__slug": self.collection, "kind": self.kind, "risk_tier": self.tier}
        plain |= {"tag_rows__name": self.tag, "owner__username": self.owner, "name__startswith": self.folder}
        rows = rows.filter(**{lookup: value for lookup, value in plain.items() if value})
        return rows.filter(_in_state(self.state)) if self.state in STATES else rows


def _in_state(state: str) -> Q:
    """Prompts whose first or second badge shows the state.

    Few are drafts, awaiting, frozen or retired, so they are gathered first; most may be released, so that is
    asked of each row in turn.
    """
    stopped = Freeze.objects.filter(lifted_at__isnull=True)
    drafts, opened = Version.objects.drafts(), ApprovalRequest.objects.filter(state="open")
    frozen, retired = _named_by(stopped), _named_by(ended())
    live = Q(Exists(Release.objects.filter(prompt=OuterRef("pk"), state="live")))
    return {
        "draft": _named_by(drafts),
        "awaiting": _named_by(opened),
        "released": live & ~frozen & ~retired,
        "inherited": _named_by(Release.objects.filter(state="live", inherited=True)),
        "frozen": frozen & ~retired,
        "retired": retired,
        "archived": Q(archived_at__isnull=False),
    }[state]


def _named_by(rows: QuerySet[Any]) -> Q:
    return Q(pk__in=rows.values("prompt"))
