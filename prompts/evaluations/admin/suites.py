"""Suites: seen with their collection, written by those who evaluate."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from prompts.evaluations.models import Suite
from prompts.evaluations.policies import SuitePolicy
from prompts.evaluations.services.suites import create_suite, edit_suite


class OfSuites(GovernedAdmin):
    """What suites and their cases share: who opens the list, and who may try to add."""

    policy = SuitePolicy
    change_verb = "write"

    def opens_list(self, actor: Actor) -> bool:
        return True

    def has_add_permission(self, request: Any) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor and actor.has_role(*EVALUATORS, ADMINISTRATOR))


@admin.register(Suite)
class SuiteAdmin(OfSuites):
    """A suite with the list of its cases."""

    list_display = ("name", "title", "collection", "cases_in_use", "demand", "is_active")
    labels: ClassVar[dict[str, str]] = {
        "least_pass_rate": "Share of cases that must pass",
        "most_difference": "Largest difference between groups",
        "is_active": "In use",
    }
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes.",
        "collection": "Left empty, the suite can be run on prompts of every collection.",
        "description": "What a version has proved that passes.",
        "least_pass_rate": "From 0 to 1: 0.8 is 80 %.",
        "most_difference": "From 0 to 1: with 0.1, groups of people whose results differ by more than ten "
        "points are a finding, which gates ask about. Empty: differences are only shown.",
    }
    list_select_related = ("collection",)
    list_filter = ("is_active",)
    search_fields = ("name", "title")
    ordering = ("name",)
    change_form_outer_after_template = "admin/parts/suite_cases.html"

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=Suite.objects.visible_to(actor).values("pk"))

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        in_use = Count("cases", filter=Q(cases__is_active=True))
        return super().get_queryset(request).annotate(number=in_use)

    def get_fields(self, request: Any, obj: Suite | None = None) -> tuple[str, ...]:
        first = ("name", "title", "collection", "description", "least_pass_rate", "most_difference")
        return (*first, "is_active") if obj else first

    def get_readonly_fields(self, request: Any, obj: Suite | None = None) -> tuple[str, ...]:
        return ("name", "collection") if obj else ()

    @admin.display(description="Must pass", ordering="least_pass_rate")
    def demand(self, suite: Suite) -> str:
        """The demanded share in percent."""
        return f"{suite.least_pass_rate * 100:.0f}\u00a0%"

    @admin.display(description="Cases", ordering="number")
    def cases_in_use(self, suite: Any) -> int:
        """How many are in use."""
        return int(suite.number)

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        suite = self.get_object(request, object_id)
        cases = suite.cases.filter(is_active=True).order_by("position", "pk")[:200] if suite else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "cases": cases})

    def create(self, actor: Actor, data: dict[str, Any]) -> Suite:
        return create_suite(
            actor=actor,
            name=data["name"],
            title=data["title"],
            collection=data["collection"],
            description=data["description"],
            least_pass_rate=data["least_pass_rate"],
            most_difference=data["most_difference"],
        )

    def change(self, actor: Actor, obj: Suite, data: dict[str, Any]) -> Suite:
        fields = ("title", "description", "least_pass_rate", "most_difference", "is_active")
        return edit_suite(actor=actor, suite_id=obj.pk, changes={name: data[name] for name in fields})
