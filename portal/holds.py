"""What legal holds reach of prompts and collections, and which kinds the portal itself decides by."""

from collections.abc import Iterable

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Left
from django.db.models.lookups import Exact

from audits.exports.held import keep, mentions, register_reach
from prompts.evaluations.models import Run
from prompts.registry.events import DRAFT_CREATED, DRAFT_EDITED, PROMPT_CREATED
from prompts.registry.former_names import former_names_of
from prompts.registry.models import FormerName, Prompt

AUTHORS = "It tells what a text was made from, by which nobody signs his own."


def register_all() -> None:
    """Called once at start-up."""
    register_reach("prompt", of_prompt)
    register_reach("collection", of_collection)
    for kind in (PROMPT_CREATED, DRAFT_CREATED, DRAFT_EDITED):
        keep(kind.name, AUTHORS)


def of_prompt(name: str) -> Q:
    """Entries about the prompt that has or had this name: its versions, releases and runs, and mentions."""
    once = FormerName.objects.filter(name=name).values("prompt")
    return _of_prompts(Prompt.objects.filter(Q(name=name) | Q(pk__in=once)), [name])


def of_collection(slug: str) -> Q:
    """Entries about the collection and all its prompts, whatever they were called before."""
    found = _of_prompts(Prompt.objects.filter(collection__slug=slug), [])
    named = Q(subject_type="collection", subject=slug) | begins(f"{slug}/")
    return found | named | mentions(slug) | mentions(f"{slug}/", whole=False)


def _of_prompts(prompts: QuerySet[Prompt], names: Iterable[str]) -> Q:
    known = dict(prompts.order_by().values_list("pk", "name"))
    every = {*names, *known.values(), *(old for olds in former_names_of(known).values() for old in olds)}
    runs = Run.objects.filter(prompt__in=list(known))
    labels = runs.annotate(label=Concat(Value("run "), Cast("pk", CharField()))).order_by().values("label")
    found = Q(subject_type="run", subject__in=labels)
    for name in sorted(every):
        found |= Q(subject=name) | begins(f"{name}@") | begins(f"{name} in ")
        found |= mentions(name) | mentions(f"{name}@", whole=False)
    return found


def begins(start: str) -> Q:
    """Subjects that begin so. Not startswith: SQLite's LIKE ignores case."""
    return Q(Exact(Left("subject", len(start)), Value(start)))
