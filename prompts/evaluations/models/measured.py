"""What was measured over a run as a whole."""

from django.db import models

from prompts.evaluations.models.run import Run


class Measured(models.Model):
    """The report on a finished run (``measures/report.py``), worked out once: results never change.

    The tags are those that the cases had when the run was started.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="measured")
    report = models.JSONField(default=dict)
    results_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"measures of {self.run_id}"
