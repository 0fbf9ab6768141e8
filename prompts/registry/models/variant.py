"""Variants of a prompt, the dimensions they differ by, and what must stand in all of them."""

from django.db import models
from django.db.models.functions import Lower

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.models.prompt import Prompt
from prompts.registry.variants import written


class Dimension(Recorded):
    """One way in which variants of a prompt may differ, such as channel or language, with its values.

    ``rank`` orders dimensions: among equally special variants the one with the lower rank answers.
    """

    slug = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=80)
    rank = models.PositiveIntegerField(unique=True)
    values = models.JSONField(default=list)

    history = GovernedHistory()

    class Meta:
        ordering = ("rank",)

    def __str__(self) -> str:
        return self.title


class Variant(Recorded):
    """Says that ``prompt`` answers instead of ``base`` where its dimensions are asked for.

    The prompt has versions, approvals and releases of its own; ``dimensions`` maps slugs to values and
    ``key`` is how that is written (variants.py).
    """

    prompt = models.OneToOneField(Prompt, on_delete=models.PROTECT, related_name="variant")
    base = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="variants")
    dimensions = models.JSONField(default=dict)
    key = models.CharField(max_length=600)

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint("base", Lower("key"), name="registry_variant_once_per_base"),
            models.CheckConstraint(condition=~models.Q(key=""), name="registry_variant_has_dimensions"),
            models.CheckConstraint(
                condition=~models.Q(prompt=models.F("base")), name="registry_no_variant_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} for {self.key}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = written(self.dimensions)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class RequiredClauses(Recorded):
    """What must stand in a base and in every variant of it: a list of clauses, each a list of wordings."""

    base = models.OneToOneField(Prompt, on_delete=models.PROTECT, related_name="required_clauses")
    clauses = models.JSONField(default=list)

    history = GovernedHistory()

    class Meta:
        verbose_name_plural = "required clauses"

    def __str__(self) -> str:
        return f"required clauses of {self.base}"
