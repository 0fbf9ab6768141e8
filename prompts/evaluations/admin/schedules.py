"""Schedules: runs that start by themselves."""

from datetime import time
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.formats import date_format
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTimeWidget,
)

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from prompts.evaluations import rhythms
from prompts.evaluations.models import Provider, Schedule
from prompts.evaluations.policies import SchedulePolicy
from prompts.evaluations.services.schedules import save_schedule

NINE = time(9)


class ScheduleForm(ShapeForm):
    """The rhythm in words that need no cron: so many hours or days, days of the week, a time of day."""

    every = forms.DecimalField(
        label="Every so many hours or days",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        initial=1,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="For runs every so many hours or days, as chosen above; 0.5 hours are half an hour.",
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week",
        required=False,
        coerce=int,
        choices=list(enumerate(rhythms.WEEKDAYS)),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="For runs on days of the week: at least one.",
    )
    at = forms.TimeField(
        label="At",
        required=False,
        initial="09:00",
        widget=UnfoldAdminTimeWidget(format="%H:%M"),
        help_text="For runs on days; by the clock of the time zone below, once where clocks change.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        initial="UTC",
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        widget=UnfoldAdminSelectWidget,
        help_text="The next three runs are shown once it is saved.",
    )

    class Meta:
        model = Schedule
        fields = ("name", "prompt", "suite", "provider", "judge", "environment", "rhythm", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if row.pk:
            hours = Decimal(row.every_minutes) / 60
            self.initial["every"] = row.every_days if row.rhythm == rhythms.DAILY else hours.normalize()


@admin.register(Schedule)
class ScheduleAdmin(GovernedAdmin):
    """Seen with the prompt; written by those who may start a run of it."""

    form = ScheduleForm
    policy = SchedulePolicy
    change_verb = "write"
    list_display = ("name", "prompt", "suite", "runs_on", "words", "due", "is_active", "last_problem")
    labels: ClassVar[dict[str, str]] = {
        "rhythm": "Runs",
        "provider": "Model",
        "judge": "Judge",
        "is_active": "In use",
    }
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes.",
        "prompt": "Begin to type its name.",
        "suite": "Its cases are asked; one of the prompt's collection, or one for every collection.",
        "provider": "What answers. Scheduled runs ask anew, since they watch the model.",
        "judge": "Decides what a model is asked to judge, such as a rubric; without one such cases end in "
        "errors.",
        "environment": "Runs on what is live there. Left empty, on the newest frozen version.",
        "rhythm": "A version that takes in a changed fragment is submitted as any other.",
    }
    list_select_related = ("prompt", "suite", "provider", "environment")
    list_filter = ("is_active",)
    search_fields = ("name", "prompt__name", "suite__name")
    ordering = ("name",)
    autocomplete_fields = ("prompt", "suite")
    told = ("next_three", "last_run", "last_problem", "created_by", "created_at")
    asked = (
        "name", "prompt", "suite", "provider", "judge", "environment", "rhythm", "every", "weekdays", "at",
        "time_zone", "is_active",
    )  # fmt: skip

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
        if obj is None:
            return self.asked
        if not self.has_change_permission(request, obj):
            fields = ("name", "prompt", "suite", "provider", "judge", "environment", "words", "is_active")
            return (*fields, *self.told)
        return (*self.asked, *self.told)

    def get_readonly_fields(self, request: Any, obj: Schedule | None = None) -> tuple[str, ...]:
        return ("name", "words", *self.told) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in {"provider", "judge"}:
            kwargs["queryset"] = Provider.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="Runs on", ordering="environment")
    def runs_on(self, schedule: Schedule) -> str:
        """Which version, and which model answers."""
        place = schedule.environment
        return f"{f'live in {place.slug}' if place else 'newest version'}, {schedule.provider.name}"

    @admin.display(description="Runs", ordering="rhythm")
    def words(self, schedule: Schedule) -> str:
        """The rhythm as people say it."""
        return schedule.words

    @admin.display(description="Next run", ordering="next_due_at")
    def due(self, schedule: Schedule) -> str:
        """When it starts next, in the schedule's own time zone."""
        return date_format(schedule.next_runs[0], "j M, H:i e") if schedule.next_runs else ""

    @admin.display(description="Next runs")
    def next_three(self, schedule: Schedule) -> str:
        """The next three instants, with their time zone."""
        if not schedule.is_active:
            return "None: it is not in use."
        if not schedule.next_due_at:
            return schedule.words
        return "; ".join(date_format(one, "D j F Y, H:i T") for one in schedule.next_runs)

    def create(self, actor: Actor, data: dict[str, Any]) -> Schedule:
        if Schedule.objects.filter(name=data["name"]).exists():
            raise Unacceptable("There is a schedule of that name.", field="name")
        return self._save(actor, data["name"], data)

    def change(self, actor: Actor, obj: Schedule, data: dict[str, Any]) -> Schedule:
        return self._save(actor, obj.name, data)

    @staticmethod
    def _save(actor: Actor, name: str, data: dict[str, Any]) -> Schedule:
        minutes, days = _every(data["rhythm"], data["every"])
        return save_schedule(
            actor=actor,
            name=name,
            prompt_id=data["prompt"].pk,
            suite_id=data["suite"].pk,
            provider_id=data["provider"].pk,
            judge_id=data["judge"].pk if data["judge"] else None,
            environment=data["environment"],
            is_active=data["is_active"],
            rhythm=data["rhythm"],
            weekdays=data["weekdays"],
            at=data["at"] or NINE,
            time_zone=data["time_zone"] or "UTC",
            every_minutes=minutes,
            every_days=days,
        )


def _every(rhythm: str, every: Decimal | None) -> tuple[int, int]:
    """Minutes and days; what the rhythm does not ask for is a day."""
    if every is None or rhythm not in {rhythms.INTERVAL, rhythms.DAILY}:
        return 1440, 1
    if rhythm == rhythms.INTERVAL:
        return round(every * 60), 1
    if every != int(every):
        raise Unacceptable("A number of days is a whole one.", field="every")
    return 1440, int(every)
