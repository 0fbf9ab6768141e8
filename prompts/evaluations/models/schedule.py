"""Runs that start by themselves."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.evaluations import rhythms
from prompts.evaluations.models.provider import Provider
from prompts.evaluations.models.run import Run
from prompts.evaluations.models.suite import Suite
from prompts.evaluations.querysets import ScheduleQuerySet
from prompts.registry.models import Environment, Prompt, Version


class Schedule(Recorded):
    """In its rhythm a run of the version live in ``environment``; without one, of the newest frozen version.

    ``judge`` decides what a model is asked to judge. ``rhythm`` says which of ``every_minutes``,
    ``every_days``, ``weekdays`` (0 is Monday), ``at`` and ``time_zone`` count (see ``rhythms.py``). One that
    is due by the clock has ``next_due_at``; one that waits for a release or a new version keeps in
    ``seen_version`` the last that it saw. ``missed_at`` is the instant at which a run should have started and
    none did. What changes at each tick stands in no history.
    """

    class Rhythm(models.TextChoices):
        """What makes it due."""

        INTERVAL = "interval", "Every so many hours"
        DAILY = "daily", "Every so many days, at a time of day"
        WEEKLY = "weekly", "On days of the week, at a time of day"
        RELEASED = "released", "When a version is released"
        SUBMITTED = "submitted", "When a version is submitted"

    name = models.SlugField(max_length=120, unique=True)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="schedules")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="schedules")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="schedules")
    judge = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="judged_schedules"
    )
    environment = models.ForeignKey(
        Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="schedules"
    )
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.INTERVAL)
    every_minutes = models.PositiveIntegerField(default=1440, validators=[MinValueValidator(1)])
    every_days = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    weekdays = models.JSONField(default=list, blank=True)
    at = models.TimeField("time of day", default=time(9))
    time_zone = models.CharField(max_length=64, default="UTC")
    next_due_at = models.DateTimeField(null=True, blank=True)
    seen_version = models.ForeignKey(
        Version, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    missed_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField("in use", default=True)
    last_run = models.ForeignKey(
        Run, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    last_problem = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.CharField(max_length=255, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScheduleQuerySet.as_manager()  # type: ignore[misc]
    history = GovernedHistory(
        excluded_fields=["next_due_at", "last_run", "last_problem", "seen_version", "missed_at"]
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_minutes__gte=1), name="evaluations_schedule_period_range"
            ),
            models.CheckConstraint(
                condition=models.Q(rhythm__in=["interval", "daily", "weekly", "released", "submitted"]),
                name="evaluations_schedule_rhythm_known",
            ),
        ]
        indexes = [models.Index(fields=["is_active", "next_due_at"], name="evaluations_schedule_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def told_rhythm(self) -> rhythms.Rhythm:
        """The rhythm as ``rhythms.py`` reckons with it."""
        return rhythms.Rhythm(
            self.rhythm, self.every_minutes, self.every_days, self.at, tuple(self.weekdays), self.time_zone
        )

    @property
    def words(self) -> str:
        """The rhythm as people say it."""
        return rhythms.in_words(self.told_rhythm)

    @property
    def next_runs(self) -> list[datetime]:
        """The next three instants that are still to come, in the schedule's own time zone.

        While it rests there are none. One that passed without a run is told by ``missed_at``.
        """
        if self.next_due_at is None or not self.is_active:
            return []
        now, due = timezone.now(), self.next_due_at
        if due <= now:
            due = rhythms.next_instant(self.told_rhythm, due, now)
        zone = ZoneInfo(self.time_zone)
        return [one.astimezone(zone) for one in rhythms.next_instants(self.told_rhythm, due)]

    @property
    def next_told(self) -> list[str]:
        """The same in words. Templates would turn an instant into the portal's zone before writing it."""
        return [date_format(one, "D j F, H:i T") for one in self.next_runs]

    @property
    def missed_told(self) -> str:
        """The instant without a run in words, in the schedule's own time zone; empty for none."""
        if self.missed_at is None:
            return ""
        return date_format(self.missed_at.astimezone(ZoneInfo(self.time_zone)), "D j F, H:i T")
