"""What is searched: one row per prompt, kept by the services that write prompts and versions."""

from django.db import models

from prompts.registry.models.prompt import Prompt


class PromptText(models.Model):
    """Name, tags, purpose and the newest text of a prompt; each database indexes it in its own way."""

    prompt = models.OneToOneField(
        Prompt, on_delete=models.CASCADE, primary_key=True, related_name="search_text"
    )
    name = models.CharField(max_length=255)
    tags = models.TextField(blank=True)
    purpose = models.TextField(blank=True)
    body = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
