"""Names that prompts had before; none is ever given to another prompt."""

from django.db import models
from django.db.models.functions import Lower

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.registry.models.prompt import Prompt


class FormerName(models.Model):
    """One name that a prompt had. Only ever added to: the ledger speaks of the prompt under it."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=255)
    until = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="registry_former_name_once")]

    def __str__(self) -> str:
        return self.name
