"""People: made, given roles, taken out of use; never deleted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.http import Http404
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from unfold.widgets import UnfoldAdminPasswordWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.models import User
from audits.identity.roles import ROLES, TITLES
from audits.identity.services.passwords import set_password
from audits.identity.services.people import create_user, set_user


class PersonForm(ShapeForm):
    """Roles as ticks; a password only to be set, never shown."""

    roles = forms.MultipleChoiceField(
        choices=[(role, TITLES[role]) for role in ROLES],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
        help_text="What this person may do at all; on which prompts, teams and grants say.",
    )
    password_to_set = forms.CharField(
        label="New password",
        widget=UnfoldAdminPasswordWidget,
        required=False,
        strip=False,
        help_text="At least 12 characters. For a new person a first one, to be changed after signing in; "
        "for others left empty, it stays.",
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            held = self.instance.groups.values_list("name", flat=True)
            self.fields["roles"].initial = [role for role in ROLES if role in set(held)]

    def clean_password_to_set(self) -> str:
        password = str(self.cleaned_data["password_to_set"])
        if password:
            validate_password(password, self.instance)
        elif not self.instance.pk:
            raise forms.ValidationError("Give a first password; the person changes it after signing in.")
        return password


@admin.register(User)
class UserAdmin(GovernedAdmin):
    """The list of people with their roles."""

    form = PersonForm
    one, many = "person", "people"
    change_form_outer_after_template = "admin/parts/hand_over.html"
    list_display = ("full_name", "username", "held_roles", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "full_name", "email")
    ordering = ("full_name", "username")
    labels: ClassVar[dict[str, str]] = {
        "username": "User name",
        "email": "E-mail address",
        "is_active": "May sign in",
    }
    helps: ClassVar[dict[str, str]] = {
        "username": "For signing in and in the record; it never changes. Letters, digits and @ . + - _",
        "is_active": "Nobody is deleted: whoever leaves no longer signs in.",
    }
    add_fields = ("username", "full_name", "email", "roles", "password_to_set")

    def get_fields(self, request: Any, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return self.add_fields
        if not self.has_change_permission(request, obj):
            return ("username", "full_name", "email", "held_roles", "is_active", "last_login")
        return ("username", "full_name", "email", "roles", "is_active", "password_to_set")

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> tuple[str, ...]:
        return ("username", "full_name", "email", "held_roles", "last_login") if obj else ()

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Roles")
    def held_roles(self, user: User) -> str:
        """The person's roles in words."""
        held = {group.name for group in user.groups.all()}
        return ", ".join(TITLES[role] for role in ROLES if role in held) or "none"

    def history_view(self, request: Any, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """People have no history table: what happened to them stands in the audit trail."""
        person = self.get_object(request, object_id)
        if person is None or not self.has_view_permission(request, person):
            raise Http404
        try:
            trail = reverse("admin:trail")
        except NoReverseMatch as missing:
            raise Http404 from missing
        return redirect(f"{trail}?{urlencode({'subject': person.username})}")

    history_form_view = history_view

    def create(self, actor: Actor, data: dict[str, Any]) -> User:
        return create_user(
            actor=actor,
            username=data["username"],
            full_name=data["full_name"],
            email=data["email"],
            password=data["password_to_set"],
            roles=data["roles"],
        )

    def change(self, actor: Actor, obj: User, data: dict[str, Any]) -> User:
        set_user(actor=actor, user=obj, roles=data["roles"], is_active=data["is_active"])
        if data.get("password_to_set"):
            set_password(actor=actor, user=obj, password=data["password_to_set"])
        return obj
