"""One call of a model, as an application told it."""

from django.db import models
from django.utils import timezone

from prompts.registry.models import Prompt, Version


class Call(models.Model):
    """A model call; ``trace_id`` and ``span_id`` name it, and the same call told twice is one row.

    ``prompt_name`` and ``version_number`` are what was told; ``prompt`` and ``version`` are set only where
    that names something within the sending key's collections. Tokens are counts, ``cost`` is in US dollars,
    ``latency_ms`` in milliseconds; null means that nobody told.
    """

    trace_id = models.CharField(max_length=64)
    span_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=80, blank=True)
    request_model = models.CharField(max_length=200, blank=True)
    response_model = models.CharField(max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    latency_ms = models.FloatField(null=True, blank=True)
    finish_reason = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    prompt = models.ForeignKey(Prompt, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls")
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls"
    )
    prompt_name = models.CharField(max_length=255, blank=True)
    version_number = models.PositiveIntegerField(null=True, blank=True)
    environment = models.CharField(max_length=80, blank=True)
    arm = models.CharField(max_length=80, blank=True)
    session = models.CharField(max_length=200, blank=True)
    user = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    input = models.TextField(blank=True)
    output = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    account = models.CharField(max_length=80, help_text="The key that told it.")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trace_id", "span_id"], name="observability_call_once")
        ]
        indexes = [
            models.Index(fields=["prompt", "-started_at"], name="observability_call_prompt"),
            models.Index(fields=["-started_at"], name="observability_call_time"),
            models.Index(fields=["account", "prompt"], name="observability_call_account"),
            models.Index(fields=["received_at"], name="observability_call_received"),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id}/{self.span_id}"
