"""Names that prompts had: the ledger speaks of them under these, and nobody else gets them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from prompts.registry.models import FormerName, Prompt


def is_taken(name: str, *, but: Prompt | None = None) -> bool:
    """Whether a prompt has or had the name, perhaps in another spelling of case; ``but`` itself aside."""
    folded = Lower(Value(name))
    now = Prompt.objects.annotate(folded=Lower("name")).filter(folded=folded)
    once = FormerName.objects.annotate(folded=Lower("name")).filter(folded=folded)
    if but is not None:
        now, once = now.exclude(pk=but.pk), once.exclude(prompt=but)
    return now.exists() or once.exists()


def former_names_of(prompts: Iterable[int]) -> dict[int, list[str]]:
    """Former names by the prompt's key, oldest first; one query."""
    found: dict[int, list[str]] = {}
    rows = FormerName.objects.filter(prompt__in=list(prompts)).order_by("pk")
    for key, name in rows.values_list("prompt", "name"):
        found.setdefault(key, []).append(name)
    return found


def named(prompts: QuerySet[Prompt], field: str) -> Q:
    """That ``field`` is a name which one of these prompts has or had."""
    prompts = prompts.order_by()
    former = FormerName.objects.filter(name=OuterRef(field), prompt__in=prompts.values("pk"))
    return Q(Exists(prompts.filter(name=OuterRef(field)))) | Q(Exists(former))
