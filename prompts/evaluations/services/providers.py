"""Configure providers. Keys go in and never come out."""

from decimal import Decimal
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations import secrets
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.events import PROVIDER_SAVED
from prompts.evaluations.models import Provider
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.prices.reading import as_of, listed
from prompts.evaluations.provider_checks import asked_parts, check_address, check_key, check_no_secret
from prompts.evaluations.providers.settings import faults
from prompts.evaluations.providers.templates import template_faults
from prompts.evaluations.services.suites import check_slug
from prompts.registry.texts import check_choice, check_json, check_text

LOCAL = "local"
PRICES = ("price_in", "price_out", "price_cached")
LIMITS = ("requests_per_minute", "tokens_per_minute")
MOST_PER_MINUTE = 1_000_000_000
EDITABLE = {
    "base_url",
    "model",
    "parameters",
    "timeout_seconds",
    "is_active",
    "note",
    *PRICES,
    *LIMITS,
    "month_budget",
}


def _set(provider: Provider, changes: dict[str, Any], list_prices: bool) -> None:
    if unknown := changes.keys() - EDITABLE:
        raise Unacceptable(f"A provider has no {sorted(unknown)[0]!r} to change.", field=sorted(unknown)[0])
    if "base_url" in changes:
        provider.base_url = check_address(changes["base_url"], provider.kind)
    for name, longest in (("model", 200), ("note", 300)):
        if name in changes:
            setattr(provider, name, check_text(changes[name], name, longest=longest))
    for name in PRICES:
        if name in changes:
            value = changes[name]
            setattr(
                provider, name, None if value in (None, "") else check_decimal(value, name, most=1_000_000)
            )
    if list_prices:
        _take_listed(provider)
    for name in LIMITS:
        if name in changes:
            setattr(provider, name, _limit(changes[name], name))
    if "month_budget" in changes:
        provider.month_budget = _budget(changes["month_budget"])
    if provider.month_budget is not None and not provider.has_prices:
        raise Unacceptable("A budget needs prices: enter them too.", field="month_budget")
    if "parameters" in changes:
        provider.parameters = check_json(changes["parameters"], "parameters", dict)
    if words := _parameter_faults(provider):
        raise Unacceptable(words, field="parameters")
    check_no_secret(provider)
    if "timeout_seconds" in changes:
        provider.timeout_seconds = int(
            check_decimal(changes["timeout_seconds"], "timeout_seconds", least=1, most=300)
        )
    if provider.kind == Provider.Kind.HTTP and not provider.base_url:
        raise Unacceptable("An HTTP provider has an address.", field="base_url")
    if "is_active" in changes:
        provider.is_active = bool(changes["is_active"])


def _take_listed(provider: Provider) -> None:
    """List prices for those that are empty; what was entered stays."""
    found = listed(provider.kind, provider.base_url, provider.model)
    if found is None:
        raise Unacceptable(
            "The list has no prices of that model at that address: enter them.", field="list_prices"
        )
    told = (found.prices.input, found.prices.output, found.prices.cached)
    for name, price in zip(PRICES, told, strict=True):
        if getattr(provider, name) is None:
            setattr(provider, name, price)


def _budget(value: object) -> Decimal | None:
    if value in (None, ""):
        return None
    return check_decimal(value, "month_budget", least=Decimal("0.01"), most=100_000_000, places=2)


def _limit(value: object, name: str) -> int | None:
    if value in (None, ""):
        return None
    return int(check_decimal(value, name, least=1, most=MOST_PER_MINUTE, places=0))


def _parameter_faults(provider: Provider) -> str:
    if provider.kind == Provider.Kind.HTTP:
        return template_faults(provider.parameters)
    return faults(provider.parameters)


def _record(actor: Actor, provider: Provider, key_changed: bool, list_prices: bool = False) -> None:
    payload = {
        **({"list_prices_of": as_of().isoformat()} if list_prices else {}),
        "kind": provider.kind,
        "base_url": provider.base_url,
        "model": provider.model,
        "in_use": provider.is_active,
        "key": "changed" if key_changed else "unchanged",
        **{name: "" if (value := getattr(provider, name)) is None else format(value, "f") for name in PRICES},
        **{name: getattr(provider, name) for name in LIMITS if getattr(provider, name) is not None},
        **({"month_budget": format(provider.month_budget, "f")} if provider.month_budget is not None else {}),
    }
    record(event=PROVIDER_SAVED, actor=actor, subject_type="provider", subject=provider.name, payload=payload)


@verb
def create_provider(
    *, actor: Actor, name: str, kind: str, key: str = "", list_prices: bool = False, **settings: Any
) -> Provider:
    """Creates a provider; raises ``Conflict`` where the name is taken.

    ``settings`` are base_url, model, parameters, timeout_seconds, note, prices in USD per million tokens
    (price_in, price_out, price_cached) and limits of all workers together (requests_per_minute,
    tokens_per_minute); ``month_budget`` is the most to spend in a month, in USD, and needs prices.
    With ``list_prices`` prices that are empty are those of the list that comes with the portal.
    """
    ProviderPolicy(actor).require("configure")
    check_slug(name, "provider", 80)
    check_choice(kind, "kind", Provider.Kind.values)
    if Provider.objects.filter(name=name).exists():
        raise Conflict(f"There is a provider named {name!r} already.", field="name")
    provider = Provider(name=name, kind=kind)
    _set(provider, settings, list_prices)
    provider.encrypted_key = secrets.encrypt(check_key(key, provider))
    provider.save()
    _record(actor, provider, bool(key), list_prices)
    return provider


@verb
def edit_provider(
    *,
    actor: Actor,
    provider_id: int,
    changes: dict[str, Any],
    key: str | None = None,
    list_prices: bool = False,
) -> Provider:
    """Changes settings; a ``key`` replaces the stored one, an empty key removes it, None keeps it.

    With ``list_prices`` prices that are empty then are those of the list that comes with the portal.
    """
    ProviderPolicy(actor).require("configure")
    provider = Provider.objects.select_for_update().filter(pk=provider_id).first()
    if provider is None:
        raise NotThere("There is no such provider.")
    moved = "base_url" in changes and changes["base_url"] != provider.base_url
    if moved and provider.encrypted_key and key is None:
        raise Unacceptable("Enter the key again: it is never sent to another address unasked.", field="key")
    asked = asked_parts(provider)
    _set(provider, changes, list_prices)
    if key is None and asked_parts(provider) - asked:
        check_key(secrets.decrypt(provider.encrypted_key), provider)
    if key is not None:
        provider.encrypted_key = secrets.encrypt(check_key(key, provider))
    provider.save()
    _record(actor, provider, key is not None, list_prices)
    return provider


@verb
def ensure_local_provider(*, actor: Actor) -> Provider:
    """The provider ``local`` for the embedded model; made when missing, left as it is otherwise."""
    ProviderPolicy(actor).require("configure")
    if found := Provider.objects.filter(name=LOCAL).first():
        return found
    note = "The small model that comes with the portal: for trying things out, too small to judge anything."
    provider = Provider(name=LOCAL, kind=Provider.Kind.LOCAL, note=note, price_in=0, price_out=0)
    provider.parameters = {"temperature": "0", "max_tokens": 200}
    provider.save()
    _record(actor, Provider.objects.get(pk=provider.pk), key_changed=False)
    return provider
