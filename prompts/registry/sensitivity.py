"""Which prompts are sensitive: by a mark of their own, of their collection, or of a fragment in them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from prompts.registry.models import FragmentUse, Prompt, SensitiveMark


def sensitive(prompts: QuerySet[Prompt]) -> QuerySet[Prompt]:
    """Those of the prompts whose text is read only with a purpose.

    Where a fragment is marked, so is every prompt of which any version includes it, by way of other
    fragments too: their texts stand in one another's.
    """
    return prompts.filter(_marked() | Exists(_uses_of_marked("pk")))


def _marked() -> Q:
    """That the prompt of the row, or its collection, carries a mark."""
    lasting = SensitiveMark.objects.filter(ended_at=None)
    own = Exists(lasting.filter(prompt=OuterRef("pk")))
    return Q(own) | Q(Exists(lasting.filter(collection=OuterRef("collection_id"))))


def _uses_of_marked(prompt: str) -> QuerySet[FragmentUse]:
    """Uses of marked fragments by versions of the prompt that this column of the outer row names.

    A frozen version tells all fragments inside of those that it includes, a draft only the outermost: hence
    one step more, and no further one.
    """
    named = Prompt.objects.filter(name=OuterRef("name"))
    inside = FragmentUse.objects.filter(version__prompt=OuterRef("pk"))
    holds = Exists(inside.filter(Exists(named.filter(_marked()))))
    uses = FragmentUse.objects.filter(version__prompt=OuterRef(prompt))
    return uses.filter(Exists(named.filter(_marked() | Q(holds))))


def marked_fragments(prompts: QuerySet[Prompt], prompt: Prompt) -> QuerySet[Prompt]:
    """Those of ``prompts`` by which the prompt is sensitive, as its versions name them, by name."""
    named = FragmentUse.objects.filter(version__prompt=prompt).values("name")
    return sensitive(prompts.filter(name__in=named)).order_by("name")


def is_sensitive(prompt_id: int) -> bool:
    """Whether the text of this prompt is read only with a purpose; one query."""
    return sensitive(Prompt.objects.filter(pk=prompt_id)).exists()


def marks_on(prompt: Prompt) -> list[SensitiveMark]:
    """The marks that hold for the prompt, its own first."""
    rows = SensitiveMark.objects.filter(Q(prompt=prompt) | Q(collection=prompt.collection_id), ended_at=None)
    return sorted(rows, key=lambda row: row.prompt_id is None)
