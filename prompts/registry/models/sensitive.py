"""Prompts whose text is read only by people and programs that say what for."""

from django.db import models
from django.db.models import Q

from audits.adminkit.querysets import Recorded
from prompts.registry.models.collection import Collection
from prompts.registry.models.prompt import Prompt


class SensitiveMark(Recorded):
    """That a prompt, or every prompt of a collection, is sensitive; it holds until ``ended_at``."""

    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="sensitive_marks"
    )
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="sensitive_marks"
    )
    reason = models.TextField()
    since = models.DateTimeField()
    by = models.CharField(max_length=255)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=255, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(prompt__isnull=True) ^ Q(collection__isnull=True),
                name="registry_sensitive_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["prompt"], condition=Q(ended_at__isnull=True), name="registry_sensitive_prompt_once"
            ),
            models.UniqueConstraint(
                fields=["collection"],
                condition=Q(ended_at__isnull=True),
                name="registry_sensitive_collection_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt or self.collection} is sensitive"
