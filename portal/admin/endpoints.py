"""Webhooks: set up here, watched on their page of deliveries.

They are kept by notices; what they may be told of and for which collections, upper rooms know.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.models import User
from audits.ledger.events import ALARM_RAISED
from audits.notices.models import Endpoint
from audits.notices.policies import EndpointPolicy
from audits.notices.services.endpoints import Made, create_endpoint, edit_endpoint
from audits.notices.topics import ALARMS, TOPICS
from portal.pages.deliveries import show_secret
from portal.services.tell_checkpoints import KIND as CHECKPOINT
from portal.tidings import HOUSE, TIDINGS, HouseLine, Line
from prompts.registry.models import Collection

TICKS = {"class": "ticks"}


def kinds() -> list[tuple[str, str]]:
    """Every event that is told, with its topic in words."""
    lines: list[Line | HouseLine] = [*TIDINGS.values(), *HOUSE.values()]
    told = [(str(line.event), line.topic) for line in lines]
    told += [(str(ALARM_RAISED), ALARMS), (CHECKPOINT, ALARMS)]
    return [(name, f"{TOPICS[topic].title}: {name}") for name, topic in told]


def _collections() -> list[tuple[str, str]]:
    return [(row.slug, row.title) for row in Collection.objects.all()]


class EndpointForm(ShapeForm):
    """Where to, of what, for which collections, in whose name."""

    kinds = forms.MultipleChoiceField(
        choices=kinds,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
        label="Events",
        required=False,
        help_text="Each comes as a message of that type.",
    )
    collections = forms.MultipleChoiceField(
        choices=_collections, widget=forms.CheckboxSelectMultiple(attrs=TICKS), required=False
    )

    class Meta:
        model = Endpoint
        fields = ("name", "url", "owner", "all_collections")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = User.objects.filter(is_active=True).order_by("full_name")  # type: ignore[attr-defined]
        for name in ("kinds", "collections"):
            if self.instance.pk and name in self.fields:
                self.fields[name].initial = getattr(self.instance, name)


@admin.register(Endpoint)
class EndpointAdmin(GovernedAdmin):
    """The list of webhooks with how they stand."""

    form = EndpointForm
    policy = EndpointPolicy
    one, many = "webhook", "webhooks"
    list_display = ("name", "url", "scope", "owner", "state", "deliveries")
    list_select_related = ("owner",)
    search_fields = ("name", "url")
    change_form_outer_after_template = "admin/parts/endpoint.html"
    labels: ClassVar[dict[str, str]] = {"url": "Address", "all_collections": "All collections"}
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes.",
        "url": "Called with POST. Inside the network only what OUTGOING_ALLOWED_NETWORKS names.",
        "owner": "Who answers for it. What this person may not see is not sent.",
        "all_collections": "Instead of the ones ticked below, and of collections to come.",
    }
    asked = ("name", "url", "owner", "kinds", "all_collections", "collections")
    read = ("name", "url", "owner", "told_of", "scope", "state", "created_by", "created_at")

    def get_fields(self, request: Any, obj: Endpoint | None = None) -> tuple[str, ...]:
        return self.asked if obj is None or self.has_change_permission(request, obj) else self.read

    def get_readonly_fields(self, request: Any, obj: Endpoint | None = None) -> tuple[str, ...]:
        return ("name", *self.read[3:]) if obj else ()

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner")

    @admin.display(description="Collections")
    def scope(self, endpoint: Endpoint) -> str:
        """Which prompts."""
        return "all" if endpoint.all_collections else ", ".join(endpoint.collections)

    @admin.display(description="Events")
    def told_of(self, endpoint: Endpoint) -> str:
        """The kinds of events."""
        return ", ".join(endpoint.kinds)

    @admin.display(description="State")
    def state(self, endpoint: Endpoint) -> str:
        """On or off, and whether it fails."""
        if not endpoint.is_enabled:
            return f"off: {endpoint.disabled_reason}"
        return f"on, failed {endpoint.failures} times in a row" if endpoint.failures else "on"

    @admin.display(description="Deliveries")
    def deliveries(self, endpoint: Endpoint) -> str:
        """The way to what was sent."""
        return format_html('<a href="{}">look</a>', reverse("admin:deliveries", args=[endpoint.pk]))

    def create(self, actor: Actor, data: dict[str, Any]) -> Endpoint:
        data["made"] = create_endpoint(actor=actor, name=data["name"], **self._told(data))
        return data["made"].endpoint  # type: ignore[no-any-return]

    def change(self, actor: Actor, obj: Endpoint, data: dict[str, Any]) -> Endpoint:
        return edit_endpoint(actor=actor, endpoint_id=obj.pk, **self._told(data))

    @staticmethod
    def _told(data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("url", "kinds", "owner", "all_collections", "collections")}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        request.made_endpoint = form.cleaned_data.get("made")  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Shows the secret in the answer to the form itself: nowhere else can it be read."""
        made: Made = request.made_endpoint  # type: ignore[attr-defined]
        return show_secret(request, made)
