"""A question to the approval desk."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import PASSWORD
from prompts.lifecycle.models.policy import ApprovalPolicy
from prompts.lifecycle.seats import parse_seats
from prompts.registry.models import Prompt, Version


class ApprovalRequest(Recorded):
    """One frozen version waits for signatures, under the seats that held when it was submitted.

    ``state`` says how the desk left it; whether the version *is* approved is computed from its sign-offs
    (selectors.approval_of), never read here. ``is_recertification`` says that the version was approved
    before; ``superseded_by`` is the request of a newer version that put this one aside.
    """

    class State(models.TextChoices):
        """Where the request stands (transitions.py)."""

        OPEN = "open", "Awaiting approval"
        APPROVED = "approved", "Approved"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SUPERSEDED = "superseded", "Superseded"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="approval_requests")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="approval_requests")
    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.PROTECT, related_name="requests")
    policy_version = models.PositiveIntegerField()
    seats = models.JSONField(default=list)
    validity_days = models.PositiveIntegerField()
    waiting_hours = models.PositiveIntegerField(default=0)
    authentication = models.CharField(max_length=20, default=PASSWORD)
    forms = models.JSONField(default=list, blank=True)
    text_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    reason = models.TextField(help_text="Why this version is wanted.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_by_name = models.CharField(max_length=255)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_by_name = models.CharField(max_length=255, blank=True)
    closing_comment = models.TextField(blank=True)
    is_recertification = models.BooleanField(default=False)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state="open"), name="lifecycle_one_open_request"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | models.Q(
                    state__in=["approved", "changes_requested", "rejected", "withdrawn", "superseded"],
                    closed_at__isnull=False,
                ),
                name="lifecycle_request_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"], name="lifecycle_request_waiting"),
            models.Index(fields=["prompt", "-opened_at"], name="lifecycle_request_prompt"),
        ]

    def __str__(self) -> str:
        return f"approval of {self.version}"

    @property
    def policy_label(self) -> str:
        """Name and version of the policy it was opened under."""
        return f"{self.policy.name}@{self.policy_version}"

    @property
    def demands(self) -> Demands:
        """What was asked when it was opened, typed."""
        return Demands(
            parse_seats(self.seats),
            self.validity_days,
            self.waiting_hours,
            self.authentication,
            tuple(self.forms),
        )
