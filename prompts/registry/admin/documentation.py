"""What the documentation of each risk tier must hold."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, DOCUMENTATION_SPECIALIST, ETHICS_OFFICER, STEWARD
from prompts.registry.documentation import LONGEST, MOST, OWNER, SECTIONS
from prompts.registry.models import DocumentationStandard
from prompts.registry.services.standards import set_standard


class LeastForm(ShapeForm):
    """One number for each section: how many characters it must at least have."""

    class Meta:
        model = DocumentationStandard
        fields = ("risk_tier",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {row["name"]: row["least"] for row in self.instance.sections or []}
        for name in SECTIONS:
            if (field := least_field(name)) in self.fields:
                self.fields[field].initial = held.get(name, 0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts = {name: data.get(least_field(name)) or 0 for name in SECTIONS}
        data["sections"] = [{"name": name, "least": least} for name, least in counts.items() if least]
        return data


def least_field(name: str) -> str:
    """The form's field for a section."""
    return f"least_{name}"


def _number(name: str, title: str) -> forms.IntegerField:
    most = 1 if name == OWNER else LONGEST.get(name, MOST)
    words = "1: there must be one" if name == OWNER else "Least number of characters"
    return forms.IntegerField(
        label=title.capitalize(),
        min_value=0,
        max_value=most,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=f"{words}; 0: not asked for.",
    )


StandardForm: Any = type(
    "StandardForm",
    (LeastForm,),
    {least_field(name): _number(name, title) for name, title in SECTIONS.items()},
)


@admin.register(DocumentationStandard)
class DocumentationStandardAdmin(GovernedAdmin):
    """A change is a new version, and holds at once for every prompt of the tier."""

    form = StandardForm
    one, many = "documentation standard", "documentation standards"
    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD, DOCUMENTATION_SPECIALIST})
    list_display = ("risk_tier", "asked", "version")
    ordering = ("pk",)

    def get_fields(self, request: Any, obj: DocumentationStandard | None = None) -> tuple[str, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("risk_tier", "asked", "version")
        return ("risk_tier", *(least_field(name) for name in SECTIONS))

    def get_readonly_fields(self, request: Any, obj: DocumentationStandard | None = None) -> tuple[str, ...]:
        return ("risk_tier", "asked", "version") if obj else ()

    @admin.display(description="Sections asked for")
    def asked(self, standard: DocumentationStandard) -> str:
        """The sections in words, with the least length where there is one."""
        told = standard.told().sections
        words = [f"{row.title} ({row.least})" if row.least > 1 else row.title for row in told]
        return ", ".join(words) or "none"

    def create(self, actor: Actor, data: dict[str, Any]) -> DocumentationStandard:
        return set_standard(actor=actor, risk_tier=data["risk_tier"], sections=data["sections"])

    def change(self, actor: Actor, obj: DocumentationStandard, data: dict[str, Any]) -> DocumentationStandard:
        return set_standard(actor=actor, risk_tier=obj.risk_tier, sections=data["sections"])
