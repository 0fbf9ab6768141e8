"""A gate for its page: in words, with its suites, what waits for a second person, and whom a change
concerns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audits.identity.actors import Actor
from audits.identity.roles import TITLES
from prompts.evaluations.selectors import current_digests
from prompts.registry.documentation import OWNER, SECTIONS
from prompts.registry.models import Environment, Prompt
from prompts.releases.demands import Difference, GateDemands, SuiteDemands, difference
from prompts.releases.models import (
    GateChange,
    GatePolicy,
    GateSuite,
    Release,
    ReleaseRequest,
    ScheduledRelease,
)
from prompts.releases.policies import GatePolicyRules, seen_changes

DOCUMENTED_WORDS = [(name, word) for name, word in SECTIONS.items() if name != OWNER]
MOST = 40


@dataclass(frozen=True, slots=True)
class BoundSuite:
    """One suite at the gate; ``changed``: its cases are no longer those that two people took in."""

    row: GateSuite
    words: list[str]
    changed: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposed change: what falls away, what comes, whom it concerns, and why the reader may not
    decide.
    """

    change: GateChange
    title: str
    difference: Difference
    affects: dict[str, int]
    why_not: str
    mine: bool


def words_of(asked: GateDemands) -> list[str]:
    """The gate's demands as sentences."""
    return asked.words(SECTIONS, TITLES)


def suites_of(actor: Actor, gate: GatePolicy) -> list[BoundSuite]:
    """The suites of the gate, of prompts that the reader sees; three queries."""
    rows = list(
        GateSuite.objects.filter(policy=gate).select_related("suite", "prompt").order_by("suite__name", "pk")
    )
    seen = set(
        Prompt.objects.visible_to(actor)
        .filter(pk__in={row.prompt_id for row in rows if row.prompt_id})
        .values_list("pk", flat=True)
    )
    shown = [row for row in rows if row.prompt_id is None or row.prompt_id in seen]
    now = current_digests({row.suite_id for row in shown})
    open_ones = set(
        GateChange.objects.filter(
            environment=gate.environment_id, risk_tier=gate.risk_tier, state="open"
        ).values_list("about", flat=True)
    )
    return [
        BoundSuite(
            row,
            SuiteDemands.of(row).words(),
            now[row.suite_id] != row.cases_digest,
            f"suite/{row.suite_id}/{row.prompt_id or ''}" in open_ones,
        )
        for row in shown
    ]


def changes_of(actor: Actor, places: Iterable[Environment]) -> list[Waiting]:
    """What waits at the gates of these environments and may be known of, the oldest first."""
    rows = seen_changes(actor).filter(environment__in=list(places), state="open")
    rows = rows.select_related("environment", "suite", "prompt", "proposed_by").order_by("pk")
    return [_waiting(actor, change) for change in rows[:MOST]]


def _waiting(actor: Actor, change: GateChange) -> Waiting:
    rules = GatePolicyRules(actor)
    return Waiting(
        change=change,
        title=_title(change),
        difference=_difference(change),
        affects=affected_by(change),
        why_not=rules.why_not("confirm", change),
        mine=actor.user is not None and actor.user.pk == change.proposed_by_id,
    )


def _title(change: GateChange) -> str:
    where = f"{change.environment.slug}, {change.get_risk_tier_display().lower() or 'all tiers'}"
    if change.suite is None:
        return f"What the gate of {where} asks"
    about = f" for {change.prompt.name}" if change.prompt else ""
    return f"Suite {change.suite.name}{about} at {where}"


def _difference(change: GateChange) -> Difference:
    gate = GatePolicy.objects.filter(environment=change.environment, risk_tier=change.risk_tier).first()
    if change.kind == GateChange.Kind.GATE:
        before = words_of(GateDemands.of(gate)) if gate else []
        return difference(before, words_of(GateDemands.read(change.demands)))
    bound = GateSuite.objects.filter(policy=gate, suite=change.suite, prompt=change.prompt).first()
    before = SuiteDemands.of(bound).words() if bound else []
    after = SuiteDemands.read(change.demands).words() if change.demands else []
    return difference(before, after)


def affected_by(change: GateChange) -> dict[str, int]:
    """How many prompts, live releases, open requests and scheduled releases stand under what changes."""
    prompts = Prompt.objects.in_use()
    if change.prompt_id:
        prompts = prompts.filter(pk=change.prompt_id)
    elif change.risk_tier:
        prompts = prompts.filter(risk_tier=change.risk_tier)
    else:
        own = GatePolicy.objects.filter(environment=change.environment_id).exclude(risk_tier="")
        prompts = prompts.exclude(risk_tier__in=own.values("risk_tier"))
    keys, where = prompts.values("pk"), change.environment_id
    told: dict[str, Any] = {
        "prompts": prompts,
        "live": Release.objects.filter(prompt__in=keys, environment=where, state="live"),
        "asked": ReleaseRequest.objects.filter(prompt__in=keys, environment=where, state="open"),
        "scheduled": ScheduledRelease.objects.filter(prompt__in=keys, environment=where, state="waiting"),
    }
    return {name: rows.count() for name, rows in told.items()}


def past_changes(actor: Actor, gate: GatePolicy) -> list[GateChange]:
    """What was decided about this gate, as far as the reader sees what it is about; the newest first."""
    rows = seen_changes(actor).filter(environment=gate.environment_id, risk_tier=gate.risk_tier)
    rows = rows.exclude(state="open").select_related("suite", "prompt", "proposed_by", "decided_by")
    return list(rows.order_by("-decided_at")[:20])
