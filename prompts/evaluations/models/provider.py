"""Where models are reached, and answers that were recorded for demonstrations and tests."""

from django.core.validators import MinValueValidator
from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded


class Provider(Recorded):
    """A model endpoint with its key, prices and settings.

    ``encrypted_key`` is a Fernet token (see ``secrets.py``) and stands in no history row, event, page or log.
    ``answers_as`` names the models that answered in the newest finished run: state, not configuration. Prices
    are USD per million tokens; unknown prices are empty, and then no cost is told. Limits hold for all
    workers together; none are empty. ``month_budget`` is the most that may be spent in a month, in USD.
    """

    class Kind(models.TextChoices):
        """How the endpoint is spoken to."""

        OPENAI = "openai", "OpenAI-compatible"
        ANTHROPIC = "anthropic", "Anthropic"
        HTTP = "http", "HTTP with JSON"
        LOCAL = "local", "Local model"
        RECORDED = "recorded", "Recorded answers"

    name = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    base_url = models.CharField("base URL", max_length=400, blank=True)
    model = models.CharField(max_length=200, blank=True)
    encrypted_key = models.TextField(blank=True, editable=False)
    price_in = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_out = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_cached = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    month_budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    timeout_seconds = models.PositiveSmallIntegerField(default=60)
    is_active = models.BooleanField("in use", default=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    answers_as = models.JSONField(default=list, blank=True, editable=False)

    history = GovernedHistory(excluded_fields=["encrypted_key", "answers_as"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["openai", "anthropic", "http", "local", "recorded"]),
                name="evaluations_provider_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_prices(self) -> bool:
        """Whether what an answer costs can be told."""
        return self.price_in is not None and self.price_out is not None

    @property
    def has_key(self) -> bool:
        """Whether a key is stored; the key itself is never shown."""
        return bool(self.encrypted_key)


class RecordedAnswer(Recorded):
    """One answer that a ``recorded`` provider gives back to exactly one request.

    ``request_digest`` is the SHA-256 of the request's messages (see ``answers.request_digest``). ``label``
    says where the answer comes from, and is shown wherever the answer is.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="recorded_answers")
    request_digest = models.CharField(max_length=64)
    output = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    tool_calls = models.JSONField(default=list, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    response_model = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "request_digest"], name="evaluations_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.request_digest[:12]}"
