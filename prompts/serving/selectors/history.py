"""The moves of a prompt's pointers, with what stood behind each."""

from typing import Any

from django.db.models import Q, QuerySet

from prompts.evaluations.models import Run
from prompts.lifecycle.models import SignOff
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Release
from prompts.serving.places import run_page


def moves_of(
    prompt: Prompt, environments: list[str], version: Version | None, *, before: int | None = None
) -> QuerySet[Release]:
    """Releases in these environments, newest first; only those to or from ``version`` if given."""
    rows = Release.objects.filter(prompt=prompt, environment__slug__in=environments)
    if version is not None:
        rows = rows.filter(Q(version=version) | Q(replaced=version))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.select_related("version", "replaced", "environment").order_by("-pk")


def shape_moves(releases: list[Release]) -> list[dict[str, Any]]:
    """Moves as the API tells them, with the approvals and runs that the gate accepted; two queries."""
    accepted = {release.pk: references(release.verdict) for release in releases}
    keys = {kind: {key for found in accepted.values() for key in found[kind]} for kind in ("sign-off", "run")}
    signed = {
        row.pk: signature(row) for row in SignOff.objects.filter(pk__in=keys["sign-off"]).defer("evidence")
    }
    runs = Run.objects.filter(pk__in=keys["run"]).select_related("suite").defer("providers")
    ran = {run.pk: outcome(run) for run in runs}
    return [
        {
            "at": release.released_at.isoformat(),
            "environment": release.environment.slug,
            "from": release.replaced.number if release.replaced else None,
            "to": release.version.number,
            "who": release.released_by_name,
            "why": release.reason,
            "kind": "rollback" if release.is_rollback else "inherited" if release.inherited else "release",
            "state": release.state,
            "digest": release.version.digest,
            "approvals": [signed[key] for key in accepted[release.pk]["sign-off"] if key in signed],
            "runs": [ran[key] for key in accepted[release.pk]["run"] if key in ran],
        }
        for release in releases
    ]


def references(verdict: dict[str, Any]) -> dict[str, list[int]]:
    """Keys by kind out of a stored verdict (``run/12``, ``sign-off/7``)."""
    found: dict[str, list[int]] = {"run": [], "sign-off": []}
    for check in verdict.get("checks", []):
        for reference in check["evidence"]:
            kind, _, key = str(reference).partition("/")
            if kind in found and key.isdigit():
                found[kind].append(int(key))
    return found


def signature(row: SignOff) -> dict[str, Any]:
    """One signature."""
    return {
        "name": row.printed_name,
        "role": row.role,
        "meaning": row.meaning,
        "signed_at": row.signed_at.isoformat(),
        "text_digest": row.text_digest,
        "evidence_digest": row.evidence_digest,
    }


def outcome(run: Run) -> dict[str, Any]:
    """One run."""
    return {
        "id": run.pk,
        "suite": run.suite.name,
        "passed": run.passed,
        "failed": run.failed,
        "errors": run.errors,
        "url": run_page(run.pk),
    }
