"""The head of a prompt's page: its states, what is live where, what the gates say, and who may act."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.roles import FREEZERS, RELEASERS, STEWARD
from portal.selectors.names import printed
from portal.selectors.served_variants import served_variants
from prompts.observability.models import Call
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.watching import is_watching
from prompts.releases.models import Emergency, Freeze, Retirement
from prompts.releases.selectors import live_releases, state_of, verdict_of
from prompts.releases.selectors.emergencies import burning


@dataclass(frozen=True, slots=True)
class Stage:
    """An environment with its live release, the gate that leads to the next one (None at the end), and the
    number of the version that was live before (None: there was none).
    """

    environment: Environment
    release: Any
    by: str
    calls: int
    gate: "Gate | None"
    back: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What the next environment's gate says of this one's version, with its first failed check."""

    version: Version
    environment: Environment
    is_open: bool
    failed: int
    total: int
    first_reason: str
    passed_through: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Everything above the tabs."""

    prompt: Prompt
    state: Any
    stages: list[Stage]
    draft: Version | None
    next_number: int
    freeze: Any
    served_variants: list[Prompt]
    emergencies: list[Emergency]
    retirement: Any
    base: Prompt | None
    watching: bool
    may: dict[str, bool]


def head_of(actor: Actor, prompt: Prompt) -> Head:
    """The head for this reader."""
    newest = prompt.versions.order_by("-number").first()
    draft = prompt.versions.filter(frozen_at__isnull=True).order_by("-number").first()
    freezes = Freeze.objects.filter(prompt=prompt, lifted_at__isnull=True)
    freeze = freezes.select_related("by", "safe_version").first()
    return Head(
        prompt=prompt,
        state=state_of([prompt.pk]).get(prompt.pk),
        stages=_stages(prompt),
        draft=draft,
        next_number=(newest.number if newest else 0) + 1,
        freeze=freeze,
        served_variants=served_variants(actor, prompt) if freeze is not None else [],
        emergencies=burning(prompt.pk),
        retirement=Retirement.objects.filter(prompt=prompt).select_related("successor", "by").first(),
        base=Prompt.objects.visible_to(actor).filter(variants__prompt=prompt).first(),
        watching=is_watching(actor.user, prompt),
        may=rights(actor, prompt),
    )


def rights(actor: Actor, prompt: Prompt) -> dict[str, bool]:
    """Which buttons the reader gets; the services ask again."""
    policy = PromptPolicy(actor)
    verbs = ("write", "document", "evaluate", "grant")
    told = {verb: policy.may(verb, prompt) for verb in verbs}
    told["release"] = actor.has_role(*RELEASERS) and policy.holds(prompt, "release")
    told["freeze"] = actor.has_role(*FREEZERS)
    told["retire"] = actor.has_role(STEWARD) and told["release"]
    return told


def _stages(prompt: Prompt) -> list[Stage]:
    places = list(Environment.objects.order_by("rank"))
    live = {release.environment_id: release for release in live_releases([prompt.pk]).get(prompt.pk, [])}
    calls = calls_by_place(prompt)
    names = printed(release.released_by_name for release in live.values())
    stages = []
    for place, following in zip(places, [*places[1:], None], strict=True):
        release = live.get(place.pk)
        by = names[release.released_by_name] if release is not None else ""
        gate = _gate(release, following, live) if release is not None and following is not None else None
        back = release.replaced.number if release is not None and release.replaced else None
        stages.append(Stage(place, release, by, calls.get(place.slug, 0), gate, back))
    return stages


def _gate(release: Any, place: Environment, live: dict[int, Any]) -> Gate:
    there = live.get(place.pk)
    if there is not None and there.version_id == release.version_id and not there.is_provisional:
        return Gate(release.version, place, True, 0, 0, "", True)
    verdict = verdict_of(release.version, place)
    failed = [check for check in verdict.checks if not check.passed]
    reason = failed[0].reason if failed else ""
    return Gate(release.version, place, verdict.open, len(failed), len(verdict.checks), reason, False)


def calls_by_place(prompt: Prompt) -> dict[str, int]:
    """Calls of the last 24 hours per environment."""
    since = timezone.now() - timedelta(hours=24)
    rows = Call.objects.filter(prompt=prompt, started_at__gte=since).order_by()
    return dict(rows.values_list("environment").annotate(n=Count("pk")))
