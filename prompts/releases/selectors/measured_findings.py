"""Differences between groups of people that a suite calls too large, as findings about a version."""

from collections.abc import Iterator

from prompts.evaluations.models import Provider, Run
from prompts.evaluations.services.measure_run import measured
from prompts.registry.models import Version
from prompts.releases.gates import Finding

RECORDED = str(Provider.Kind.RECORDED)


def between_groups(version: Version) -> Iterator[Finding]:
    """One for each suite with a limit whose newest run on this text shows a larger difference.

    Recorded answers count only where no model was ever asked: a rerun on old answers hides nothing.
    """
    if not version.digest:
        return
    rows = Run.objects.filter(
        version_digest=version.digest, prompt=version.prompt_id, state=Run.State.FINISHED,
        suite__most_difference__isnull=False,
    )  # fmt: skip
    by_suite: dict[int, list[Run]] = {}
    for run in rows.light().order_by("-pk"):
        by_suite.setdefault(run.suite_id, []).append(run)
    for runs in by_suite.values():
        run = next((one for one in runs if all(told["kind"] != RECORDED for told in one.providers)), runs[0])
        if told := _worst(run):
            yield Finding(told, "high", f"run/{run.pk}")


def _worst(run: Run) -> str:
    """The largest shown difference in words; nothing where it is within the suite's limit."""
    parts = measured(run).report.get("groups", {}).get("parts", [])
    most = float(run.suite.most_difference or 1)
    shown = [
        (abs(one["effect"]), part["dimension"], part["measure"])
        for part in parts
        for one in part["comparisons"]
        if one["verdict"] == "difference" and abs(one["effect"]) > most
    ]
    if not shown:
        return ""
    effect, dimension, measure = max(shown, key=lambda told: told[0])
    unit = "%" if measure == "length" else "points"
    return f"{run.suite.name}: {measure} differs by {dimension}, {effect * 100:.1f} {unit}"
