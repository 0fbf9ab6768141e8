"""One release for a comparison: who, when, why, and on which signatures and runs."""

from dataclasses import dataclass

from prompts.evaluations.models import Run
from prompts.lifecycle.models import SignOff
from prompts.releases.models import Release
from prompts.releases.selectors.pointers import references


@dataclass(frozen=True, slots=True)
class ReleaseSide:
    """A release with what its gate accepted, and the checks that were broken where it was passed."""

    release: Release
    signs: list[SignOff]
    runs: list[Run]
    broken: list[str]


def side_of(release: Release) -> ReleaseSide:
    """Three queries."""
    told = references(release.verdict)
    signs = SignOff.objects.filter(pk__in=told["sign-off"]).defer("evidence").order_by("signed_at")
    runs = Run.objects.filter(pk__in=told["run"]).select_related("suite").defer("providers")
    return ReleaseSide(
        release=release,
        signs=list(signs),
        runs=list(runs.order_by("suite__name")),
        broken=[
            f"{check['title']}: {check['reason']}"
            for check in release.verdict.get("checks", [])
            if not check.get("passed")
        ],
    )
