"""What a person said of an answer without seeing what the grader had said."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.evaluations.models.run import Result


class HumanGrade(Recorded):
    """One person's verdict on one answer, beside that of a model grader (``grader``: calibration/graders.py).

    Rows are only added. Overrides are none: who overrules a verdict has seen it.
    """

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="human_grades")
    grader = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    rubric = models.CharField(max_length=500, blank=True)
    judge = models.CharField(max_length=300)
    grader_passed = models.BooleanField()
    passed = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="human_grades")
    by_name = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "grader", "by"], name="evaluations_graded_once"),
        ]
        indexes = [models.Index(fields=["grader", "result"], name="evaluations_graded_by")]

    def __str__(self) -> str:
        return f"{self.by_name} on result {self.result_id}"
