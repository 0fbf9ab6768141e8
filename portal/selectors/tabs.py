"""The parts of a prompt's page, one function each: called only for the tab that is open."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count
from django.utils import timezone

from audits.exports.policies import PackPolicy
from audits.identity.actors import Actor
from audits.identity.roles import READS_TRAIL
from portal.selectors.access_rows import ORDER, grants_of
from portal.selectors.card import version_to_show
from portal.selectors.diff_parts import Side, parts_between
from portal.selectors.edits import edits_of
from portal.selectors.evidence_rows import suite_matrix
from portal.selectors.finding_rows import lint_of
from portal.selectors.fragment_users import candidates, users_of
from portal.selectors.timeline import happenings
from portal.selectors.trend import trend
from portal.selectors.use_rows import hours_chart
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import approvals_of, open_seats, signed_documentation
from prompts.observability.models import Call
from prompts.observability.selectors import use_of
from prompts.registry.duplicates import near_duplicates
from prompts.registry.models import Kind, Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.selectors import completeness_of
from prompts.releases.models import ReleaseRequest

EVENTS = 30
CALLS = 25


def summary(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """What waits, whether it gets better, what happened, what it is for."""
    waiting = requests_of(prompt).filter(state="open")
    stopped = ReleaseRequest.objects.filter(prompt=prompt, state="stopped").values_list(
        "version_id", flat=True
    )[:50]
    live = {
        stage.release.version_id for stage in head.stages if stage.release and stage.environment.is_protected
    }
    newest, shown = prompt.versions.order_by("-number").first(), version_to_show(prompt)
    day_ago = timezone.now() - timedelta(hours=24)
    used_by = Call.objects.filter(prompt=prompt, started_at__gte=day_ago).order_by()
    is_fragment = prompt.kind == Kind.FRAGMENT
    return {
        "users": users_of(actor, prompt) if is_fragment else None,
        "behind": sum(row.user.newest.version.is_frozen for row in candidates(actor, prompt)[1])
        if is_fragment
        else 0,
        "waiting": [(request, open_seats(request)) for request in waiting],
        "trend": trend(prompt, live, {request.version_id for request in waiting}, set(stopped) - live),
        "timeline": happenings(prompt),
        "docs": completeness_of(prompt),
        "documented": shown,
        "signed_docs": signed_documentation(shown) if shown else None,
        "near": near_duplicates(actor, prompt),
        "newest": newest,
        "lint": _lint(actor, prompt, newest, "message"),
        "used_by": used_by.values("account").annotate(calls=Count("pk")).order_by("-calls")[:8],
    }


def text(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """One version's text, all versions, and on request the difference to another one."""
    versions = list(prompt.versions.select_related("author").defer("canonical").order_by("-number")[:200])
    numbers = {version.number: version for version in versions}
    shown = numbers.get(_number(values.get("version")), versions[0] if versions else None)
    against = numbers.get(_number(values.get("against")))
    return {
        "versions": versions,
        "shown": shown,
        "against": against,
        "diff": parts_between(Side.of_version(against), Side.of_version(shown))
        if shown and against
        else None,
        "live": _live_places(head),
        "lint": _lint(actor, prompt, shown, "message"),
        "may_comment": PromptPolicy(actor).may("comment", prompt),
    }


def _lint(actor: Actor, prompt: Prompt, version: Version | None, anchor: str) -> dict[str, Any] | None:
    if version is None:
        return None
    version.prompt = prompt  # at hand already
    return lint_of(actor, version, anchor)


def evaluations(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """Versions against suites, and the runs."""
    return suite_matrix(actor, prompt)


def use(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """Calls of the last seven days, by the hour for the last day, and the newest ones."""
    since = timezone.now() - timedelta(days=7)
    calls = Call.objects.filter(prompt=prompt)
    by_version = calls.filter(started_at__gte=since).order_by().values("version_number", "environment")
    return {
        "use": use_of([prompt.pk], since)[prompt.pk],
        "chart": hours_chart([prompt.pk]),
        "priced": calls.filter(started_at__gte=since, cost__isnull=False).exists(),
        "by_version": by_version.annotate(calls=Count("pk")).order_by("-version_number", "environment")[:40],
        "calls": calls.defer("input", "output", "reasoning").order_by("-started_at")[:CALLS],
    }


def approvals(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """Every request with its signatures, newest first."""
    rows = list(requests_of(prompt).prefetch_related("sign_offs__on_behalf_of")[:30])
    for row in rows:
        row.version.prompt = prompt
    found = approvals_of(row.version for row in rows)
    given = {approval.request: approval for approval in found.values()}
    return {
        "requests": [
            (row, open_seats(row) if row.state == "open" else [], given.get(row.pk)) for row in rows
        ],
        "now": timezone.now(),
    }


def access(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """Who may do what, and why."""
    teams = Group.objects.filter(name__startswith="team:").order_by("name") if head.may["grant"] else []
    reads_all = actor.has_role(*READS_TRAIL)
    return {"grants": grants_of(prompt), "teams": teams, "rights": ORDER, "reads_all": reads_all}


def audit(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """The ledger's events about the prompt, and the edits of its descriptive fields."""
    page = max(1, _number(values.get("page")) or 1)
    events = happenings(prompt, start=(page - 1) * EVENTS, limit=EVENTS + 1)
    return {
        "events": events[:EVENTS],
        "older": page + 1 if len(events) > EVENTS else None,
        "newer": page - 1 if page > 1 else None,
        "edits": edits_of(prompt),
        "may_pack": PackPolicy(actor).may("export"),
        "pack_versions": list(prompt.versions.order_by("-number").values_list("number", flat=True)[:200]),
    }


def requests_of(prompt: Prompt) -> Any:
    """The prompt's approval requests, newest first."""
    rows = ApprovalRequest.objects.filter(prompt=prompt).select_related(
        "version", "policy", "requested_by", "closed_by"
    )
    return rows.order_by("-opened_at", "-pk")


def _live_places(head: Any) -> dict[int, list[str]]:
    """Environments by the version that is live there."""
    places: dict[int, list[str]] = {}
    for stage in head.stages:
        if stage.release is not None:
            places.setdefault(stage.release.version_id, []).append(stage.environment.slug)
    return places


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
