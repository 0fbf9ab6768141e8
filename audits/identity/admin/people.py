"""People: made, given roles, taken out of use; never deleted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.models import AccessProposal, User
from audits.identity.roles import ROLES, TITLES, title
from audits.identity.services.people import create_user, set_user
from audits.identity.services.roles import ask_password


class PersonForm(ShapeForm):
    """Roles as ticks; a password only to be set, never shown."""

    roles = forms.MultipleChoiceField(
        choices=[(role, TITLES[role]) for role in ROLES],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
        help_text="What this person may do at all; on which prompts, teams and grants say.",
    )
    stop_keys = forms.BooleanField(
        label="Stop the keys as well",
        required=False,
        help_text="Only for somebody who leaves and owns keys that nobody takes over.",
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "is_active", "access_ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            held = self.instance.groups.values_list("name", flat=True)
            self.fields["roles"].initial = [role for role in ROLES if role in set(held)]


@admin.register(User)
class UserAdmin(GovernedAdmin):
    """The list of people with their roles."""

    form = PersonForm
    one, many = "person", "people"
    change_form_outer_after_template = "admin/parts/hand_over.html"
    list_display = ("full_name", "username", "held_roles", "is_active", "access_ends_at", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "full_name", "email")
    ordering = ("full_name", "username")
    labels: ClassVar[dict[str, str]] = {
        "username": "User name",
        "email": "E-mail address",
        "is_active": "May sign in",
        "access_ends_at": "Access ends",
    }
    helps: ClassVar[dict[str, str]] = {
        "username": "For signing in and in the record; it never changes. Letters, digits and @ . + - _",
        "is_active": "Nobody is deleted: whoever leaves no longer signs in.",
        "access_ends_at": "For auditors and others who come for a time, in UTC. Empty: no end.",
    }
    add_fields = ("username", "full_name", "email", "roles", "access_ends_at")

    def get_fields(self, request: Any, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return self.add_fields
        if not self.has_change_permission(request, obj):
            return (
                "username",
                "full_name",
                "email",
                "held_roles",
                "is_active",
                "access_ends_at",
                "last_login",
            )
        return ("username", "full_name", "email", "roles", "access_ends_at", "is_active", "stop_keys")

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
            roles=data["roles"],
            access_ends_at=data["access_ends_at"],
        )

    def change(self, actor: Actor, obj: User, data: dict[str, Any]) -> User:
        return set_user(
            actor=actor,
            user=obj,
            roles=data["roles"],
            is_active=data["is_active"],
            access_ends_at=data["access_ends_at"],
            stop_keys=data.get("stop_keys", False),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Says so where roles wait for a second person."""
        super().save_model(request, obj, form, change)
        row = AccessProposal.objects.filter(user_id=obj.pk, state="open", kind="roles").first()
        if row is not None:
            names = ", ".join(title(role) for role in row.roles)
            messages.warning(request, f"{names}: waits until a second person confirms it.")

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Shows the one-time address in the answer to the form itself: it is stored nowhere."""
        pair = ask_password(actor=request.actor, user=User.objects.get(pk=obj.pk))  # type: ignore[attr-defined]
        return show_link(self.admin_site, request, obj, pair)


def show_link(site: Any, request: HttpRequest, person: User, pair: str) -> HttpResponse:
    """The page that shows, this once, where the person sets the password."""
    key, token = pair.split("/")
    context = {
        **site.each_context(request),
        "title": f"A password for {person}",
        "person": person,
        "link": request.build_absolute_uri(reverse("admin:set-password", args=[key, token])),
    }
    response = render(request, "admin/password_link.html", context)
    response["Cache-Control"] = "no-store"
    return response
