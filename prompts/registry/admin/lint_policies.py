"""What findings of the lint do, for each risk tier."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminSelectWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD
from prompts.registry.lint.levels import BLOCKING, LEVELS, RULES, Rule, level_of
from prompts.registry.models import LintPolicy
from prompts.registry.services.lint_policies import set_lint_policy


def _level_field(rule: Rule) -> str:
    return f"level_{rule.code.replace('-', '_')}"


def _choice(rule: Rule) -> forms.ChoiceField:
    when = "refuses to save" if rule.at_save else "refuses to freeze and submit"
    return forms.ChoiceField(
        label=rule.title,
        choices=[(level, level.capitalize()) for level in LEVELS],
        help_text=f"Blocking {when}.",
        widget=UnfoldAdminSelectWidget,
    )


class PolicyForm(ShapeForm):
    """One level for each rule."""

    class Meta:
        model = LintPolicy
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in RULES:
            if (name := _level_field(rule)) in self.fields:
                self.fields[name].initial = level_of(rule.code, self.instance.levels)


LevelsForm: Any = type("LevelsForm", (PolicyForm,), {_level_field(rule): _choice(rule) for rule in RULES})


@admin.register(LintPolicy)
class LintPolicyAdmin(GovernedAdmin):
    """One row for each risk tier; none is added."""

    form = LevelsForm
    add_verb = None  # type: ignore[assignment]
    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD})
    list_display = ("risk_tier", "blocks", "version")
    ordering = ("pk",)

    def get_fields(self, request: Any, obj: LintPolicy | None = None) -> tuple[str, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("risk_tier", "told", "version")
        return ("risk_tier", *(_level_field(rule) for rule in RULES), "version")

    def get_readonly_fields(self, request: Any, obj: LintPolicy | None = None) -> tuple[str, ...]:
        return ("risk_tier", "told", "version")

    @admin.display(description="Blocking")
    def blocks(self, policy: LintPolicy) -> str:
        """The rules that refuse."""
        titles = [rule.title for rule in RULES if level_of(rule.code, policy.levels) == BLOCKING]
        return "; ".join(titles) or "nothing"

    @admin.display(description="Rules")
    def told(self, policy: LintPolicy) -> str:
        """All rules with their level."""
        return "; ".join(f"{rule.title}: {level_of(rule.code, policy.levels)}" for rule in RULES)

    def change(self, actor: Actor, obj: LintPolicy, data: dict[str, Any]) -> LintPolicy:
        levels = {rule.code: data[_level_field(rule)] for rule in RULES}
        return set_lint_policy(actor=actor, risk_tier=obj.risk_tier, levels=levels)
