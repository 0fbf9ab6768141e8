"""The list of prompts that a key reads, page by page, with a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Freeze, Release, Retirement
from prompts.serving.selectors.reach import LATEST, Reach, labels_of, reach_of


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty fields narrow nothing."""

    name: str = ""
    label: str = ""
    tag: str = ""
    version: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One prompt with the versions that the key reads, the newest last."""

    prompt: Prompt
    numbers: list[int]
    labels: list[str]
    config: Any
    updated_at: datetime


def readable_versions(reach: Reach) -> QuerySet[Version]:
    """Versions that this reach gets: of no retired prompt, and of a frozen one only the safe version."""
    safe = Freeze.objects.filter(prompt=OuterRef("prompt"), lifted_at__isnull=True)
    over = Retirement.objects.filter(prompt=OuterRef("prompt"), sunset_at__lte=timezone.now())
    rows = Version.objects.filter(
        ~Exists(over), ~Exists(safe.filter(Q(safe_version__isnull=True) | ~Q(safe_version=OuterRef("pk"))))
    )
    if reach.drafts:
        return rows
    # The prompt is named as well, so that the index over prompt and environment is the one that is used.
    released = Release.objects.filter(
        prompt=OuterRef("prompt"), version=OuterRef("pk"), environment__slug__in=reach.environments
    )
    return rows.filter(Exists(released.exclude(state=Release.State.WITHDRAWN)))


def prompts_listed(actor: Actor, filters: Filters) -> QuerySet[Prompt]:
    """The prompts of the list, by name."""
    reach = reach_of(actor)
    versions = readable_versions(reach).filter(prompt=OuterRef("pk"))
    if filters.version is not None:
        versions = versions.filter(number=filters.version)
    if filters.label and filters.label != LATEST:
        live = Release.objects.filter(
            prompt=OuterRef("prompt"), version=OuterRef("pk"), state=Release.State.LIVE
        )
        within = live.filter(environment__slug=filters.label, environment__slug__in=reach.environments)
        versions = versions.filter(Exists(within))
    elif filters.label and not reach.drafts:
        versions = versions.none()
    rows = Prompt.objects.visible_to(actor).filter(Exists(versions))
    if filters.name:
        rows = rows.filter(name=filters.name)
    if filters.tag:
        rows = rows.filter(tag_rows__name=filters.tag)
    if filters.since:
        rows = rows.filter(updated_at__gte=filters.since)
    if filters.until:
        rows = rows.filter(updated_at__lt=filters.until)
    return rows.order_by("name")


def fill(actor: Actor, prompts: list[Prompt]) -> list[Listed]:
    """Versions, labels and the newest config of these prompts; three queries however many they are."""
    reach = reach_of(actor)
    rows = readable_versions(reach).filter(prompt__in=prompts).order_by("prompt_id", "number")
    numbers: dict[int, list[tuple[int, int]]] = {}
    for pk, owner, number in rows.values_list("pk", "prompt_id", "number"):
        numbers.setdefault(owner, []).append((number, pk))
    newest = {max(found)[1] for found in numbers.values()}
    configs = dict(Version.objects.filter(pk__in=newest).values_list("pk", "config"))
    labels = labels_of([pk for found in numbers.values() for _, pk in found], reach.environments)
    listed = []
    for prompt in prompts:
        found = numbers.get(prompt.pk, [])
        own = {label for _, pk in found for label in labels.get(pk, [])}
        config = configs.get(max(found)[1]) if found else None
        listed.append(Listed(prompt, [number for number, _ in found], sorted(own), config, prompt.updated_at))
    return listed
