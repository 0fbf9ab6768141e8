"""The dimensions by which variants of a prompt differ."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminTextareaWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.registry.models import Dimension
from prompts.registry.services.dimensions import set_dimension


class DimensionForm(ShapeForm):
    """Values are typed one to a line."""

    values = forms.CharField(
        widget=UnfoldAdminTextareaWidget,
        max_length=20_000,
        help_text="One to a line: letters, digits, hyphens. de-AT falls back to de where both are values.",
    )

    class Meta:
        model = Dimension
        fields = ("slug", "title", "rank")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["values"] = "\n".join(self.instance.values)

    def clean_values(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["values"].splitlines() if line.strip()]


@admin.register(Dimension)
class DimensionAdmin(GovernedAdmin):
    """Everybody may see them: whoever writes a variant chooses from them."""

    form = DimensionForm
    one, many = "dimension", "dimensions"
    list_display = ("slug", "title", "listed", "rank")
    fields = ("slug", "title", "values", "rank")
    labels: ClassVar[dict[str, str]] = {"slug": "Name", "rank": "Place in the order"}
    helps: ClassVar[dict[str, str]] = {
        "slug": "As applications ask for it, such as channel. It never changes.",
        "rank": "1 counts most: where two variants are equally special, the one with the earlier dimension "
        "answers. It stays once variants have the dimension.",
    }

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def opens_list(self, actor: Actor) -> bool:
        return True

    def get_fields(self, request: Any, obj: Dimension | None = None) -> tuple[str, ...]:
        may = obj is None or self.has_change_permission(request, obj)
        return ("slug", "title", "values" if may else "listed", "rank")

    def get_readonly_fields(self, request: Any, obj: Dimension | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("slug",) if self.has_change_permission(request, obj) else ("slug", "title", "listed", "rank")

    @admin.display(description="Values")
    def listed(self, dimension: Dimension) -> str:
        """The values in a row."""
        return ", ".join(dimension.values)

    def create(self, actor: Actor, data: dict[str, Any]) -> Dimension:
        return set_dimension(
            actor=actor, slug=data["slug"], title=data["title"], values=data["values"], rank=data["rank"]
        )

    def change(self, actor: Actor, obj: Dimension, data: dict[str, Any]) -> Dimension:
        return set_dimension(
            actor=actor, slug=obj.slug, title=data["title"], values=data["values"], rank=data["rank"]
        )
