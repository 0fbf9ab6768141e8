"""The texts of a prompt. A draft can be edited; a frozen version never again."""

from typing import Any

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models.prompt import Prompt
from prompts.registry.querysets import VersionQuerySet


class Version(Recorded):
    """One text of a prompt with all that belongs to it.

    ``messages`` is a list of ``{"role", "content"}`` (a text prompt has one message with the role ``text``,
    a placeholder is ``{"role": "placeholder", "name"}``). ``canonical`` holds, once frozen, the very bytes
    (as text) whose SHA-256 is ``digest``. ``revision`` counts the edits of a draft: each names
    the one it saw.
    """

    class Format(models.TextChoices):
        """The template language of the text."""

        MUSTACHE = "mustache", "Mustache"
        JINJA2 = "jinja2", "Jinja2"
        HANDLEBARS = "handlebars", "Handlebars"
        PLAIN = "plain", "Plain text, never filled in"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    format = models.CharField(max_length=12, choices=Format.choices, default=Format.MUSTACHE)
    messages = models.JSONField(default=list)
    variables = models.JSONField(default=dict, blank=True)
    model_settings = models.JSONField(default=dict, blank=True)
    tools = models.JSONField(default=list, blank=True)
    output_schema = models.JSONField(null=True, blank=True)
    config = models.JSONField(default=dict, blank=True)
    fragments = models.JSONField(default=list, blank=True)
    change_note = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="written_versions",
    )
    author_name = models.CharField(max_length=255)
    edited_by = models.CharField(max_length=255, blank=True)
    revision = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    canonical = models.TextField(blank=True)

    objects = VersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="registry_version_number_once"),
            models.CheckConstraint(
                condition=models.Q(frozen_at__isnull=True, digest="")
                | models.Q(frozen_at__isnull=False) & ~models.Q(digest=""),
                name="registry_frozen_has_a_digest",
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="registry_version_digest"),
            models.Index(
                fields=["prompt"], name="registry_version_draft", condition=models.Q(frozen_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name} version {self.number}"

    @property
    def is_frozen(self) -> bool:
        """Whether the text can no longer change."""
        return self.frozen_at is not None

    @property
    def text(self) -> str:
        """All message texts, one after the other, for search and excerpts; for one message its exact text."""
        return "\n\n".join(str(message.get("content", "")) for message in self.messages)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            VersionQuerySet.refuse_frozen(type(self)._base_manager.filter(pk=self.pk))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        VersionQuerySet.refuse_frozen(type(self)._base_manager.filter(pk=self.pk))
        return super().delete(*args, **kwargs)


class VersionAuthor(Recorded):
    """Everybody who wrote in a draft: none of them may sign it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="authors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="registry_author_once")]

    def __str__(self) -> str:
        return self.name
