"""Legal holds: what must not be erased, as long as somebody needs it."""

from django.db import models
from django.db.models import F, Q

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded


class LegalHold(Recorded):
    """Holds the content of entries from when it is placed until another person releases it.

    ``name`` is that of a kind of entries, of a prompt, and so on; empty where everything is held.
    """

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        KIND = "kind", "A kind of entries"
        PROMPT = "prompt", "A prompt"
        COLLECTION = "collection", "A collection"
        PERSON = "person", "A person"
        RUN = "run", "A run"
        OTHER = "other", "Another thing, by its name in the trail"

    scope = models.CharField(max_length=10, choices=Scope.choices)
    name = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=1000)
    reference = models.CharField(max_length=200)
    placed_by = models.CharField(max_length=255)
    placed_at = models.DateTimeField(auto_now_add=True)
    release_reason = models.CharField(max_length=1000, blank=True)
    released_by = models.CharField(max_length=255, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(released_by=F("placed_by")), name="exports_hold_by_two"),
            models.CheckConstraint(
                condition=Q(released_by="", released_at__isnull=True)
                | (~Q(released_by="") & Q(released_at__isnull=False)),
                name="exports_hold_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(scope="everything", name="") | (~Q(scope="everything") & ~Q(name="")),
                name="exports_hold_names_something",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=Q(released_by=""), name="exports_hold_active"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} ({self.reference})"

    @property
    def words(self) -> str:
        """What is held, for a reader."""
        if self.scope == self.Scope.EVERYTHING:
            return "everything"
        before = {"kind": "entries of the kind", "other": "what is called"}.get(
            self.scope, f"the {self.scope}"
        )
        return self.name if self.scope == self.Scope.RUN else f"{before} {self.name}"

    @property
    def is_active(self) -> bool:
        """Until it is released."""
        return self.released_at is None
