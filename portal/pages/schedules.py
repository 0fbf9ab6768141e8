"""Scheduling a release from the release page, and calling one off."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.adminkit.wording import exact
from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from portal.pages.base import Page, came_from
from portal.pages.common import actor_of
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models import ScheduledRelease
from prompts.releases.moments import instant, zone_of
from prompts.releases.services.schedule import cancel_schedule, schedule_release


def moment_told(data: Any, day: str, zone: str) -> tuple[datetime, str]:
    """The instant that a form's field of local time means in the zone of another field (UTC if empty)."""
    named = str(data.get(zone, "")).strip() or "UTC"
    try:
        local = datetime.fromisoformat(str(data.get(day, "")).strip())
    except ValueError as error:
        raise Unacceptable("Give day and time, such as 2026-12-01T09:00.", field=day) from error
    if local.tzinfo is not None:
        raise Unacceptable("Give the time without an offset; the zone has a field of its own.", field=day)
    return instant(local, named), named


def schedule(actor: Actor, data: Any, version: Version, place: Environment) -> str:
    """Schedules what the form of the release page names; gives the words for the reader."""
    due, zone = moment_told(data, "due_at", "zone")
    row = schedule_release(
        actor=actor,
        version_id=version.pk,
        environment=place,
        due_at=due,
        zone=zone,
        reason=str(data.get("reason", "")),
    )
    when = f"{exact(row.due_at)}"
    shown = "" if zone == "UTC" else f", {row.due_at.astimezone(zone_of(zone)):%d %b %Y, %H:%M} in {zone}"
    return f"Version {version.number} goes to {place.slug} at {when}{shown}, if the gate is open then."


def schedule_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls a scheduled release off, and leads back to where the form stood."""
    actor = actor_of(request)
    seen = Prompt.objects.visible_to(actor).values("pk")
    row = ScheduledRelease.objects.filter(pk=pk, prompt__in=seen).first()
    if row is None:
        raise NotThere("There is no such scheduled release.")
    if request.method != "POST":
        return redirect("admin:release", pk=row.prompt_id)
    cancel_schedule(actor=actor, schedule_id=pk, reason=str(request.POST.get("reason", "")))
    messages.success(request, "The scheduled release was called off.")
    return redirect(came_from(request))


PAGES = [Page("releases/scheduled/<int:pk>/cancel", schedule_cancel, "schedule-cancel")]
