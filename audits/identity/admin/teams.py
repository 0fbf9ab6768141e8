"""Teams and their members."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.models import Team, User
from audits.identity.services.people import create_team, set_members


class TeamForm(ShapeForm):
    """A name and the members."""

    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("full_name"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
        help_text="They hold every right that is granted to the team.",
    )

    class Meta:
        model = Team
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "members" in self.fields:
            self.fields["members"].initial = self.instance.group.user_set.all()


@admin.register(Team)
class TeamAdmin(GovernedAdmin):
    """The list of teams."""

    form = TeamForm
    list_display = ("name", "slug", "people")
    search_fields = ("name",)

    def get_fields(self, request: Any, obj: Team | None = None) -> tuple[str, ...]:
        may_write = obj is None or self.has_change_permission(request, obj)
        return ("name", "members") if may_write else ("name", "slug", "people")

    def get_readonly_fields(self, request: Any, obj: Team | None = None) -> tuple[str, ...]:
        return ("name", "slug", "people") if obj else ()

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(number=Count("group__user"))

    @admin.display(description="Members", ordering="number")
    def people(self, team: Any) -> str:
        """How many belong to it."""
        return f"{team.number} {'person' if team.number == 1 else 'people'}"

    def create(self, actor: Actor, data: dict[str, Any]) -> Team:
        return create_team(actor=actor, name=data["name"], members=list(data["members"]))

    def change(self, actor: Actor, obj: Team, data: dict[str, Any]) -> Team:
        return set_members(actor=actor, team=obj, members=list(data["members"]))
