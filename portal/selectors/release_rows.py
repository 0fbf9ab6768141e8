"""A verdict as the checklist shows it, and what is live in all environments."""

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django.urls import reverse
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.roles import RELEASERS, WRITERS
from portal.selectors.second_rows import emergencies_for
from prompts.registry.models import Environment, Prompt
from prompts.registry.querysets import on_prompts
from prompts.releases.gates import Check, Verdict
from prompts.releases.models import Freeze, Release, ReleaseRequest, ScheduledRelease
from prompts.serving.models import FetchMark

ZONES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
"""The time zones that a form offers."""

RELATED = ("prompt", "version", "environment")
SHOWN_REQUESTS = 60


def checks_of(prompt: Prompt, verdict: Verdict) -> list[dict[str, Any]]:
    """The verdict's checks; each failed one links to the place that mends it."""
    return [
        {
            "title": check.title,
            "passed": check.passed,
            "reason": check.reason,
            "url": "" if check.passed else _place(prompt, check),
            "link": "" if check.passed else MENDS.get(check.code.partition(":")[0], ""),
        }
        for check in verdict.checks
    ]


MENDS = {
    "approval": "See who has to sign",
    "evidence": "Run it, or look at the cases",
    "documentation": "Complete it",
    "comments": "Settle the remarks",
    "policy": "Look at the gates",
    "not_frozen": "Look at the freeze",
}
"""What the link beside a failed check says."""


def _place(prompt: Prompt, check: Check) -> str:
    page = reverse("admin:prompt", args=[prompt.pk])
    kind = check.code.partition(":")[0]
    if kind == "documentation":
        return f"{page}#documentation"
    if kind == "not_frozen":
        return reverse("admin:freeze", args=[prompt.pk])
    if kind == "policy":
        return reverse("admin:releases_gatepolicy_changelist")
    tab = {"approval": "approvals", "evidence": "evaluations", "comments": "discussion"}.get(kind, "")
    return f"{page}?tab={tab}" if tab else ""


def scheduled_of(prompt: Prompt) -> list[ScheduledRelease]:
    """What waits for its moment, the next first, and the last ones that did not happen."""
    rows = ScheduledRelease.objects.filter(prompt=prompt).select_related("version", "environment", "by")
    missed = rows.filter(state=ScheduledRelease.State.STOPPED).order_by("-decided_at")[:3]
    return [*rows.filter(state=ScheduledRelease.State.WAITING).order_by("due_at")[:20], *missed]


def fetchers_of(prompt: Prompt) -> list[FetchMark]:
    """Which applications fetched the prompt, the last first: one query."""
    rows = FetchMark.objects.filter(prompt=prompt).select_related("account")
    return list(rows.order_by("-last_at")[:100])


def overview(actor: Actor, environment: str) -> dict[str, Any]:
    """Live releases, requests that a gate stopped, and frozen prompts, of what the actor sees."""
    seen = on_prompts(actor, "view", "prompt")
    live = Release.objects.filter(seen, state="live")
    if environment:
        live = live.filter(environment__slug=environment)
    requests = ReleaseRequest.objects.filter(seen).select_related(*RELATED, "asked_by")
    asked = list(requests.filter(state="open").order_by("-pk")[:SHOWN_REQUESTS])
    may = may_ask(actor, [row.prompt_id for row in asked])
    stopped = ReleaseRequest.objects.filter(seen, state="stopped")
    return {
        "live": live.select_related(*RELATED, "released_by").order_by("-released_at")[:60],
        "stopped": [
            (row, failed_checks(row.verdict))
            for row in stopped.select_related(*RELATED, "asked_by").order_by("-pk")[:20]
        ],
        "asked": [(row, failed_checks(row.verdict), row.prompt_id in may) for row in asked],
        "frozen": Freeze.objects.filter(seen, lifted_at__isnull=True).select_related("prompt", "by")[:40],
        "scheduled": ScheduledRelease.objects.filter(seen, state=ScheduledRelease.State.WAITING)
        .select_related(*RELATED, "by")
        .order_by("due_at")[:40],
        "missed": ScheduledRelease.objects.filter(
            seen,
            state=ScheduledRelease.State.STOPPED,
            decided_at__gte=timezone.now() - timedelta(days=7),
        )
        .select_related(*RELATED, "by")
        .order_by("-decided_at")[:20],
        "emergencies": emergencies_for(actor),
        "inherited": Release.objects.filter(seen, state="live", inherited=True).count(),
        "places": Environment.objects.order_by("rank"),
        "environment": environment,
    }


def may_ask(actor: Actor, prompts: list[int]) -> set[int]:
    """Keys of those prompts whose releases the actor may ask for; the service asks again."""
    rows = Prompt.objects.filter(pk__in=prompts)
    found: set[int] = set()
    for right, roles in (("write", WRITERS), ("release", RELEASERS)):
        if prompts and actor.has_role(*roles):
            found |= set(rows.with_right(actor, right).values_list("pk", flat=True))
    return found


def failed_checks(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The failed checks of a stored verdict."""
    return [check for check in verdict.get("checks", []) if not check.get("passed")]
