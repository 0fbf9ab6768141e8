"""A prompt: what it is for and who answers for it. Its texts are versions."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.models.collection import Collection
from prompts.registry.querysets import PromptQuerySet


class Kind(models.TextChoices):
    """What the text is."""

    TEXT = "text", "Text prompt"
    CHAT = "chat", "Chat prompt"
    FRAGMENT = "fragment", "Fragment"


class RiskTier(models.TextChoices):
    """How much harm a wrong answer can do; decides who must sign."""

    MINIMAL = "minimal", "Minimal risk"
    LIMITED = "limited", "Limited risk"
    HIGH = "high", "High risk"


class Prompt(Recorded):
    """One prompt under its full name (``clinic/triage``), first segment = collection slug.

    ``tags`` is the truth and stands in the history; ``PromptTag`` rows are its index, kept by the services.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="prompts")
    name = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    purpose = models.TextField(blank=True, help_text="What it does, for whom, in one or two sentences.")
    intended_use = models.TextField(blank=True)
    excluded_use = models.TextField("not for", blank=True, help_text="What it must not be used for.")
    audience = models.CharField("read by", max_length=200, blank=True)
    data = models.TextField("data it sees", blank=True, help_text="Whose data, of what kind, from where.")
    limits = models.TextField("known limits", blank=True)
    hazards = models.TextField(
        blank=True, help_text="What could go wrong, whom it would harm, and what is done."
    )
    explanation = models.TextField("explanation in plain language", blank=True)
    contact = models.CharField("incident contact", max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_prompts",
    )
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, default=RiskTier.LIMITED)
    regulation_tags = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.CharField(max_length=255, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PromptQuerySet.as_manager()  # type: ignore[misc]
    history = GovernedHistory()

    class Meta:
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="registry_prompt_recent"),
            models.Index(fields=["collection", "name"], name="registry_prompt_folder"),
            models.Index(fields=["collection", "-updated_at", "-id"], name="registry_prompt_shelf"),
            models.Index(
                fields=["-updated_at", "-id"],
                name="registry_prompt_archived",
                condition=models.Q(archived_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="registry_prompt_name_ignores_case"),
            models.CheckConstraint(condition=~models.Q(name=""), name="registry_prompt_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="registry_prompt_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=RiskTier.values), name="registry_prompt_tier_known"
            ),
        ]
        permissions = [
            ("release_prompt", "Can release the prompt"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> str:
        """The name up to its last slash, with it."""
        return self.name[: len(self.name) - len(self.leaf)]

    @property
    def leaf(self) -> str:
        """The last segment of the name."""
        return self.name.rpartition("/")[2]


class PromptTag(models.Model):
    """Index of ``Prompt.tags``."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="tag_rows")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prompt", "name"], name="registry_tag_once")]
        indexes = [models.Index(fields=["name", "prompt"], name="registry_tag_name")]

    def __str__(self) -> str:
        return self.name


class Steward(Recorded):
    """A person who keeps a prompt in order, beside its owner."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="stewards")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stewarded")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prompt", "user"], name="registry_steward_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.prompt}"
