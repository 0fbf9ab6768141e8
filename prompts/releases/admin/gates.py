"""What each environment asks before a release."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin

from audits.adminkit.governed import ShapeForm
from audits.adminkit.inlines import GovernedInline
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD
from prompts.registry.documentation import SECTIONS
from prompts.releases.models import GatePolicy, GateSuite
from prompts.releases.services.gate_policies import (
    DOCUMENTED,
    remove_gate_suite,
    set_gate,
    set_gate_suite,
)

ASKED = ("environment", "risk_tier", "requires_approval", "requires_runs")


class GateForm(ShapeForm):
    """The fields of the description that must be filled in, as ticks."""

    requires_documentation = forms.MultipleChoiceField(
        label="Asks for these fields of the description",
        choices=[(name, SECTIONS[name]) for name in DOCUMENTED],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
    )

    class Meta:
        model = GatePolicy
        fields = (*ASKED, "requires_documentation", "requires_standard")


class GateSuiteInline(GovernedInline):
    """Suites that must have passed: for all prompts under the gate, or for the one that is named."""

    model = GateSuite
    verbose_name = "suite"
    verbose_name_plural = "suites that must have passed"
    fields = ("suite", "prompt", "least_pass_rate", "max_age_days")
    autocomplete_fields = ("suite", "prompt")
    labels: ClassVar[dict[str, str]] = {
        "prompt": "Only for the prompt",
        "least_pass_rate": "Share that must pass, 0 to 1",
        "max_age_days": "Days a run stays valid",
    }


@admin.register(GatePolicy)
class GatePolicyAdmin(GovernedAdmin):
    """A change is a new version; verdicts name the version they were given under."""

    form = GateForm
    one, many = "gate", "gates"
    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD})
    inlines = (GateSuiteInline,)
    list_display = ("gate", "requires_approval", "requires_runs", "documentation", "suites_bound", "version")
    list_select_related = ("environment",)
    labels: ClassVar[dict[str, str]] = {
        "requires_approval": "Asks for a valid approval",
        "requires_runs": "Asks for a finished run on the very text",
        "requires_documentation": "Asks for these fields of the description",
        "requires_standard": "Asks for all that the tier's documentation standard asks",
    }
    helps: ClassVar[dict[str, str]] = {
        "risk_tier": "Left empty, the gate holds for every tier that has none of its own.",
    }
    ordering = ("environment__rank", "risk_tier")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("suites")

    def get_inlines(self, request: Any, obj: GatePolicy | None) -> tuple[type[GovernedInline], ...]:
        return self.inlines if obj else ()

    def get_fields(self, request: Any, obj: GatePolicy | None = None) -> tuple[str, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            return (*ASKED, "documentation", "requires_standard", "version")
        return (*ASKED, "requires_documentation", "requires_standard")

    def get_readonly_fields(self, request: Any, obj: GatePolicy | None = None) -> tuple[str, ...]:
        return ("environment", "risk_tier", "documentation", "version") if obj else ()

    @admin.display(description="Gate", ordering="environment__rank")
    def gate(self, policy: GatePolicy) -> str:
        """Environment and tier."""
        tier = policy.get_risk_tier_display()
        return (
            f"{policy.environment.slug}, {tier.lower()}" if tier else f"{policy.environment.slug}, all tiers"
        )

    @admin.display(description="Documentation")
    def documentation(self, policy: GatePolicy) -> str:
        """The fields that must be filled in."""
        words = [SECTIONS[name] for name in policy.requires_documentation]
        words += ["all of the standard"] if policy.requires_standard else []
        return ", ".join(words) or "none"

    @admin.display(description="Suites")
    def suites_bound(self, policy: GatePolicy) -> int:
        """How many suites it asks about."""
        return len(policy.suites.all())

    def create(self, actor: Actor, data: dict[str, Any]) -> GatePolicy:
        return self._set(actor, data["environment"], data["risk_tier"], data)

    def change(self, actor: Actor, obj: GatePolicy, data: dict[str, Any]) -> GatePolicy:
        return self._set(actor, obj.environment, obj.risk_tier, data)

    @staticmethod
    def _set(actor: Actor, environment: Any, tier: str, data: dict[str, Any]) -> GatePolicy:
        return set_gate(
            actor=actor,
            environment=environment,
            risk_tier=tier,
            requires_approval=data["requires_approval"],
            requires_runs=data["requires_runs"],
            requires_documentation=data["requires_documentation"],
            requires_standard=data["requires_standard"],
        )

    def save_inline(self, actor: Actor, obj: Any, formset: Any) -> None:
        gone = {form.instance.pk for form in formset.deleted_forms if form.instance.pk}
        changed = [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
        moved = [
            form for form in changed if form.instance.pk and {"suite", "prompt"} & set(form.changed_data)
        ]
        for pk in sorted(gone | {form.instance.pk for form in moved}):
            remove_gate_suite(actor=actor, gate_suite_id=pk)
        for form in changed:
            data = form.cleaned_data
            set_gate_suite(
                actor=actor,
                environment=obj.environment,
                risk_tier=obj.risk_tier,
                suite=data["suite"],
                prompt=data.get("prompt"),
                least_pass_rate=data["least_pass_rate"],
                max_age_days=data.get("max_age_days"),
            )
