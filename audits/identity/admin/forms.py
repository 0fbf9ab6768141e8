"""Forms that signers must have signed: what they say and which roles they are asked of."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.models import RequiredForm
from audits.identity.roles import ROLES, title
from audits.identity.services.signed_forms import set_form


class FormForm(ShapeForm):
    """The text, and a tick for each role."""

    roles = forms.MultipleChoiceField(
        label="Asked of",
        choices=[(role, title(role)) for role in ROLES],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
        help_text="Whoever signs in one of these roles must have signed it. A policy can ask for it besides.",
    )

    class Meta:
        model = RequiredForm
        fields = ("slug", "title", "kind", "text", "roles", "validity_days")


@admin.register(RequiredForm)
class RequiredFormAdmin(GovernedAdmin):
    """Other words are a new version, which everybody signs anew."""

    form = FormForm
    one, many = "form", "forms"
    list_display = ("title", "kind", "asked", "validity_days", "version")
    ordering = ("title",)
    search_fields = ("title", "slug")
    labels: ClassVar[dict[str, str]] = {"slug": "Name", "validity_days": "Days that a signature holds"}
    helps: ClassVar[dict[str, str]] = {
        "slug": "Letters, digits and hyphens; it never changes, since policies refer to it.",
        "text": "Whoever signs it reads this. Another text is a new version: everybody signs anew.",
        "kind": "A form keeps its kind.",
    }

    def get_fields(self, request: Any, obj: RequiredForm | None = None) -> tuple[str, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("slug", "title", "kind", "text", "asked", "validity_days", "version")
        return ("slug", "title", "kind", "text", "roles", "validity_days")

    def get_readonly_fields(self, request: Any, obj: RequiredForm | None = None) -> tuple[str, ...]:
        return ("slug", "kind", "asked", "version") if obj else ()

    @admin.display(description="Asked of")
    def asked(self, form: RequiredForm) -> str:
        """The roles in words."""
        return ", ".join(title(role) for role in form.roles) or "nobody by role"

    def create(self, actor: Actor, data: dict[str, Any]) -> RequiredForm:
        return set_form(actor=actor, **data)

    def change(self, actor: Actor, obj: RequiredForm, data: dict[str, Any]) -> RequiredForm:
        return set_form(actor=actor, **{**data, "slug": obj.slug, "kind": obj.kind})
