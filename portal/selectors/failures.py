"""The results that a signer must have opened: one for each case that fails on this very text."""

from typing import Any

from portal.selectors.evidence_rows import Compared, against_live
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Release

DANGEROUS = "safety"
"""Cases with this tag come before others."""


def live_of(prompt: Prompt) -> Any:
    """The live release of the highest environment."""
    rows = Release.objects.filter(prompt=prompt, state="live").select_related("version", "environment")
    return rows.order_by("-environment__rank").first()


def failures_of(version: Version) -> list[Any]:
    """The failing results, as the desk lists them."""
    live = live_of(version.prompt)
    other = live.version if live is not None and live.version_id != version.pk else None
    return ordered(against_live(version, other))


def ordered(compared: list[Compared]) -> list[Any]:
    """What got worse first, among these and the others what is about safety, then by name of the case."""
    worse = {row.pk for one in compared for row in one.regressed}
    rows = {row.pk: row for one in compared for row in [*one.regressed, *one.failing]}
    return sorted(
        rows.values(),
        key=lambda row: (row.pk not in worse, not is_dangerous(row), row.case_name, row.pk),
    )


def is_dangerous(row: Any) -> bool:
    """Whether the case is about safety."""
    return row.case is not None and DANGEROUS in row.case.tags
