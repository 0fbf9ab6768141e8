"""Releasing a version through its gate, rolling back, freezing, retiring; and what is live everywhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, keys_of, number, seen_prompt, version_by_number
from portal.pages.schedules import moment_told, schedule
from portal.selectors.prompt_head import head_of
from portal.selectors.release_rows import ZONES, checks_of, fetchers_of, overview, scheduled_of
from portal.selectors.served_variants import served_variants
from portal.services.freeze_family import freeze_family
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.errors import GateClosed
from prompts.releases.gates import Verdict
from prompts.releases.models import Release
from prompts.releases.policies import EmergencyPolicy
from prompts.releases.selectors import gate_policy_for, released_versions, verdict_of
from prompts.releases.services.attempt import attempt_promotion, attempt_release, attempt_roll_back
from prompts.releases.services.freeze import lift_freeze
from prompts.releases.services.retire import cancel_retirement, retire_prompt

MOST_VARIANTS = 500


def releases(request: HttpRequest) -> HttpResponse:
    """What is live, what was stopped, what is frozen."""
    context = overview(actor_of(request), str(request.GET.get("environment", ""))[:40])
    return render_page(
        request, "portal/releases.html", context, title="Releases", crumbs=[("Releases", None)]
    )


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a version and an environment, see the verdict, then press; or go back to an earlier release."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    values = request.POST if request.method == "POST" else request.GET
    places = list(Environment.objects.order_by("rank"))
    version = _chosen(prompt, number(values, "version"))
    asked = next((p for p in places if p.slug == values.get("environment")), None)
    place = asked or _next_place(prompt, version, places)
    if request.method == "POST" and not _is_named(request.POST, version, place):
        raise NotThere("There is no such version or environment.")
    fault: GovernedError | None = None
    if request.method == "POST":
        try:
            return _press(request, prompt, version, place)
        except GateClosed as shut:
            fault = shut
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
        if request.POST.get("act") == "promote" and place is not None:
            # The form named where the version came from; what is shown is where it was to go.
            place = next((one for one in places if one.rank > place.rank), place)
    verdict = verdict_of(version, place) if version is not None and place is not None else None
    context = {
        "prompt": prompt,
        "head": head_of(actor, prompt),
        "versions": prompt.versions.frozen().order_by("-number")[:60],
        "places": places,
        "place": place,
        "version": version,
        "checks": checks_of(prompt, verdict) if verdict else [],
        "is_open": verdict is not None and verdict.open,
        "live": Release.objects.filter(prompt=prompt, environment=place, state="live")
        .select_related("version")
        .first(),
        "earlier": earlier_releases(prompt, place),
        "back": number(request.GET, "back"),
        "scheduled": scheduled_of(prompt),
        "zones": ZONES,
        "breakable": _is_breakable(actor, prompt, version, place, verdict),
        "fault": fault,
        "given": request.POST if fault else {},
        "reason": request.POST.get("reason", "") if fault else "",
    }
    crumbs = crumbs_of(prompt, ("Release", None))
    status = fault.status if fault else 200
    title = f"{prompt.name}: release"
    return render_page(request, "portal/release.html", context, title=title, crumbs=crumbs, status=status)


def _next_place(prompt: Prompt, version: Version | None, places: list[Environment]) -> Environment | None:
    """The first environment, upwards, in which the version is not live yet; else the last one."""
    rows = Release.objects.filter(prompt=prompt, version=version, state="live")
    reached = set(rows.values_list("environment_id", flat=True)) if version else set()
    return next((place for place in places if place.pk not in reached), places[-1] if places else None)


def _chosen(prompt: Prompt, wanted: int | None) -> Version | None:
    """The version asked for, else the newest frozen one."""
    chosen = version_by_number(prompt, wanted)
    if chosen is None or not chosen.is_frozen:
        chosen = prompt.versions.frozen().order_by("-number").first()
    if chosen is not None:
        chosen.prompt = prompt
    return chosen


def _is_named(data: Any, version: Version | None, place: Environment | None) -> bool:
    """Whether the form names this version and place: what is shown for want of a choice is not released."""
    if place is None or data.get("environment") != place.slug:
        return False
    return "roll_back" in data or (version is not None and number(data, "version") == version.number)


def _press(
    request: HttpRequest, prompt: Prompt, version: Version | None, place: Environment | None
) -> HttpResponse:
    actor, data = actor_of(request), request.POST
    reason = str(data.get("reason", "")).strip()
    if version is None or place is None:
        raise NotThere("There is no such version or environment.")
    seen = number(data, "seen_live")
    if "roll_back" in data:
        target = number(data, "roll_back") or 0
        attempt_roll_back(
            actor=actor,
            prompt_id=prompt.pk,
            environment=place,
            to_version=target,
            reason=reason,
            seen_live=seen,
        )
        messages.success(request, f"{place.slug} went back to version {target}.")
    elif data.get("act") == "promote":
        made = attempt_promotion(
            actor=actor,
            prompt_id=prompt.pk,
            environment=place,
            seen_version=version.number,
            reason=reason,
        )
        messages.success(request, f"Version {version.number} is live in {made.environment.slug}.")
    elif data.get("act") == "schedule":
        messages.success(request, schedule(actor, data, version, place))
    else:
        attempt_release(actor=actor, version_id=version.pk, environment=place, reason=reason, seen_live=seen)
        messages.success(request, f"Version {version.number} is live in {place.slug}.")
    return redirect("admin:prompt", pk=prompt.pk)


def _is_breakable(
    actor: Actor, prompt: Prompt, version: Version | None, place: Environment | None, verdict: Verdict | None
) -> bool:
    """Whether the reader is offered to break the glass: the gate is shut, and names a role that he holds."""
    if version is None or place is None or verdict is None or verdict.open:
        return False
    return EmergencyPolicy(actor).may("ask", (prompt, place, gate_policy_for(prompt, place)))


def earlier_releases(prompt: Prompt, place: Environment | None) -> list[Any]:
    """Versions that were live in the environment before, newest first, each once."""
    rows = (
        Release.objects.filter(prompt=prompt, environment=place)
        .exclude(state="live")
        .select_related("version")
    )
    live = Release.objects.filter(prompt=prompt, environment=place, state="live").values_list(
        "version_id", flat=True
    )
    told: dict[int, Any] = {}
    for row in rows.order_by("-pk")[:60]:
        if row.version_id not in live:
            told.setdefault(row.version_id, row)
    return list(told.values())


def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops a prompt at once, lifts the stop again, or retires it for good."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    head = head_of(actor, prompt)
    if not head.may["freeze"] and not head.may["retire"]:
        raise Refused("Freezing is for ethics officers and stewards.")
    if request.method == "POST":
        try:
            told = _stop(request, prompt)
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            return _stop_page(request, prompt, head, fault=error, status=error.status)
        messages.success(request, told)
        return redirect("admin:prompt", pk=prompt.pk)
    return _stop_page(request, prompt, head)


def _stop(request: HttpRequest, prompt: Prompt) -> str:
    actor, data = actor_of(request), request.POST
    reason, act = str(data.get("reason", "")).strip(), data.get("act", "")
    if not reason:
        raise Unacceptable("Say why.", field="reason")
    if act == "freeze":
        done = freeze_family(
            actor=actor,
            base=prompt,
            reason=reason,
            safe_version=number(data, "safe_version"),
            variant_ids=keys_of(data.getlist("also"), MOST_VARIANTS),
        )
        return " ".join([_frozen(len(done), prompt), *_still_served(actor, prompt)])
    if act == "lift":
        lift_freeze(actor=actor, prompt_id=prompt.pk, reason=reason)
        return f"{prompt.name} is served again."
    if act == "keep":
        cancel_retirement(actor=actor, prompt_id=prompt.pk, reason=reason)
        return f"{prompt.name} is not retired."
    if act == "retire":
        sunset = moment_told(data, "sunset_at", "zone")[0] if data.get("sunset_at") else None
        named = str(data.get("successor", "")).strip()
        successor = Prompt.objects.visible_to(actor).filter(name=named).first() if named else None
        if named and successor is None:
            raise Unacceptable(f"There is no prompt {named!r} that you may see.", field="successor")
        retire_prompt(actor=actor, prompt_id=prompt.pk, successor=successor, reason=reason, sunset_at=sunset)
        return (
            f"{prompt.name} retires on {sunset:%d %b %Y, %H:%M} UTC."
            if sunset
            else f"{prompt.name} is retired."
        )
    raise Unacceptable("Choose what to do.", field="act")


def _frozen(count: int, prompt: Prompt) -> str:
    others = count - 1
    more = f", and {others} variant{'s' * (others != 1)} of it" if others else ""
    return f"{prompt.name} is frozen{more}."


def _still_served(actor: Actor, prompt: Prompt) -> list[str]:
    """A sentence where variants go on."""
    names = [row.name for row in served_variants(actor, prompt)]
    return [f"Still served, as variants of it: {', '.join(names)}."] if names else []


def _stop_page(
    request: HttpRequest, prompt: Prompt, head: Any, *, fault: GovernedError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "prompt": prompt,
        "head": head,
        "safe": released_versions(prompt),
        "served": served_variants(actor_of(request), prompt),
        "fetchers": fetchers_of(prompt),
        "zones": ZONES,
        "fault": fault,
        "given": request.POST if fault else {},
        "chosen": request.POST.getlist("also"),
    }
    crumbs = crumbs_of(prompt, ("Freeze or retire", None))
    title = f"{prompt.name}: freeze"
    return render_page(request, "portal/freeze.html", context, title=title, crumbs=crumbs, status=status)


PAGES = [
    Page("releases/", releases, "releases", "signed-in"),
    Page("prompts/<int:pk>/release/", release, "release", "signed-in"),
    Page("prompts/<int:pk>/freeze/", freeze, "freeze", "signed-in"),
]
