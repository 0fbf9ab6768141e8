"""What a key finds: prompts of its collections, never by the words of a draft that it may not read."""

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from audits.identity.actors import Actor
from prompts.registry.models import Prompt, Version
from prompts.registry.search import read_query, search_prompts
from prompts.serving.selectors.catalogue import readable_versions
from prompts.serving.selectors.reach import Reach, known_to, reach_of


def prompts_found(actor: Actor, query: str) -> QuerySet[Prompt]:
    """Prompts of the key's scope that fit, best first.

    The index holds the newest text, which may be a draft. A key that does not read drafts finds a prompt by
    its text or its fragments only if it reads that newest version; else name, tags and purpose must hold
    every word.
    """
    reach = reach_of(actor)
    if reach.drafts:
        return search_prompts(actor, query)
    if any(operator == "uses" for operator, _ in read_query(query).operators):
        return search_prompts(actor, query).filter(known_to(actor), newest_is_readable(reach))
    # Asked of the hits alone: as a subquery it would be worked out for every prompt first.
    return search_prompts(actor, query).filter(known_to(actor), newest_is_readable(reach) | named_by(query))


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
