"""Texts that ran before the portal was there, taken on by two people."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models.release import Release


class Adoption(Recorded):
    """One proposal to take on the running texts of some prompts as inherited releases."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = "open", "Waits for the second person"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="adoptions")
    reason = models.TextField()
    recertify_by = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adoptions_proposed"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="adoptions_decided",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "confirmed", "refused"]),
                name="releases_adoption_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(state="confirmed")
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="releases_adoption_two_people",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="releases_adoption_state")]

    def __str__(self) -> str:
        return f"adoption {self.pk}"


class AdoptedText(Recorded):
    """One version of a proposal. ``outcome`` says why it was not taken on, where it was not."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="texts")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="adopted_texts")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="adopted_texts")
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=500, blank=True)
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="adopted_text"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adoption", "prompt"], name="releases_adopted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name}@{self.version.number}"
