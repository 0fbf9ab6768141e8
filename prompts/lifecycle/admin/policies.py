"""Who must sign, for which risk tier and collection."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, SIGNERS, STEWARD, title
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.services.set_policy import set_policy

ORDER = sorted(SIGNERS)


class PolicyForm(ShapeForm):
    """One number for each role that can sign."""

    class Meta:
        model = ApprovalPolicy
        fields = ("name", "risk_tier", "collection", "validity_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {seat["role"]: seat["count"] for seat in self.instance.seats or []}
        for role in ORDER:
            if (name := seat_field(role)) in self.fields:
                self.fields[name].initial = held.get(role, 0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts = {role: data.get(seat_field(role)) or 0 for role in ORDER}
        data["seats"] = [{"role": role, "count": count} for role, count in counts.items() if count]
        if not data["seats"]:
            self.add_error(None, "At least one person must sign.")
        return data


def seat_field(role: str) -> str:
    """The form's field for the seats of a role."""
    return f"seats_{role.replace('-', '_')}"


def _number(role: str) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget
    return forms.IntegerField(
        label=f"Signatures as {title(role).lower()}", min_value=0, max_value=9, required=False, widget=widget
    )


SeatsForm: Any = type("SeatsForm", (PolicyForm,), {seat_field(role): _number(role) for role in ORDER})


@admin.register(ApprovalPolicy)
class ApprovalPolicyAdmin(GovernedAdmin):
    """A change is a new version; open requests keep the seats they were opened under."""

    form = SeatsForm
    view_roles = frozenset({ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD})
    list_display = ("name", "risk_tier", "collection", "asked", "validity_days", "version")
    list_select_related = ("collection",)
    ordering = ("name",)
    labels: ClassVar[dict[str, str]] = {"validity_days": "Days that an approval holds", "asked": "Signatures"}
    helps: ClassVar[dict[str, str]] = {
        "name": "It never changes; a change of the rest is a new version of the policy.",
        "risk_tier": "Left empty, for every tier.",
        "collection": "Left empty, for every collection. The narrowest policy that fits holds.",
        "validity_days": "From the last signature on. Then the version must be signed anew.",
    }

    def get_fields(self, request: Any, obj: ApprovalPolicy | None = None) -> tuple[str, ...]:
        first = ("name", "risk_tier", "collection")
        if obj is not None and not self.has_change_permission(request, obj):
            return (*first, "asked", "validity_days", "version")
        return (*first, *(seat_field(role) for role in ORDER), "validity_days")

    def get_readonly_fields(self, request: Any, obj: ApprovalPolicy | None = None) -> tuple[str, ...]:
        return ("name", "asked", "version") if obj else ()

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        synthetic = obj is not None and obj.is_synthetic
        return not synthetic and super().has_change_permission(request, obj)

    @admin.display(description="Signatures")
    def asked(self, policy: ApprovalPolicy) -> str:
        """The seats in words."""
        words = [f"{seat['count']} {title(seat['role']).lower()}" for seat in policy.seats]
        return ", ".join(words) or "none (bulk data of measurements)"

    def create(self, actor: Actor, data: dict[str, Any]) -> ApprovalPolicy:
        return self._set(actor, data["name"], data)

    def change(self, actor: Actor, obj: ApprovalPolicy, data: dict[str, Any]) -> ApprovalPolicy:
        return self._set(actor, obj.name, data)

    @staticmethod
    def _set(actor: Actor, name: str, data: dict[str, Any]) -> ApprovalPolicy:
        return set_policy(
            actor=actor,
            name=name,
            seats=data["seats"],
            validity_days=data["validity_days"],
            risk_tier=data["risk_tier"],
            collection=data["collection"],
        )
