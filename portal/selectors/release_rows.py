"""A verdict as the checklist shows it, and what is live in all environments."""

from typing import Any

from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.roles import RELEASERS, WRITERS
from prompts.registry.models import Environment, Prompt
from prompts.releases.models import Freeze, Release, ReleaseRequest

RELATED = ("prompt", "version", "environment")
SHOWN_REQUESTS = 60


def checks_of(prompt: Prompt, verdict: Any) -> list[dict[str, Any]]:
    """The verdict's checks; each failed one links to the place that mends it."""
    return [
        {
            "title": check.title,
            "passed": check.passed,
            "reason": check.reason,
            "url": "" if check.passed else _place(prompt, check.code),
            "link": "",
        }
        for check in verdict.checks
    ]


def _place(prompt: Prompt, code: str) -> str:
    page = reverse("admin:prompt", args=[prompt.pk])
    kind = code.partition(":")[0]
    if kind == "documentation":
        return f"{page}#documentation"
    if kind == "not_frozen":
        return reverse("admin:freeze", args=[prompt.pk])
    tab = {"approval": "approvals", "evidence": "evaluations"}.get(kind, "")
    return f"{page}?tab={tab}" if tab else ""


def overview(actor: Actor, environment: str) -> dict[str, Any]:
    """Live releases, requests that a gate stopped, and frozen prompts, of what the actor sees."""
    seen = Prompt.objects.visible_to(actor).values("pk")
    live = Release.objects.filter(prompt__in=seen, state="live")
    if environment:
        live = live.filter(environment__slug=environment)
    requests = ReleaseRequest.objects.filter(prompt__in=seen).select_related(*RELATED, "asked_by")
    asked = list(requests.filter(state="open").order_by("-pk")[:SHOWN_REQUESTS])
    may = may_ask(actor, [row.prompt_id for row in asked])
    stopped = ReleaseRequest.objects.filter(prompt__in=seen, state="stopped")
    return {
        "live": live.select_related(*RELATED, "released_by").order_by("-released_at")[:60],
        "stopped": [
            (row, failed_checks(row.verdict))
            for row in stopped.select_related(*RELATED, "asked_by").order_by("-pk")[:20]
        ],
        "asked": [(row, failed_checks(row.verdict), row.prompt_id in may) for row in asked],
        "frozen": Freeze.objects.filter(prompt__in=seen, lifted_at__isnull=True).select_related(
            "prompt", "by"
        )[:40],
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
