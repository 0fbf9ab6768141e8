"""Break-glass: a release past a shut gate, by two people, for some hours."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models.release import Release


class Emergency(Recorded):
    """Asked for by one person and confirmed by another one, of two roles; ends by itself; looked at
    afterwards.

    ``ends_at`` and ``review_due_at`` are set when it is confirmed. ``verdict`` is the shut gate's, so that
    everybody sees which checks were broken. ``outcome`` of the review is ``justified`` or ``not justified``.
    """

    class State(models.TextChoices):
        """How it stands."""

        ASKED = "asked", "Waits for the second person"
        ACTIVE = "active", "In force"
        ENDED = "ended", "Over"
        REFUSED = "refused", "Refused"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="emergencies")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="emergencies")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="emergencies")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.TextField()
    hours = models.PositiveSmallIntegerField()
    review_hours = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergencies_asked"
    )
    asked_role = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="emergencies_confirmed",
    )
    confirmed_role = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.JSONField(default=dict)
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="emergency"
    )
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="emergencies_reviewed",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    review = models.TextField(blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "emergencies"
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"],
                condition=models.Q(state__in=["asked", "active"]),
                name="releases_one_emergency",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="releases_emergency_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True)
                | (
                    ~models.Q(reviewed_by=models.F("asked_by"))
                    & ~models.Q(reviewed_by=models.F("confirmed_by"))
                ),
                name="releases_emergency_third_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "refused"], release__isnull=True)
                | models.Q(state__in=["active", "ended"], release__isnull=False, ends_at__isnull=False),
                name="releases_emergency_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "ends_at"], name="releases_emergency_end"),
            models.Index(
                fields=["review_due_at"],
                condition=models.Q(reviewed_at__isnull=True),
                name="releases_emergency_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name}@{self.version.number} to {self.environment.slug}"

    @property
    def waits_for_review(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.confirmed_at is not None and self.reviewed_at is None
