"""The vocabulary of queries over suites, runs and results, among it what a person may see."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from audits.adminkit.querysets import RecordedQuerySet
from audits.identity.actors import Actor
from prompts.registry.querysets import collections_with, on_prompts


class SuiteQuerySet(RecordedQuerySet):
    """Queries over suites."""

    def visible_to(self, actor: Actor) -> Self:
        """Suites that everybody may use, and those of collections that the actor may see."""
        if not actor.is_active:
            return self.none()
        return self.filter(
            Q(collection__isnull=True) | Q(collection__in=collections_with(actor, "view").values("pk"))
        )


class RunQuerySet(RecordedQuerySet):
    """Queries over runs."""

    def visible_to(self, actor: Actor) -> Self:
        """Runs of prompts that the actor may see."""
        return self.filter(on_prompts(actor, "view", "prompt"))

    def claimable(self, now: datetime) -> Self:
        """Runs that a worker may take: queued ones, and those whose worker let its lease pass."""
        return self.filter(Q(state="queued") | Q(state="running", lease_until__lt=now))

    def light(self) -> Self:
        """With what a line about a run names: for lists."""
        return self.select_related("prompt", "suite", "version")


class ResultQuerySet(models.QuerySet[Any]):
    """Queries over results."""

    def visible_to(self, actor: Actor) -> Self:
        """Results of runs that the actor may see."""
        return self.filter(on_prompts(actor, "view", "run__prompt"))


class SpendingQuerySet(models.QuerySet[Any]):
    """Queries over what was spent."""

    def visible_to(self, actor: Actor) -> Self:
        """Spendings on prompts that the actor may see."""
        return self.filter(on_prompts(actor, "view", "prompt"))


class ScheduleQuerySet(RecordedQuerySet):
    """Queries over schedules."""

    def visible_to(self, actor: Actor) -> Self:
        """Schedules of prompts that the actor may see."""
        return self.filter(on_prompts(actor, "view", "prompt"))

    def due(self, now: datetime) -> Self:
        """Schedules in use whose time has come."""
        return self.filter(is_active=True, next_due_at__lte=now)
