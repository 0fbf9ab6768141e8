"""One page of the prompt list, at a number of queries that does not grow with its rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.dateparse import parse_datetime

from audits.identity.actors import Actor
from portal.selectors.excerpts import excerpts
from portal.selectors.prompt_filters import Filters
from prompts.registry.models import Collection, Prompt, PromptTag, SavedSearch, Version
from prompts.registry.querysets import collections_with
from prompts.registry.search import search_prompts
from prompts.releases.selectors import live_releases, state_of

PER_PAGE = 40
COUNTED = 1000
SAMPLED = 2000
"""Tags, owners and folders offered as filters come from that many rows at most, so that they stay quick."""


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


def listing(actor: Actor, filters: Filters, after: str = "") -> Listing:
    """The page after the row that ``after`` names (a moment and a key; a plain number while searching)."""
    archived = filters.state == "archived"
    seen = Prompt.objects.visible_to(actor)
    visible = filters.apply(seen if archived else seen.in_use())
    if archived:  # the search knows only what is in use; among these the name is looked for
        visible = visible.filter(name__icontains=filters.q)
    if filters.q and not archived:
        start = int(after) if after.isascii() and after.isdigit() and len(after) < 5 else 0
        ranked = search_prompts(actor, filters.q, within=visible)
        found = list(ranked.select_related("collection", "owner")[start : start + PER_PAGE + 1])
        cursor = str(start + PER_PAGE)
        counted = ranked
    else:
        page = _after(visible, after).order_by("-updated_at", "-pk")
        found = list(page.select_related("collection", "owner")[: PER_PAGE + 1])
        last = found[PER_PAGE - 1] if len(found) > PER_PAGE else None
        cursor = f"{last.updated_at.isoformat()}|{last.pk}" if last else ""
        counted = visible
    count = counted.order_by().values("pk")[: COUNTED + 1].count()
    more = cursor if len(found) > PER_PAGE else ""
    rows = dressed(found[:PER_PAGE], filters.q)
    return Listing(rows, min(count, COUNTED), count <= COUNTED, more)


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


def _after(rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    moment, _, key = after.partition("|")
    seen = _moment(moment)
    if seen is None or not (key.isascii() and key.isdigit() and len(key) < 19):
        return rows
    return rows.filter(Q(updated_at__lt=seen) | Q(updated_at=seen, pk__lt=int(key)))


def _moment(text: str) -> datetime | None:
    """The moment in a cursor; nonsense is no cursor."""
    try:
        seen = parse_datetime(text)
    except ValueError:
        return None
    return seen if seen is not None and seen.tzinfo is not None else None


def choices(actor: Actor, filters: Filters) -> dict[str, Any]:
    """What can be chosen beside the rows: collections, subfolders, tags and owners of what is seen."""
    sample = filters.apply(Prompt.objects.visible_to(actor).in_use()).order_by("-updated_at", "-pk")
    names = list(sample.values_list("name", flat=True)[:SAMPLED])
    at = len(filters.folder)
    folders = {name[: name.index("/", at) + 1] for name in names if "/" in name[at:]}
    tags = PromptTag.objects.filter(prompt__in=sample.values("pk")[:SAMPLED]).values_list("name")
    people = Prompt.objects.filter(pk__in=sample.values("pk")[:SAMPLED], owner__isnull=False)
    return {
        "collections": list(
            Collection.objects.filter(pk__in=collections_with(actor, "view").values("pk"))[:60]
        ),
        "folders": sorted(folders)[:60] if len(folders) > 1 or filters.folder else [],
        "tags": [name for name, _ in tags.annotate(n=Count("pk")).order_by("-n", "name")[:24]],
        "owners": list(
            people.order_by("owner__full_name").values("owner__username", "owner__full_name").distinct()[:60]
        ),
    }


def saved_searches(actor: Actor) -> list[SavedSearch]:
    """The person's own searches, and those that others share: what they find is narrowed for each reader."""
    shared = Q(is_shared=True, user__is_active=True)
    rows = SavedSearch.objects.filter(Q(user=actor.user) | shared).select_related("user")
    return sorted(
        rows[:100], key=lambda row: (row.user_id != getattr(actor.user, "pk", 0), row.name.casefold())
    )
