"""What an environment asks of a version, and what somebody wants it to ask."""

from django.conf import settings
from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.models import Environment, Prompt, RiskTier


class GatePolicy(Recorded):
    """What must hold before a version is released to an environment, for one risk tier or (empty) for all.

    ``requires_documentation`` lists field names of the prompt; ``requires_standard``: all that its tier's
    standard asks. ``requires_runs``: the suites that gates further up will ask about must have run on this
    text, with any outcome. ``requires_calibration``: where a model grades a suite, people must have agreed
    with it. ``shut_by_findings`` is the least severity of an open finding that shuts the gate.
    ``overdue_inherited`` says what happens to inherited releases after their date. The two
    ``emergency_roles`` may together release past this gate for ``emergency_hours`` (0: never); somebody
    else looks at it within ``review_hours``.
    """

    class Severity(models.TextChoices):
        """How bad an open finding must be to shut the gate."""

        NONE = "", "Findings do not shut it"
        CRITICAL = "critical", "Critical"
        HIGH = "high", "High or worse"
        MEDIUM = "medium", "Medium or worse"
        LOW = "low", "Any"

    class Overdue(models.TextChoices):
        """What happens to an inherited release that was not recertified in time."""

        WARN = "warn", "Say so"
        FREEZE = "freeze", "Freeze the prompt"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="gate_policies")
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    requires_approval = models.BooleanField(default=True)
    requires_runs = models.BooleanField(default=False)
    requires_documentation = models.JSONField(default=list, blank=True)
    requires_standard = models.BooleanField(
        default=False, help_text="The documentation must be complete by the standard of the prompt's tier."
    )
    requires_settled_comments = models.BooleanField(default=False)
    requires_calibration = models.BooleanField(default=False)
    shut_by_findings = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    overdue_inherited = models.CharField(max_length=10, choices=Overdue.choices, default=Overdue.WARN)
    emergency_roles = models.JSONField(default=list, blank=True)
    emergency_hours = models.PositiveSmallIntegerField(default=0)
    review_hours = models.PositiveSmallIntegerField(default=72)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = GovernedHistory()

    class Meta:
        verbose_name_plural = "gate policies"
        constraints = [
            models.UniqueConstraint(fields=["environment", "risk_tier"], name="releases_gate_once"),
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=["", *RiskTier.values]), name="releases_gate_tier_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """``production`` or ``production/high``."""
        return f"{self.environment.slug}/{self.risk_tier}" if self.risk_tier else self.environment.slug


class GateSuite(Recorded):
    """A suite that must have passed on the very text: for every prompt under the policy, or for one prompt.

    The newest finished run that counts decides: one that asked only ``providers`` (names; empty: any that
    asks a model), recorded answers only where ``allows_recorded``. ``least_pass_rate`` is 0…1; a run older
    than ``max_age_days`` is too old. ``cases_digest`` pins the cases: other ones shut the gate until two
    people have taken them in.
    """

    policy = models.ForeignKey(GatePolicy, on_delete=models.PROTECT, related_name="suites")
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="gate_suites"
    )
    suite = models.ForeignKey("evaluations.Suite", on_delete=models.PROTECT, related_name="gates")
    least_pass_rate = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    max_age_days = models.PositiveIntegerField(null=True, blank=True)
    least_cases = models.PositiveIntegerField(default=1)
    providers = models.JSONField(default=list, blank=True)
    allows_recorded = models.BooleanField(default=False)
    cases_digest = models.CharField(max_length=64)
    pinned_at = models.DateTimeField()

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "suite"],
                condition=models.Q(prompt__isnull=True),
                name="releases_gate_suite_once_for_all",
            ),
            models.UniqueConstraint(
                fields=["policy", "prompt", "suite"], name="releases_gate_suite_once_per_prompt"
            ),
            models.CheckConstraint(
                condition=models.Q(least_pass_rate__gte=0, least_pass_rate__lte=1),
                name="releases_gate_suite_rate_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} at {self.policy.name}"


class GateChange(Recorded):
    """What one person wants a gate to ask, until a second one says yes or no.

    ``demands`` are those of the whole gate or of one suite at it (demands.py). ``based_on`` is the gate's
    version that the first person saw: a gate that was changed since is judged anew.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        GATE = "gate", "What the gate asks"
        SUITE = "suite", "What a suite must reach"
        REMOVAL = "removal", "A suite less"

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open", "Waits"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="gate_changes")
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    suite = models.ForeignKey(
        "evaluations.Suite", on_delete=models.PROTECT, null=True, blank=True, related_name="gate_changes"
    )
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="gate_changes"
    )
    about = models.CharField(max_length=60, help_text="Of two open changes about the same, one is too many.")
    demands = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField(default=0)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_gate_changes"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "risk_tier", "about"],
                condition=models.Q(state="open"),
                name="releases_one_open_gate_change",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "confirmed", "refused"]),
                name="releases_gate_change_state_known",
            ),
        ]

    def __str__(self) -> str:
        where = f"{self.environment.slug}/{self.risk_tier}" if self.risk_tier else self.environment.slug
        return f"change of the gate {where}"
