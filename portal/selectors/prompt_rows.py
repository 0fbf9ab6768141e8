"""One page of the prompt list, at a number of queries that does not grow with its rows."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Q, QuerySet

from audits.identity.actors import Actor
from portal.selectors.excerpts import excerpts
from portal.selectors.prompt_filters import Filters
from prompts.registry.models import Prompt, SavedSearch, Version
from prompts.registry.paging import place_of, recent_first
from prompts.registry.querysets import collections_with
from prompts.registry.search import search_prompts
from prompts.releases.selectors import live_releases, state_of

PER_PAGE = 40
COUNTED = 1000
SAMPLED = 500
"""Tags, owners and folders offered as filters are those of so many rows, the last edited ones."""


@dataclass(slots=True)
class Row:
    """A prompt as the list shows it."""

    prompt: Prompt
    state: Any
    version: int | None
    live: list[Any] = field(default_factory=list)
    excerpt: str = ""


@dataclass(slots=True)
class Listing:
    """A page of rows; ``more`` is the cursor of the next one, ``count`` is capped (``counted_all`` tells)."""

    rows: list[Row]
    count: int
    counted_all: bool
    more: str


def listing(actor: Actor, filters: Filters, seen: QuerySet[Prompt], after: str = "") -> Listing:
    """The page after the place ``after`` (prompts.registry.paging); ``seen`` as for ``choices``."""
    if filters.q and filters.state != "archived":
        within = filters.apply(Prompt.objects.all())
        counted = search_prompts(actor, filters.q, within=within)
        rows = search_prompts(actor, filters.q, within=within, after=after)
    else:
        counted = _listed(filters, seen)
        rows = recent_first(counted, after)
    found = list(rows.select_related("collection", "owner")[: PER_PAGE + 1])
    count = counted.order_by().values("pk")[: COUNTED + 1].count()
    page = found[:PER_PAGE]
    more = place_of(page[-1]) if len(found) > PER_PAGE else ""
    return Listing(dressed(page, filters.q), min(count, COUNTED), count <= COUNTED, more)


def _listed(filters: Filters, seen: QuerySet[Prompt]) -> QuerySet[Prompt]:
    """What the list shows without a search, in no order.

    The search knows only what is in use: among archived prompts the name is looked for.
    """
    rows: Any = filters.apply(seen)
    return rows.filter(name__icontains=filters.q) if filters.state == "archived" else rows.in_use()


def dressed(prompts: list[Prompt], query: str = "") -> list[Row]:
    """Rows with state, newest version, live releases and, for a search, the place of the hit."""
    keys = [prompt.pk for prompt in prompts]
    states, live = state_of(keys), live_releases(keys)
    pieces = excerpts(keys, query)
    newest = dict(
        Version.objects.filter(prompt__in=keys).order_by().values_list("prompt").annotate(n=Max("number"))
    )
    return [
        Row(p, states.get(p.pk), newest.get(p.pk), live.get(p.pk, []), pieces.get(p.pk, "")) for p in prompts
    ]


def choices(actor: Actor, filters: Filters, seen: QuerySet[Prompt]) -> dict[str, Any]:
    """What can be chosen beside the rows: collections, subfolders, tags and owners among the prompts that
    the actor may see (``seen``, by ``seen_by_key``).
    """
    rows: Any = filters.apply(seen)
    sample = recent_first(rows.in_use()).values_list("name", "tags", "owner__username", "owner__full_name")
    told = list(sample[:SAMPLED])
    at = len(filters.folder)
    folders = {name[: name.index("/", at) + 1] for name, *_ in told if "/" in name[at:]}
    tags = Counter(tag for _, own, *_ in told for tag in set(own))
    people = {username: shown for *_, username, shown in told if username}
    return {
        "collections": list(collections_with(actor, "view")[:60]),
        "folders": sorted(folders)[:60] if len(folders) > 1 or filters.folder else [],
        "tags": sorted(tags, key=lambda tag: (-tags[tag], tag))[:24],
        "owners": sorted(people.items(), key=lambda person: person[1])[:60],
    }


def saved_searches(actor: Actor) -> list[SavedSearch]:
    """The person's own searches, and those that others share: what they find is narrowed for each reader."""
    shared = Q(is_shared=True, user__is_active=True)
    rows = SavedSearch.objects.filter(Q(user=actor.user) | shared).select_related("user")
    return sorted(
        rows[:100], key=lambda row: (row.user_id != getattr(actor.user, "pk", 0), row.name.casefold())
    )
