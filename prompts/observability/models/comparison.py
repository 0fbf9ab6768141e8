"""That the model calls were compared with the log, and how far one comparison has come."""

from django.db import models


class CallComparison(models.Model):
    """One comparison of all calls with their hours' digests; ``ok`` is None while it has no verdict.

    ``reached`` is the key of the last entry that was compared, ``seal`` holds it and the counts to the
    ledger's key. The proof that a comparison was made is its event in the log; this row is what pages and the
    scheduler read. Of two processes that begin the one of the same ``number`` only one does.
    """

    number = models.PositiveIntegerField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lost = models.PositiveIntegerField(default=0, help_text="How often its process vanished since it got on.")
    ok = models.BooleanField(null=True)
    hours = models.PositiveIntegerField(default=0)
    calls = models.PositiveBigIntegerField(default=0)
    amended = models.PositiveIntegerField(default=0)
    not_compared = models.PositiveIntegerField(default=0)
    first_bad = models.TextField(blank=True)
    position = models.BigIntegerField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    reached = models.BigIntegerField(default=0)
    seal = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"comparison {self.number} of the model calls"
