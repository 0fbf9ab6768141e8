"""One run of a version against a suite, and its results.

The run row is the truth, the broker only wakes workers.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.evaluations.models.asked import CaseSet
from prompts.evaluations.models.provider import Provider
from prompts.evaluations.models.suite import Case, Suite
from prompts.evaluations.querysets import ResultQuerySet, RunQuerySet
from prompts.registry.models import Prompt, Version


class Run(Recorded):
    """One version, all cases, providers and repeats.

    ``case_set`` and ``providers`` are snapshots (see ``snapshots.py``): the evidence says what was asked of
    whom even when suite and provider change later. ``judge`` is such a snapshot too, empty where nothing is
    judged by a model; ``embedder`` is a provider's name, empty for the embedded one. ``answered_by`` holds
    the names of the models that answered, by provider's key. ``budget`` is the most that may be spent, in
    USD. ``anew`` has every question asked of its model, also where an answer is kept.

    ``key`` makes starting idempotent. A worker owns the run while ``claim`` is its own and ``lease_until``
    has not passed. ``score`` is the weighted pass rate, 0…1; ``results_digest`` binds every output and
    verdict, so that a sign-off can say which evidence it saw; ``rows_digest`` binds every column of them.
    """

    class State(models.TextChoices):
        """Where the run stands."""

        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    class Trigger(models.TextChoices):
        """What started it."""

        MANUAL = "manual", "By hand"
        SCHEDULE = "schedule", "Schedule"
        RELEASE = "release", "Release"
        API = "api", "API"
        COMMAND = "command", "Command"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="runs")
    version_digest = models.CharField(max_length=64)
    case_digest = models.CharField(max_length=64)
    case_set = models.ForeignKey(CaseSet, null=True, on_delete=models.PROTECT, related_name="runs")
    providers = models.JSONField(default=list)
    judge = models.JSONField(default=dict, blank=True)
    embedder = models.CharField(max_length=80, blank=True)
    answered_by = models.JSONField(default=dict, blank=True)
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.MANUAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requested_runs",
    )
    anew = models.BooleanField(default=False)
    requested_by_name = models.CharField(max_length=255)
    repeats = models.PositiveSmallIntegerField(default=1)
    concurrency = models.PositiveSmallIntegerField(default=4)
    key = models.CharField(max_length=200, unique=True)
    claim = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    score = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    results_digest = models.CharField(max_length=64, blank=True)
    rows_digest = models.CharField(max_length=43, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = RunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["queued", "running", "paused", "finished", "cancelled", "failed"]
                ),
                name="evaluations_run_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=1),
                name="evaluations_run_score_range",
            ),
        ]
        indexes = [
            models.Index(fields=["prompt", "-id"], name="evaluations_run_prompt"),
            models.Index(fields=["suite", "-id"], name="evaluations_run_suite"),
            models.Index(fields=["version_digest", "suite", "-id"], name="evaluations_run_evidence"),
            models.Index(fields=["state", "lease_until"], name="evaluations_run_lease"),
            models.Index(fields=["-finished_at"], name="evaluations_run_recent"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def done(self) -> int:
        """How many results there are."""
        return self.passed + self.failed + self.errors

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in {self.State.FINISHED, self.State.CANCELLED, self.State.FAILED}

    @property
    def is_at_work(self) -> bool:
        """Whether more comes by itself: neither over nor paused."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def seconds(self) -> Decimal | None:
        """How long it took, in seconds with milliseconds; None before it is over."""
        if self.started_at is None or self.finished_at is None:
            return None
        return Decimal(str((self.finished_at - self.started_at).total_seconds())).quantize(Decimal("0.001"))


class Result(models.Model):
    """What one provider answered to one case once, and how that was graded. Written once, never changed.

    ``kept_from`` is when the answer was given, where a kept one was used again instead of asking.
    """

    class State(models.TextChoices):
        """An error is a missing answer or an assertion that cannot be asked, not a wrong answer."""

        PASS = "pass", "Passed"
        FAIL = "fail", "Failed"
        ERROR = "error", "Error"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="results")
    case_name = models.CharField(max_length=200)
    case_digest = models.CharField(max_length=64)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="results")
    repeat = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=5, choices=State.choices)
    score = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    output = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    tool_calls = models.JSONField(default=list)
    error = models.CharField(max_length=1000, blank=True)
    assertions = models.JSONField(default=list)
    named_scores = models.JSONField(default=dict)
    latency_ms = models.PositiveIntegerField(null=True)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    cached_tokens = models.PositiveIntegerField(null=True)
    reasoning_tokens = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    response_model = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=200, blank=True)
    judged_by = models.CharField(max_length=300, blank=True)
    judge_cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    kept_from = models.DateTimeField(null=True)

    received = ""
    """The provider's answer as it came in, on its way to its ``RawAnswer``: no column."""

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "case_name", "provider", "repeat"], name="evaluations_result_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pass", "fail", "error"]), name="evaluations_result_state_known"
            ),
        ]
        # Errors, failures and passes in the order of their words: the run's page reads one piece of it.
        indexes = [models.Index(fields=["run", "state", "case_name", "id"], name="evaluations_result_order")]

    def __str__(self) -> str:
        return f"{self.run} {self.case_name}"


class RawAnswer(models.Model):
    """The body that a result was read from, without the key, as far as it is kept."""

    result = models.OneToOneField(
        Result, primary_key=True, on_delete=models.CASCADE, related_name="raw_answer"
    )
    body = models.TextField()

    def __str__(self) -> str:
        return f"{self.result} as received"
