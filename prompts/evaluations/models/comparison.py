"""Two sides of results set beside each other, case by case. Worked out once: results never change."""

from django.db import models

from prompts.evaluations.models.provider import Provider
from prompts.evaluations.models.run import Result, Run


class Comparison(models.Model):
    """``left`` is what is compared with, ``right`` what is looked at: finished runs of one prompt and suite.

    With a provider a side is only that provider's results. The counts are numbers of cases. The interval is
    of the change of the pass rate in points, over the cases that both sides were asked in the same words.
    """

    left = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="compared_from")
    left_provider = models.ForeignKey(Provider, null=True, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="compared_to")
    right_provider = models.ForeignKey(Provider, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    counts = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"run {self.left_id} and run {self.right_id}"


class ComparedCase(models.Model):
    """One case of a comparison, at its place: regressed, fixed, other words, same, then what only one has.

    ``left_result`` and ``right_result`` stand for the side: its first result that did not pass, else its
    first. A case passes on a side where all repeats passed; scores are means, 0…1. ``tags`` is the JSON of
    the case's tags in small letters, as text: lists are filtered by what it contains.
    """

    class Change(models.TextChoices):
        """What became of the case, in the order of the table."""

        REGRESSED = "regressed", "Regressed"
        FIXED = "fixed", "Fixed"
        WORDS = "words", "Other words"
        SAME = "same", "Same"
        ALTERED = "altered", "Case changed"
        ADDED = "added", "Only here"
        GONE = "gone", "Only there"

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="cases")
    place = models.PositiveIntegerField()
    case_name = models.CharField(max_length=200)
    change = models.CharField(max_length=10, choices=Change.choices)
    left_result = models.ForeignKey(Result, null=True, on_delete=models.CASCADE, related_name="+")
    right_result = models.ForeignKey(Result, null=True, on_delete=models.CASCADE, related_name="+")
    left_passed = models.PositiveIntegerField(default=0)
    left_total = models.PositiveIntegerField(default=0)
    left_score = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    right_passed = models.PositiveIntegerField(default=0)
    right_total = models.PositiveIntegerField(default=0)
    right_score = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    failing = models.BooleanField(default=False)
    tags = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "place"], name="evaluations_compared_place_once"),
        ]
        indexes = [
            models.Index(fields=["comparison", "change", "place"], name="evaluations_compared_change"),
            models.Index(fields=["comparison", "failing", "place"], name="evaluations_compared_failing"),
        ]

    def __str__(self) -> str:
        return f"{self.comparison} {self.case_name}"
