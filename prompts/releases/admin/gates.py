"""What each environment asks before a release: the list, and the history of every change."""

from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD, TITLES
from prompts.registry.documentation import SECTIONS
from prompts.releases.demands import GateDemands
from prompts.releases.models import GatePolicy


@admin.register(GatePolicy)
class GatePolicyAdmin(GovernedAdmin):
    """Read here, changed on the gate's own page, where two people agree; verdicts name a gate's version."""

    one, many = "gate", "gates"
    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD})
    add_verb = change_verb = None  # type: ignore[assignment]
    list_display = ("gate", "demands", "suites_bound", "version")
    list_display_links = None
    list_select_related = ("environment",)
    fields = ("gate", "demands", "suites_bound", "version")
    readonly_fields = fields
    ordering = ("environment__rank", "risk_tier")
    helps: ClassVar[dict[str, str]] = {}

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("suites")

    @admin.display(description="Gate", ordering="environment__rank")
    def gate(self, policy: GatePolicy) -> SafeString:
        """Environment and tier, leading to the page on which the gate is changed."""
        tier = policy.get_risk_tier_display().lower() or "all tiers"
        address = reverse("admin:gate", args=[policy.pk])
        return format_html('<a href="{}">{}, {}</a>', address, policy.environment.slug, tier)

    @admin.display(description="Asks for")
    def demands(self, policy: GatePolicy) -> str:
        """In plain words."""
        return " ".join(GateDemands.of(policy).words(SECTIONS, TITLES))

    @admin.display(description="Suites")
    def suites_bound(self, policy: GatePolicy) -> int:
        """How many suites it asks about."""
        return len(policy.suites.all())
