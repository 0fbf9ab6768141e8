"""Keys of applications: made once, shown once, revoked with a reason, never changed.

They are kept by identity; their scope names collections and environments, so their page lives here.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.governed import GovernedAdmin
from audits.identity.models import ServiceAccount
from audits.identity.models.service_account import VERBS
from audits.identity.services.keys import KeyPair, create_key, revoke_key
from prompts.registry.models import Collection, Environment


def _collections() -> list[tuple[str, str]]:
    return [(row.slug, row.title) for row in Collection.objects.all()]


def _environments() -> list[tuple[str, str]]:
    rows = Environment.objects.all()
    return [(row.slug, f"{row.title}, protected" if row.is_protected else row.title) for row in rows]


MEANS = {
    "read": "read released prompts",
    "read_drafts": "read drafts as well",
    "write": "write drafts",
    "evaluate": "start runs",
    "ingest": "tell of calls",
    "score": "score calls",
    "release": "release versions",
    "export": "export",
}
"""What each verb lets a key do, in words."""


class KeyForm(ShapeForm):
    """The scope of a key: which prompts, where, to do what, for how long."""

    collections = forms.MultipleChoiceField(
        choices=_collections, widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}), required=False
    )
    environments = forms.MultipleChoiceField(
        choices=_environments,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        required=False,
        help_text="Whose releases it reads. Without one it reads no release.",
    )
    verbs = forms.MultipleChoiceField(
        choices=[(word, MEANS.get(word, word.replace("_", " "))) for word in VERBS],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        initial=["read"],
        label="What it may do",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=3650,
        initial=365,
        label="Lives for, in days",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = ServiceAccount
        fields = ("name", "all_collections")


@admin.register(ServiceAccount)
class KeyAdmin(GovernedAdmin):
    """The list of keys with their last use."""

    form = KeyForm
    one, many = "key", "keys"
    change_verb = None  # type: ignore[assignment]
    labels: ClassVar[dict[str, str]] = {
        "created_at": "Made",
        "created_by": "Made by",
        "expires_at": "Ends",
        "revoked_at": "Revoked",
        "last_used_at": "Last used",
    }
    helps: ClassVar[dict[str, str]] = {
        "name": "Of the application that uses it; it stands beside its calls and in the record.",
        "all_collections": "Instead of the ones ticked below, and of collections to come.",
    }
    list_display = ("name", "public_key", "scope", "does", "expires_at", "last_used_at", "state")
    search_fields = ("name", "public_key")
    change_form_outer_after_template = "admin/parts/key_revoke.html"
    made = ("name", "public_key", "state", "scope", "read_from", "does")
    dates = ("created_by", "created_at", "expires_at", "revoked_at", "last_used_at")

    def get_fields(self, request: Any, obj: ServiceAccount | None = None) -> tuple[str, ...]:
        if obj is not None:
            return (*self.made, *self.dates)
        return ("name", "all_collections", "collections", "environments", "verbs", "days")

    def get_readonly_fields(self, request: Any, obj: ServiceAccount | None = None) -> tuple[str, ...]:
        return (*self.made, *self.dates) if obj else ()

    @admin.display(description="Collections")
    def scope(self, key: ServiceAccount) -> str:
        """Which prompts."""
        return "all" if key.all_collections else ", ".join(key.collections)

    @admin.display(description="Environments")
    def read_from(self, key: ServiceAccount) -> str:
        """Where."""
        return ", ".join(key.environments) or "none"

    @admin.display(description="May")
    def does(self, key: ServiceAccount) -> str:
        """To do what."""
        return ", ".join(word.replace("_", " ") for word in key.verbs)

    @admin.display(description="State")
    def state(self, key: ServiceAccount) -> str:
        """In use, expired or revoked."""
        if key.is_live:
            return "in use"
        if key.revoked_at:
            return "revoked"
        return "suspended, its owner left" if key.suspended_at else "expired"

    def create(self, actor: Actor, data: dict[str, Any]) -> ServiceAccount:
        protected = set(Environment.objects.filter(is_protected=True).values_list("slug", flat=True))
        pair = create_key(
            actor=actor,
            name=data["name"],
            all_collections=data["all_collections"],
            collections=data["collections"],
            environments=data["environments"],
            protected_environments=[slug for slug in data["environments"] if slug in protected],
            verbs=data["verbs"],
            days=data["days"],
        )
        data["pair"] = pair
        return pair.account

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        request.key_pair = form.cleaned_data.get("pair")  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Shows the secret in the answer to the form itself: it is stored nowhere, not even in a session."""
        pair: KeyPair = request.key_pair  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": f"The key {obj.name}",
            "pair": pair,
            "many": self.many,
        }
        response = render(request, "admin/key_made.html", {**context, "opts": self.opts, "original": obj})
        response["Cache-Control"] = "no-store"
        return response

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revoke_view)
        return [path("<int:pk>/revoke/", view, name="identity_serviceaccount_revoke"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes the form under the key's page."""
        key = self.get_queryset(request).filter(pk=pk).first()
        if key is None or request.method != "POST":
            raise Http404
        reason = request.POST.get("reason", "").strip()
        try:
            if not reason or "\0" in reason:
                raise GovernedError("Say in words why the key is revoked.", field="reason")
            revoke_key(actor=request.actor, account=key, reason=reason)  # type: ignore[attr-defined]
        except GovernedError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"The key {key.name} ended just now.")
        return redirect(reverse("admin:identity_serviceaccount_change", args=[pk]))
