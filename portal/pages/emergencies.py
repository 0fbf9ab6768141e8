"""Breaking the glass: asking for it, confirming it, and looking at it afterwards."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt, version_by_number
from portal.selectors.release_rows import checks_of, failed_checks
from portal.selectors.second_rows import urgent
from prompts.registry.models import Environment, Prompt
from prompts.releases.models import Emergency
from prompts.releases.policies import EmergencyPolicy
from prompts.releases.selectors import gate_policy_for, verdict_of
from prompts.releases.services.emergency import (
    OUTCOMES,
    ask_emergency,
    confirm_emergency,
    refuse_emergency,
    review_emergency,
)


def emergency_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for an emergency release of one version to one environment."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    values = request.POST if request.method == "POST" else request.GET
    version = version_by_number(prompt, number(values, "version"))
    place = Environment.objects.filter(slug=str(values.get("environment", ""))).first()
    if version is None or place is None:
        return redirect("admin:release", pk=pk)
    version.prompt = prompt
    gate = gate_policy_for(prompt, place)
    EmergencyPolicy(actor).require("ask", (prompt, place, gate))
    fault: GovernedError | None = None
    if request.method == "POST":
        try:
            row = ask_emergency(
                actor=actor,
                version_id=version.pk,
                environment=place,
                reason=str(request.POST.get("reason", "")),
                hours=number(request.POST, "hours") or 0,
            )
            messages.success(request, "Asked for. It is live as soon as the second person confirms it.")
            return redirect("admin:emergency", pk=row.pk)
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
    context = {
        "prompt": prompt,
        "version": version,
        "place": place,
        "gate": gate,
        "checks": [check for check in checks_of(prompt, verdict_of(version, place)) if not check["passed"]],
        "fault": fault,
        "given": request.POST if fault else {},
    }
    crumbs = crumbs_of(prompt, ("Break the glass", None))
    status = fault.status if fault else 200
    title = f"{prompt.name}: break the glass"
    return render_page(
        request, "portal/emergency_new.html", context, title=title, crumbs=crumbs, status=status
    )


def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """One emergency: what was broken, who took part, when it ends, and what the reader may do about it."""
    actor = actor_of(request)
    seen = Prompt.objects.visible_to(actor).values("pk")
    rows = Emergency.objects.select_related(
        "prompt__collection", "version", "environment", "asked_by", "confirmed_by", "reviewed_by", "release"
    )
    row = rows.filter(pk=pk, prompt__in=seen).first()
    if row is None:
        raise NotThere("There is no such emergency, or you may not see it.")
    if request.method == "POST":
        messages.success(request, _act(request, row))
        return redirect("admin:emergency", pk=pk)
    row.version.prompt = row.prompt
    verdict = row.verdict or verdict_of(row.version, row.environment).as_dict()
    context = {
        "row": row,
        "prompt": row.prompt,
        "one": urgent(actor, row),
        "may_refuse": row.state == Emergency.State.ASKED
        and EmergencyPolicy(actor).may("refuse", (row, gate_policy_for(row.prompt, row.environment))),
        "mine": actor.user is not None and actor.user.pk == row.asked_by_id,
        "checks": failed_checks(verdict),
        "outcomes": OUTCOMES,
    }
    crumbs = crumbs_of(row.prompt, ("Emergency", None))
    title = f"{row.prompt.name}: emergency"
    return render_page(request, "portal/emergency.html", context, title=title, crumbs=crumbs)


def _act(request: HttpRequest, row: Emergency) -> str:
    actor, data = actor_of(request), request.POST
    act, reason = data.get("act"), str(data.get("reason", ""))
    if act == "confirm":
        confirm_emergency(actor=actor, emergency_id=row.pk)
        return f"Version {row.version.number} is live in {row.environment.slug}, for {row.hours} hours."
    if act == "refuse":
        refuse_emergency(actor=actor, emergency_id=row.pk, reason=reason)
        return "Refused; the gate stays shut."
    if act == "review":
        review_emergency(actor=actor, emergency_id=row.pk, outcome=str(data.get("outcome", "")), text=reason)
        return "What you found is on record."
    raise Unacceptable("Choose what to do.", field="act")


PAGES = [
    Page("prompts/<int:pk>/break-glass/", emergency_new, "emergency-new"),
    Page("emergencies/<int:pk>/", emergency, "emergency"),
]
