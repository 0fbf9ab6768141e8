"""Providers: the key can be written, never read."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldBooleanWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from audits.identity.roles import ADMINISTRATOR, AUDITOR
from prompts.evaluations.models import Provider
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.prices.reading import as_of, listed
from prompts.evaluations.services.providers import EDITABLE, PRICES, create_provider, edit_provider

KEPT = (
    "Kept encrypted and never shown. Where HTTP with JSON needs several secrets, write them as a JSON "
    'object: {"token": "…", "gateway": "…"}.'
)


class ProviderForm(ShapeForm):
    """Settings, and a key to store or to remove."""

    key = forms.CharField(
        label="Key",
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=f"{KEPT} Leave it empty to keep the one that is stored.",
    )
    remove_key = forms.BooleanField(label="Remove the stored key", required=False, widget=UnfoldBooleanWidget)

    list_prices = forms.BooleanField(
        label="Take list prices where prices are empty", required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parameters" in self.fields:
            attrs = self.fields["parameters"].widget.attrs
            attrs |= {"class": f"{attrs.get('class', '')} mono", "spellcheck": "false"}
        for name in PRICES:
            price = getattr(self.instance, name)
            if price is not None:
                self.initial[name] = f"{price.normalize():f}"
        if not self.instance.pk:
            self.fields["key"].help_text = KEPT
        if "list_prices" in self.fields:
            day = as_of()
            self.fields["list_prices"].help_text = (
                f"Of the makers' price lists of {day.day} {day:%B %Y}, for models at their makers' own "
                "addresses. What you entered stays, and what was taken can be changed: look at the bill."
            )

    class Meta:
        model = Provider
        fields = ("name", "kind", *sorted(EDITABLE))


@admin.register(Provider)
class ProviderAdmin(GovernedAdmin):
    """Endpoints with prices in USD per million tokens."""

    form = ProviderForm
    policy = ProviderPolicy
    view_roles = frozenset({ADMINISTRATOR, AUDITOR})
    list_display = ("name", "kind", "model", "base_url", "prices", "key_stored", "is_active")
    labels: ClassVar[dict[str, str]] = {
        "base_url": "Address",
        "timeout_seconds": "Longest wait, in seconds",
        "price_in": "Price of input, USD per million tokens",
        "price_out": "Price of output, USD per million tokens",
        "price_cached": "Price of cached input, USD per million tokens",
        "requests_per_minute": "Most requests per minute",
        "tokens_per_minute": "Most tokens per minute",
        "month_budget": "Budget per month, USD",
        "parameters": "Settings, as JSON",
        "is_active": "In use",
    }
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes.",
        "base_url": "Of the server, such as https://models.example/v1. Left empty, the maker's own.",
        "model": "As the server calls it.",
        "parameters": (
            'Sent with every question, such as {"temperature": 0}. For HTTP with JSON, what is sent and '
            'where the answer stands: {"headers": {"X-Key": "{{key}}"}, "body": {"text": "{{prompt}}"}, '
            '"output": "data.0.text"}; {{messages}}, {{model}} and {{settings}} may be used as well. '
            "A secret stands under Key alone: {{key}} fills it in, {{key.gateway}} one of several."
        ),
        "price_in": "Left empty, the cost of answers is unknown.",
        "requests_per_minute": (
            "By all workers together, whatever they run. What is over waits. Left empty, there is no limit."
        ),
        "tokens_per_minute": (
            "Of questions and answers, estimated before and set right after. Left empty, there is no limit."
        ),
        "month_budget": "Runs pause once so much is spent since the 1st of the month. Left empty, no limit.",
        "price_cached": "Left empty, cached input costs as other input does.",
    }
    search_fields = ("name", "model")
    settings = (
        "base_url",
        "model",
        "parameters",
        "timeout_seconds",
        "requests_per_minute",
        "tokens_per_minute",
        "price_in",
        "price_out",
        "price_cached",
        "month_budget",
        "note",
    )

    def get_fields(self, request: Any, obj: Provider | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "kind", "key", *self._asked)
        if not self.has_change_permission(request, obj):
            return ("name", "kind", "key_stored", *self.settings, "is_active")
        return ("name", "kind", "key_stored", "key", "remove_key", *self._asked, "list_told", "is_active")

    def get_readonly_fields(self, request: Any, obj: Provider | None = None) -> tuple[str, ...]:
        return ("name", "kind", "key_stored", "list_told") if obj else ()

    @property
    def _asked(self) -> tuple[str, ...]:
        """The settings, with the offer of list prices behind the prices."""
        place = self.settings.index("month_budget")
        return (*self.settings[:place], "list_prices", *self.settings[place:])

    @admin.display(description="USD per million tokens, in and out")
    def prices(self, provider: Provider) -> str:
        """Both prices, without trailing zeros."""
        if provider.kind == Provider.Kind.RECORDED:
            return "none"
        if provider.price_in is None or provider.price_out is None:
            return "unknown"
        return f"{provider.price_in.normalize():f}, {provider.price_out.normalize():f}"

    @admin.display(description="List prices")
    def list_told(self, provider: Provider) -> str:
        """What the list has for the model, to hold the entered prices against."""
        found = listed(provider.kind, provider.base_url, provider.model)
        return f"{found.words}." if found else "The list has none of this model at this address."

    @admin.display(description="Key stored", boolean=True)
    def key_stored(self, provider: Provider) -> bool:
        """Whether there is a key."""
        return provider.has_key

    def create(self, actor: Actor, data: dict[str, Any]) -> Provider:
        settings = {name: data[name] for name in self.settings}
        return create_provider(
            actor=actor,
            name=data["name"],
            kind=data["kind"],
            key=data["key"],
            list_prices=data["list_prices"],
            **settings,
        )

    def change(self, actor: Actor, obj: Provider, data: dict[str, Any]) -> Provider:
        changes = {name: data[name] for name in (*self.settings, "is_active")}
        key = "" if data["remove_key"] else (data["key"] or None)
        return edit_provider(
            actor=actor, provider_id=obj.pk, changes=changes, key=key, list_prices=data["list_prices"]
        )
