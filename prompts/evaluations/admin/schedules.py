"""Schedules: runs that start by themselves."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from audits.adminkit.wording import span
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from prompts.evaluations.models import Provider, Schedule
from prompts.evaluations.policies import SchedulePolicy
from prompts.evaluations.services.schedules import save_schedule


@admin.register(Schedule)
class ScheduleAdmin(GovernedAdmin):
    """Seen with the prompt; written by those who may start a run of it."""

    policy = SchedulePolicy
    change_verb = "write"
    list_display = ("name", "prompt", "suite", "runs_on", "every", "due", "is_active", "last_problem")
    labels: ClassVar[dict[str, str]] = {
        "every_minutes": "Every so many minutes",
        "provider": "Model",
        "next_due_at": "Next run",
        "is_active": "In use",
    }
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes.",
        "environment": "Runs on what is live there. Left empty, on the newest frozen version.",
        "every_minutes": "60 is every hour, 1440 every day.",
    }
    list_select_related = ("prompt", "suite", "provider", "environment")
    list_filter = ("is_active",)
    search_fields = ("name", "prompt__name", "suite__name")
    ordering = ("name",)
    autocomplete_fields = ("prompt", "suite")
    told = ("next_due_at", "last_run", "last_problem", "created_by", "created_at")

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=Schedule.objects.visible_to(actor).values("pk"))

    def opens_list(self, actor: Actor) -> bool:
        return True

    def may(self, request: Any, verb: str | None, obj: Any = None) -> bool:
        return super().may(request, verb, obj.prompt if obj is not None else None)

    def has_add_permission(self, request: Any) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor and actor.has_role(*EVALUATORS, ADMINISTRATOR))

    def get_fields(self, request: Any, obj: Schedule | None = None) -> tuple[str, ...]:
        fields = ("name", "prompt", "suite", "provider", "environment", "every_minutes", "is_active")
        return (*fields, *self.told) if obj else fields

    def get_readonly_fields(self, request: Any, obj: Schedule | None = None) -> tuple[str, ...]:
        return ("name", *self.told) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "provider":
            kwargs["queryset"] = Provider.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="Runs on", ordering="environment")
    def runs_on(self, schedule: Schedule) -> str:
        """Which version, and which model answers."""
        place = schedule.environment
        return f"{f'live in {place.slug}' if place else 'newest version'}, {schedule.provider.name}"

    @admin.display(description="Every", ordering="every_minutes")
    def every(self, schedule: Schedule) -> str:
        """The rhythm in its largest whole unit."""
        return span(schedule.every_minutes * 60)

    @admin.display(description="Next run", ordering="next_due_at")
    def due(self, schedule: Schedule) -> str:
        """When it starts next."""
        return date_format(timezone.localtime(schedule.next_due_at), "j M, H:i")

    def create(self, actor: Actor, data: dict[str, Any]) -> Schedule:
        if Schedule.objects.filter(name=data["name"]).exists():
            raise Unacceptable("There is a schedule of that name.", field="name")
        return self._save(actor, data["name"], data)

    def change(self, actor: Actor, obj: Schedule, data: dict[str, Any]) -> Schedule:
        return self._save(actor, obj.name, data)

    @staticmethod
    def _save(actor: Actor, name: str, data: dict[str, Any]) -> Schedule:
        return save_schedule(
            actor=actor,
            name=name,
            prompt_id=data["prompt"].pk,
            suite_id=data["suite"].pk,
            provider_id=data["provider"].pk,
            environment=data["environment"],
            every_minutes=data["every_minutes"],
            is_active=data["is_active"],
        )
