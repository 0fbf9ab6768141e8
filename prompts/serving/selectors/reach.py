"""What a key may read: versions that were released in its environments, and drafts with the verb for it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Freeze, Release, Retirement
from prompts.serving.selectors.hot import Ending, Served

LATEST = "latest"
WORKING = ("release", "write", "evaluate", "read_drafts")
"""Verbs of keys that work on prompts before they are released."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Environments whose releases the key reads, and whether it reads drafts."""

    environments: list[str]
    drafts: bool


def reach_of(actor: Actor) -> Reach:
    """The reach of a key; nobody else has any."""
    account = actor.account
    return Reach(list(account.environments) if account else [], actor.verb("read_drafts"))


def nothing(name: str) -> NotThere:
    """The one answer for what is not there, not released here, or outside the key's collections."""
    return NotThere(f"No version of {name!r} is released where this key reads.")


def find(actor: Actor, name: str, *, label: str = "", version: int | None = None) -> Served:
    """The version that this key gets for a label or a number, whatever lies over the prompt.

    Raises ``NotThere``: with the code ``frozen`` or ``retired`` where that is the reason, so that the SDKs
    drop their copy.
    """
    prompt = Prompt.objects.visible_to(actor).filter(name=name).select_related("collection").first()
    if prompt is None:
        raise nothing(name)
    reach = reach_of(actor)
    if not within(prompt, reach):
        raise nothing(name)
    end = Retirement.objects.filter(prompt=prompt).select_related("successor", "prompt").first()
    if end is not None and end.sunset_at <= timezone.now():
        prompt, end = successor_of(actor, end, version), None
    freeze = (
        Freeze.objects.filter(prompt=prompt, lifted_at__isnull=True)
        .select_related("safe_version", "prompt")
        .first()
    )
    found = choose(prompt, reach, label, version)
    if freeze is not None:
        found = safe_one(freeze, reach, label, version, found)
    if found is None:
        raise nothing(name)
    return served(prompt, found, reach, ending=ending_of(end) if end else None)


def ending_of(end: Retirement) -> Ending:
    """An end that is told ahead."""
    return Ending(end.at, end.sunset_at, end.successor.name if end.successor else "")


def within(prompt: Prompt, reach: Reach) -> bool:
    """Whether the key may know of the prompt: it reads drafts, or a release was made where it reads."""
    released = Release.objects.filter(prompt=prompt, environment__slug__in=reach.environments)
    return reach.drafts or released.exists()


def successor_of(actor: Actor, end: Retirement, version: int | None) -> Prompt:
    """The prompt to serve instead; a number of the retired one means nothing there. Raises ``NotThere``."""
    heir = end.successor
    if heir is not None and version is None and serves(actor, heir):
        return heir
    raise NotThere(f"{end.prompt.name} was retired on {end.sunset_at:%Y-%m-%d}.", code="retired")


def serves(actor: Actor, prompt: Prompt) -> bool:
    """Whether the key may know of the prompt, and it has not come to its own end."""
    ended = Retirement.objects.filter(prompt=prompt, sunset_at__lte=timezone.now()).exists()
    return not ended and Prompt.objects.visible_to(actor).filter(pk=prompt.pk).exists()


def choose(prompt: Prompt, reach: Reach, label: str, version: int | None) -> Version | None:
    """The version behind a number or a label, if the key reaches it."""
    versions = Version.objects.filter(prompt=prompt)
    if version is None and label == LATEST:
        return versions.order_by("-number").first() if reach.drafts else None
    releases = Release.objects.filter(prompt=prompt, environment__slug__in=reach.environments)
    if version is None:
        live = releases.filter(environment__slug=label, state=Release.State.LIVE)
        return versions.filter(pk__in=live.values("version")).first()
    released = Q(pk__in=releases.exclude(state=Release.State.WITHDRAWN).values("version"))
    return versions.filter(number=version).filter(Q() if reach.drafts else released).first()


def safe_one(
    freeze: Freeze, reach: Reach, label: str, version: int | None, found: Version | None
) -> Version | None:
    """Under a freeze only the safe version is served, where the key would get one at all."""
    safe = freeze.safe_version
    if safe is not None and version in (None, safe.number) and found is not None:
        # Under a label it must have come through that environment's own gate: a version that was only ever
        # released to development does not reach production by way of a freeze.
        places = reach.environments if version is not None or label == LATEST else [label]
        released = Release.objects.filter(version=safe, environment__slug__in=places)
        if released.exclude(state=Release.State.WITHDRAWN).exists():
            return safe
        if reach.drafts and (version is not None or label == LATEST):
            return safe
    if found is None and version is None and label not in (LATEST, *reach.environments):
        return None
    raise NotThere(
        f"{freeze.prompt.name} is frozen: nothing of it is served until the freeze is lifted.", code="frozen"
    )


def is_released(version_id: int, reach: Reach) -> bool:
    """Whether the version was released, and not withdrawn, where the key reads: what applications run."""
    rows = Release.objects.filter(version=version_id, environment__slug__in=reach.environments)
    return rows.exclude(state=Release.State.WITHDRAWN).exists()


def known_to(actor: Actor) -> Q:
    """Which prompts of its scope a key may be told of, so that no list names what a fetch denies.

    All of them if it works on prompts, else those of which something was released where it reads.
    """
    if any(actor.verb(verb) for verb in WORKING):
        return Q()
    places = reach_of(actor).environments
    return Q(Exists(Release.objects.filter(prompt=OuterRef("pk"), environment__slug__in=places)))


def labels_of(version_ids: list[int], environments: list[str]) -> dict[int, list[str]]:
    """Environments, of these, where each version is live, the highest first; one query."""
    rows = Release.objects.filter(
        version__in=version_ids, state=Release.State.LIVE, environment__slug__in=environments
    ).order_by("-environment__rank")
    found: dict[int, list[str]] = {}
    for version, slug in rows.values_list("version_id", "environment__slug"):
        found.setdefault(version, []).append(slug)
    return found


def served(prompt: Prompt, version: Version, reach: Reach, *, ending: Ending | None = None) -> Served:
    """A stored version as the shapes take it."""
    return Served(
        prompt_id=prompt.pk,
        version_id=version.pk,
        name=prompt.name,
        kind=prompt.kind,
        format=version.format,
        tags=prompt.tags,
        number=version.number,
        messages=version.messages,
        config=version.config,
        note=version.change_note,
        digest=version.digest,
        fragments=version.fragments,
        labels=labels_of([version.pk], reach.environments).get(version.pk, []),
        ending=ending,
    )
