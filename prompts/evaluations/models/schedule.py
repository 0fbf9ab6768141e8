"""Runs that start by themselves."""

from django.core.validators import MinValueValidator
from django.db import models

from audits.adminkit.history import GovernedHistory
from prompts.evaluations.models.provider import Provider
from prompts.evaluations.models.run import Run
from prompts.evaluations.models.suite import Suite
from prompts.evaluations.querysets import ScheduleQuerySet
from prompts.registry.models import Environment, Prompt


class Schedule(models.Model):
    """Every so many minutes a run of the version live in ``environment``; without one, of the newest frozen.

    ``next_due_at`` and ``last_run`` change at each tick and therefore stand in no history row.
    """

    name = models.SlugField(max_length=120, unique=True)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="schedules")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="schedules")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="schedules")
    environment = models.ForeignKey(
        Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="schedules"
    )
    every_minutes = models.PositiveIntegerField(default=1440, validators=[MinValueValidator(1)])
    next_due_at = models.DateTimeField()
    is_active = models.BooleanField("in use", default=True)
    last_run = models.ForeignKey(
        Run, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    last_problem = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.CharField(max_length=255, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScheduleQuerySet.as_manager()
    history = GovernedHistory(excluded_fields=["next_due_at", "last_run", "last_problem"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_minutes__gte=1), name="evaluations_schedule_period_range"
            ),
        ]
        indexes = [models.Index(fields=["is_active", "next_due_at"], name="evaluations_schedule_due")]

    def __str__(self) -> str:
        return self.name
