"""What is and was live where."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from prompts.lifecycle.models import SignOff
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors.standing import ended


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an environment's pointer; approvals and runs are those that the gate accepted."""

    release: int
    environment: str
    at: datetime
    who: str
    from_version: int | None
    to_version: int
    digest: str
    why: str
    is_rollback: bool
    inherited: bool
    state: str
    approvals: tuple[dict[str, str], ...]
    runs: tuple[int, ...]


def live_release(prompt: Prompt, environment: Environment) -> Release | None:
    """The live row, or None; a freeze or retirement lies over it (standing.py)."""
    rows = Release.objects.filter(prompt=prompt, environment=environment, state=Release.State.LIVE)
    return rows.select_related("version", "environment").first()


def live_version(prompt_id: int, environment: str) -> Version | None:
    """The version live in the environment of that slug, or None."""
    rows = Release.objects.filter(
        prompt=prompt_id, environment__slug=environment, state=Release.State.LIVE
    ).select_related("version")
    release = rows.first()
    return release.version if release else None


def versions_live() -> QuerySet[Version]:
    """The versions that are live in any environment."""
    return Version.objects.filter(pk__in=Release.objects.filter(state=Release.State.LIVE).values("version"))


def served_at(places: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """By (prompt's name, environment's slug) the key of the live version; one query.

    A prompt that is frozen or retired serves nothing of its own and is left out.
    """
    wanted = {"prompt__name__in": {name for name, _ in places}}
    rows = Release.objects.filter(state=Release.State.LIVE, **wanted)
    rows = rows.filter(environment__slug__in={slug for _, slug in places})
    rows = rows.exclude(prompt__in=Freeze.objects.filter(lifted_at__isnull=True).values("prompt"))
    rows = rows.exclude(prompt__in=ended().values("prompt"))
    found = rows.values_list("prompt__name", "environment__slug", "version")
    return {(name, slug): key for name, slug, key in found if (name, slug) in places}


def live_releases(prompt_ids: Iterable[int]) -> dict[int, list[Release]]:
    """Live rows by prompt key, lowest environment first: one query."""
    found: dict[int, list[Release]] = defaultdict(list)
    rows = Release.objects.filter(prompt__in=list(prompt_ids), state=Release.State.LIVE)
    rows = rows.select_related("version", "environment", "replaced").defer(
        "verdict", "version__canonical", "replaced__canonical", "replaced__messages"
    )
    for row in rows.order_by("environment__rank"):
        found[row.prompt_id].append(row)
    return dict(found)


def released_versions(prompt: Prompt, environments: Iterable[str] | None = None) -> QuerySet[Version]:
    """Versions that are or were live, newest number first; in these environments (slugs), if given.

    A version whose release was withdrawn everywhere is not among them.
    """
    rows = Release.objects.filter(prompt=prompt).exclude(state=Release.State.WITHDRAWN)
    if environments is not None:
        rows = rows.filter(environment__slug__in=list(environments))
    return Version.objects.filter(pk__in=rows.values("version")).order_by("-number")


def pointer_history(prompt: Prompt, limit: int = 500) -> list[Move]:
    """The moves of all pointers of the prompt, newest first: two queries."""
    rows = Release.objects.filter(prompt=prompt).select_related("version", "environment", "replaced")
    rows = rows.defer("version__canonical", "version__messages", "replaced__canonical", "replaced__messages")
    moves = list(rows.order_by("-pk")[:limit])
    told = {row.pk: references(row.verdict) for row in moves}
    keys = {key for found in told.values() for key in found["sign-off"]}
    signed = {row.pk: _approval(row) for row in SignOff.objects.filter(pk__in=keys).defer("evidence")}
    return [
        Move(
            release=row.pk,
            environment=row.environment.slug,
            at=row.released_at,
            who=row.released_by_name,
            from_version=row.replaced.number if row.replaced else None,
            to_version=row.version.number,
            digest=row.version.digest,
            why=row.reason,
            is_rollback=row.is_rollback,
            inherited=row.inherited,
            state=row.state,
            approvals=tuple(signed[key] for key in told[row.pk]["sign-off"] if key in signed),
            runs=tuple(told[row.pk]["run"]),
        )
        for row in moves
    ]


def references(verdict: dict[str, Any]) -> dict[str, list[int]]:
    """Keys by kind out of a stored verdict's references (``run/12``)."""
    found: dict[str, list[int]] = {"run": [], "sign-off": []}
    for check in verdict.get("checks", []):
        for reference in check["evidence"]:
            kind, _, key = reference.partition("/")
            if kind in found and key.isdigit():
                found[kind].append(int(key))
    return found


def _approval(row: SignOff) -> dict[str, str]:
    return {
        "signer": row.username,
        "printed_name": row.printed_name,
        "role": row.role,
        "meaning": row.meaning,
        "signed_at": row.signed_at.isoformat(),
        "text_digest": row.text_digest,
        "evidence_digest": row.evidence_digest,
    }
