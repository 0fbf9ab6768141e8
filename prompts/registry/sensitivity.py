"""Which prompts are sensitive: by a mark of their own, or by one of their collection."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from prompts.registry.models import Prompt, SensitiveMark


def sensitive(prompts: QuerySet[Prompt]) -> QuerySet[Prompt]:
    """Those of the prompts whose text is read only with a purpose."""
    lasting = SensitiveMark.objects.filter(ended_at=None)
    own = Exists(lasting.filter(prompt=OuterRef("pk")))
    return prompts.filter(Q(own) | Exists(lasting.filter(collection=OuterRef("collection_id"))))


def is_sensitive(prompt_id: int) -> bool:
    """Whether the text of this prompt is read only with a purpose; one query."""
    return sensitive(Prompt.objects.filter(pk=prompt_id)).exists()


def marks_on(prompt: Prompt) -> list[SensitiveMark]:
    """The marks that hold for the prompt, its own first."""
    rows = SensitiveMark.objects.filter(Q(prompt=prompt) | Q(collection=prompt.collection_id), ended_at=None)
    return sorted(rows, key=lambda row: row.prompt_id is None)
