"""One gate: what it asks in plain words, what waits for a second person, and the forms to change it.

An administrator with nobody beside him changes it at once, since nobody could ever confirm (decision 16).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.roles import ADMINISTRATOR, STEWARD, TITLES
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.selectors.gate_rows import DOCUMENTED_WORDS, changes_of, past_changes, suites_of, words_of
from prompts.evaluations.models import Provider, Suite
from prompts.registry.models import Environment, Prompt, RiskTier
from prompts.releases.demands import MOST_EMERGENCY_HOURS, MOST_REVIEW_HOURS, GateDemands
from prompts.releases.models import GatePolicy
from prompts.releases.policies import GatePolicyRules
from prompts.releases.services.common import told
from prompts.releases.services.gate_changes import (
    propose_gate,
    propose_gate_suite,
    propose_new_cases,
    propose_removal,
)
from prompts.releases.services.gate_policies import (
    remove_gate_suite,
    set_gate,
    set_gate_suite,
    take_in_cases,
)

WAITS = "Proposed. It waits for a second person: an administrator, an ethics officer or a steward."
HOLDS = "It holds from now on: you are alone here."


def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the gate; a form proposes a change."""
    found = GatePolicy.objects.select_related("environment").filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such gate.")
    fault: GovernedError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, found.environment.slug, found.risk_tier))
            return redirect("admin:gate", pk=pk)
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
    return _shown(request, found, fault)


def gate_new(request: HttpRequest) -> HttpResponse:
    """Proposes the gate of an environment and tier that has none."""
    actor, data, fault = actor_of(request), request.POST, None
    alone = GatePolicyRules(actor).may("set_alone")
    if request.method == "POST":
        try:
            act = set_gate if alone else propose_gate
            act(
                actor=actor,
                environment=str(data.get("environment", "")),
                risk_tier=str(data.get("risk_tier", "")),
                reason=told(str(data.get("reason", ""))),
                **_demands(data),
            )
            messages.success(request, HOLDS if alone else WAITS)
            return redirect("admin:releases_gatepolicy_changelist" if alone else "admin:second-person")
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
    context = {
        "alone": alone,
        "places": Environment.objects.order_by("rank"),
        "tiers": RiskTier.choices,
        "fault": fault,
        "given": data if fault else {},
        **_form(_typed(data) if fault else GateDemands()),
    }
    crumbs = [("Gates", reverse("admin:releases_gatepolicy_changelist")), ("New gate", None)]
    status = fault.status if fault else 200
    return render_page(
        request, "portal/gate_new.html", context, title="New gate", crumbs=crumbs, status=status
    )


def _shown(request: HttpRequest, found: GatePolicy, fault: GovernedError | None) -> HttpResponse:
    actor = actor_of(request)
    rules = GatePolicyRules(actor)
    context = {
        "gate": found,
        "words": words_of(GateDemands.of(found)),
        "suites": suites_of(actor, found),
        "changes": changes_of(actor, [found.environment]),
        "past": past_changes(actor, found),
        "alone": rules.may("set_alone"),
        "may_propose": rules.may("propose"),
        "may_bind": rules.may("propose") or actor.has_role(STEWARD),
        "providers": Provider.objects.filter(is_active=True).exclude(kind=Provider.Kind.RECORDED),
        "every_suite": Suite.objects.visible_to(actor).filter(is_active=True).order_by("name")[:300],
        "fault": fault,
        "given": request.POST if fault else {},
        **_form(
            _typed(request.POST) if fault and request.POST.get("act") == "gate" else GateDemands.of(found)
        ),
    }
    crumbs = [("Gates", reverse("admin:releases_gatepolicy_changelist")), (str(found), None)]
    status = fault.status if fault else 200
    title = f"Gate of {found}"
    return render_page(request, "portal/gate.html", context, title=title, crumbs=crumbs, status=status)


def _form(asked: GateDemands) -> dict[str, Any]:
    return {
        "asked": asked,
        "fields": [(name, word, name in asked.requires_documentation) for name, word in DOCUMENTED_WORDS],
        "severities": GatePolicy.Severity.choices,
        "overdue": GatePolicy.Overdue.choices,
        "roles": [(slug, word, slug in asked.emergency_roles) for slug, word in TITLES.items()],
        "most_hours": MOST_EMERGENCY_HOURS,
        "most_review": MOST_REVIEW_HOURS,
    }


def _demands(data: Any) -> dict[str, Any]:
    """The demands of a gate as its form sends them."""
    return {
        **{name: name in data for name in TICKS},
        "requires_documentation": data.getlist("requires_documentation")[:40],
        "shut_by_findings": str(data.get("shut_by_findings", "")),
        "overdue_inherited": str(data.get("overdue_inherited", "warn")),
        "emergency_roles": sorted(set(data.getlist("emergency_roles")))[:10],
        "emergency_hours": _number(data, "emergency_hours", 0),
        "review_hours": _number(data, "review_hours", 72),
    }


TICKS = (
    "requires_approval", "requires_runs", "requires_standard", "requires_settled_comments",
    "requires_calibration",
)  # fmt: skip


def _typed(data: Any) -> GateDemands:
    """What was sent, to be shown again; of numbers that are none, the usual ones."""
    plain = data.copy()
    for name in ("emergency_hours", "review_hours"):
        if number(plain, name) is None:
            plain[name] = ""
    return GateDemands(**_demands(plain))


def _number(data: Mapping[str, Any], name: str, empty: int) -> int:
    text = str(data.get(name, "")).strip()
    if not text:
        return empty
    found = number(data, name)
    if found is None:
        raise Unacceptable("Write a whole number.", field=name)
    return found


def _act(request: HttpRequest, environment: str, tier: str) -> str:
    """What the form asks for: proposed, or done at once by an administrator with nobody beside him."""
    actor, data = actor_of(request), request.POST
    alone = GatePolicyRules(actor).may("set_alone")
    act, reason = str(data.get("act", "")), told(str(data.get("reason", "")))
    row = number(data, "row") or 0
    if act == "gate":
        change = set_gate if alone else propose_gate
        change(actor=actor, environment=environment, risk_tier=tier, reason=reason, **_demands(data))
    elif act == "suite":
        _bind(request, environment, tier, alone)
    elif act == "cases":
        (take_in_cases if alone else propose_new_cases)(actor=actor, gate_suite_id=row, reason=reason)
    elif act == "removal":
        (remove_gate_suite if alone else propose_removal)(actor=actor, gate_suite_id=row, reason=reason)
    else:
        raise Unacceptable("Choose what to do.", field="act")
    return HOLDS if alone else WAITS


def _bind(request: HttpRequest, environment: str, tier: str, alone: bool) -> None:
    actor, data = actor_of(request), request.POST
    suite = Suite.objects.visible_to(actor).filter(name=str(data.get("suite", "")).strip()).first()
    if suite is None:
        raise Unacceptable("There is no such suite that you may see.", field="suite")
    named = str(data.get("prompt", "")).strip()
    prompt = Prompt.objects.visible_to(actor).filter(name=named).first() if named else None
    if named and prompt is None:
        raise Unacceptable(f"There is no prompt {named[:200]!r} that you may see.", field="prompt")
    share = str(data.get("least_pass_rate", "")).strip().replace(",", ".")
    try:
        rate = Decimal(share) / 100
    except ArithmeticError as error:
        raise Unacceptable("Write the share as percent, such as 95.", field="least_pass_rate") from error
    (set_gate_suite if alone else propose_gate_suite)(
        actor=actor,
        environment=environment,
        risk_tier=tier,
        suite=suite,
        prompt=prompt,
        least_pass_rate=rate,
        max_age_days=_number(data, "max_age_days", 0) or None,
        least_cases=_number(data, "least_cases", 1),
        providers=data.getlist("providers")[:50],
        allows_recorded="allows_recorded" in data,
        reason=str(data.get("reason", "")),
    )


PAGES = [
    Page("gates/new/", gate_new, "gate-new", (ADMINISTRATOR,)),
    Page("gates/<int:pk>/", gate, "gate", GatePolicyRules.READERS),
]
