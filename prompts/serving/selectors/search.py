"""What a key finds: prompts of its collections, never by the words of a draft that it may not read."""

from django.db.models import Exists, Max, OuterRef, Q

from audits.identity.actors import Actor
from prompts.registry.models import Prompt, Version
from prompts.registry.paging import place_of
from prompts.registry.search import read_query, search_prompts
from prompts.serving.selectors.catalogue import readable_versions
from prompts.serving.selectors.reach import Reach, known_to, reach_of

MOST_AT_ONCE = 2000
"""So many hits are asked in one query whether the key may be told of them."""


def prompts_found(actor: Actor, query: str, *, after: str, limit: int) -> tuple[list[Prompt], str]:
    """At most ``limit`` prompts of the key's scope that fit, best first, those after the place; and the place
    (prompts.registry.paging) after which the next page begins, or an empty text.

    The index holds the newest text, which may be a draft. A key that does not read drafts finds a prompt by
    its text or its fragments only if it reads that newest version; else name, tags and purpose must hold
    every word. That is asked of the best hits, then of the next ones, until the page is full: asked of all
    hits it would take many times the search itself.
    """
    reach = reach_of(actor)
    known = known_to(actor)
    if not reach.drafts:
        by_fragment = any(operator == "uses" for operator, _ in read_query(query).operators)
        readable = newest_is_readable(reach)
        known &= readable if by_fragment else readable | named_by(query)
    found: list[Prompt] = []
    size = 2 * limit
    while len(found) <= limit:
        hits = list(search_prompts(actor, query, after=after).only("name", "updated_at")[:size])
        keys = Prompt.objects.filter(known, pk__in=[row.pk for row in hits]).values_list("pk", flat=True)
        allowed = set(keys)
        found += [row for row in hits if row.pk in allowed]
        if len(hits) < size:
            break
        after, size = place_of(hits[-1]), min(8 * size, MOST_AT_ONCE)
    page = found[:limit]
    rows = Prompt.objects.select_related("collection", "owner").in_bulk([row.pk for row in page])
    return [rows[row.pk] for row in page], place_of(page[-1]) if len(found) > limit else ""


def newest_is_readable(reach: Reach) -> Q:
    """No version is newer than the newest one that the key reads."""
    newer = Version.objects.filter(prompt=OuterRef("prompt"), number__gt=OuterRef("number"))
    return Q(Exists(readable_versions(reach).filter(~Exists(newer), prompt=OuterRef("pk"))))


def named_by(query: str) -> Q:
    """Every word stands in the name, the tags or the purpose."""
    found = Q()
    for term in read_query(query).terms:
        found &= (
            Q(search_text__name__icontains=term)
            | Q(search_text__tags__icontains=term)
            | Q(search_text__purpose__icontains=term)
        )
    return found


def newest_numbers(reach: Reach, prompt_ids: list[int]) -> dict[int, int]:
    """The newest version that the key reads of each of these prompts; one query."""
    rows = readable_versions(reach).filter(prompt__in=prompt_ids).order_by()
    return dict(rows.values_list("prompt").annotate(newest=Max("number")))
