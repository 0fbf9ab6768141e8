"""Suites of cases: what a version must answer well."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.evaluations.querysets import SuiteQuerySet
from prompts.registry.models import Collection, Prompt


class Suite(Recorded):
    """Named cases; ``collection`` empty means that everybody may use it. ``least_pass_rate`` is 0…1.

    ``most_difference`` (0…1): a larger difference between groups of people is a finding; empty: none is.
    """

    name = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=160)
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.PROTECT, related_name="suites"
    )
    description = models.TextField(blank=True)
    least_pass_rate = models.DecimalField(
        max_digits=5, decimal_places=4, default=1, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    most_difference = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )  # fmt: skip
    is_active = models.BooleanField("in use", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SuiteQuerySet.as_manager()  # type: ignore[misc]
    history = GovernedHistory()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(least_pass_rate__gte=0, least_pass_rate__lte=1),
                name="evaluations_suite_rate_range",
            ),
            models.CheckConstraint(
                condition=models.Q(most_difference__isnull=True)
                | models.Q(most_difference__gt=0, most_difference__lte=1),
                name="evaluations_suite_difference_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Case(Recorded):
    """Variables to fill in, and assertions on the answer, written as promptfoo writes them.

    ``threshold`` (0…1), where given, decides by the weighted mean of the assertions, else all must hold.
    A case is taken out of use, not deleted: results name it. ``text`` has the same words as runs ask them and
    keep them; whoever writes the case points it there. ``version`` counts up with every change of what
    decides the outcome; ``author`` wrote the newest. What each version said stands in the history.
    ``taken_from`` is the prompt of whose call it was made: it holds words of that trace.
    """

    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="cases")
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=400, blank=True)
    vars = models.JSONField(default=dict, blank=True)
    assertions = models.JSONField(default=list, blank=True)
    threshold = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    tags = models.JSONField(default=list, blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=3, default=1, validators=[MinValueValidator(0)])
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    author = models.CharField(max_length=255, blank=True)
    taken_from = models.ForeignKey(
        Prompt, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_taken"
    )
    text = models.ForeignKey("CaseText", editable=False, on_delete=models.PROTECT, related_name="cases")
    is_active = models.BooleanField("in use", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = GovernedHistory(excluded_fields=["text"])  # it holds the words themselves

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suite", "name"], name="evaluations_case_name_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=0), name="evaluations_case_weight_range"),
        ]
        indexes = [models.Index(fields=["suite", "position", "id"], name="evaluations_case_order")]

    def __str__(self) -> str:
        return f"{self.suite.name}: {self.name}"
