"""How long the content of entries is kept, by kind, and what waits for a second person."""

from django.db import models
from django.db.models import Q

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from audits.exports.periods import Period


class Unit(models.TextChoices):
    """In what a period is told."""

    DAY = "day", "days"
    YEAR = "year", "years"


class Retention(Recorded):
    """The period of one kind of entries. A kind without such a row, or without an amount, is kept for ever.

    ``reason``, ``set_by`` and ``confirmed_by`` are those of the newest change; a longer period needs
    nobody to confirm it.
    """

    kind = models.CharField(max_length=100, unique=True)
    amount = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=4, choices=Unit.choices, default=Unit.YEAR)
    reason = models.CharField(max_length=1000)
    set_by = models.CharField(max_length=255)
    confirmed_by = models.CharField(max_length=255, blank=True)
    set_at = models.DateTimeField()

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="exports_retention_lasts"
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def period(self) -> Period | None:
        """None keeps it for ever."""
        return Period(self.amount, self.unit) if self.amount else None


class RetentionChange(Recorded):
    """A period that is shorter than the one in force: open until somebody else says yes or no."""

    class State(models.TextChoices):
        OPEN = "open", "waits"
        DONE = "done", "set"
        REFUSED = "refused", "refused"

    kind = models.CharField(max_length=100)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=4, choices=Unit.choices)
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=255)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="open"), name="exports_one_open_retention_change"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(decided_by=models.F("proposed_by")),
                name="exports_retention_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.period}"

    @property
    def period(self) -> Period:
        """The proposed one."""
        return Period(self.amount, self.unit)
