"""A person's verdict over a grader's. The result keeps its own."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.evaluations.models.run import Result


class Override(Recorded):
    """Who says that a result passed or failed after all, why and when. Rows are only added; the newest holds.

    Figures of runs, gates and signatures do not count it; where a page does, it says so.
    """

    class Verdict(models.TextChoices):
        """What the person says."""

        PASS = "pass", "Passed"
        FAIL = "fail", "Failed"

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="overrides")
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    original = models.CharField(max_length=5)
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="overrides")
    by_name = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["pass", "fail"]), name="evaluations_override_verdict_known"
            ),
        ]
        indexes = [models.Index(fields=["result", "-id"], name="evaluations_override_newest")]

    def __str__(self) -> str:
        return f"{self.verdict} for {self.result_id} by {self.by_name}"
