"""Reads of suites and of the evidence that runs give; rows are narrowed by the querysets' ``visible_to``."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from prompts.evaluations.models import AskedCase, Case, CaseText, Provider, Run, Suite
from prompts.evaluations.snapshots import CaseSnapshot, digest_of_list
from prompts.registry.models import Version

PIECE = 1_000
ASKED = (
    "place", "text__name", "text__vars", "text__assertions", "text__weight", "text__threshold", "case_id",
    "text__digest", "text__tags",
)  # fmt: skip
"""The place, and a snapshot's fields in their order."""


TAKEN = ("name", "vars", "assertions", "weight", "threshold", "pk", "tags")
"""What a snapshot is taken of, in its order."""


def snapshot_of(case: Case) -> CaseSnapshot:
    """The case as a run would keep it now."""
    return CaseSnapshot.taken(*(getattr(case, name) for name in TAKEN))


def cases_in_use(suite: Suite) -> list[Case]:
    """The suite's cases in their order."""
    return list(suite.cases.filter(is_active=True).order_by("position", "pk"))


def digests_in_use(suite_ids: Iterable[int]) -> dict[int, list[str]]:
    """The digests of each suite's cases as they are now, sorted. One query, which reads no case."""
    found: dict[int, list[str]] = {suite_id: [] for suite_id in suite_ids}
    rows = Case.objects.filter(suite__in=found, is_active=True).values_list("suite_id", "text__digest")
    for suite_id, digest in rows.iterator(PIECE):
        found[suite_id].append(digest)
    return {suite_id: sorted(digests) for suite_id, digests in found.items()}


def current_digests(suite_ids: Iterable[int]) -> dict[int, str]:
    """One digest of each suite's cases as they are now."""
    return {suite_id: digest_of_list(told) for suite_id, told in digests_in_use(suite_ids).items()}


def asked_in_order(run: Run) -> Iterator[list[CaseSnapshot]]:
    """The cases that a run asks, as they were when it was started, in their order and piece by piece."""
    rows, place = AskedCase.objects.filter(case_set=run.case_set_id).order_by("place"), 0
    while found := list(rows.filter(place__gt=place).values_list(*ASKED)[:PIECE]):
        place = found[-1][0]
        yield [CaseSnapshot(*told) for _, *told in found]


def weights_in_order(run: Run) -> Iterator[dict[str, Decimal]]:
    """The weights of a run's cases by name, piece by piece."""
    rows, place = AskedCase.objects.filter(case_set=run.case_set_id).order_by("place"), 0
    while found := list(
        rows.filter(place__gt=place).values_list("place", "text__name", "text__weight")[:PIECE]
    ):
        place = found[-1][0]
        yield {name: Decimal(weight) for _, name, weight in found}


def tags_asked(run: Run) -> dict[str, list[str]]:
    """The tags of a run's cases as they were when it was started, by name; cases without any are left out."""
    rows = AskedCase.objects.filter(case_set=run.case_set_id).exclude(text__tags=[]).order_by("place")
    return dict(rows.values_list("text__name", "text__tags").iterator(PIECE))


def assertions_asked(run: Run, names: Iterable[str]) -> dict[str, list[Any]]:
    """The assertions of these cases as the run asked them, by name. Two queries."""
    return dict(_members(run, names).values_list("text__name", "text__assertions"))


def asked_case(run: Run, name: str) -> CaseSnapshot | None:
    """The case of that name as the run asked it. Two queries."""
    told = _members(run, [name]).values_list(*ASKED).first()
    return CaseSnapshot(*told[1:]) if told else None


def _members(run: Run, names: Iterable[str]) -> "QuerySet[AskedCase]":
    """Texts of these names first, however many sets hold them: a join would read the whole set on SQLite."""
    texts = list(CaseText.objects.filter(name__in=list(names)).values_list("pk", flat=True))
    return AskedCase.objects.filter(case_set=run.case_set_id, text__in=texts).order_by("place")


def changed_models(runs: Iterable[Run]) -> dict[int, str]:
    """For each run whose providers answer with another model by now: which, in words. One query."""
    told = list(runs)
    keys = {int(key) for run in told for key in run.answered_by}
    rows = Provider.objects.filter(pk__in=keys).only("name", "answers_as") if keys else []
    now = {str(provider.pk): provider for provider in rows}
    found: dict[int, str] = {}
    for run in told:
        for key, then in sorted(run.answered_by.items()):
            if key in now and (new := sorted(set(now[key].answers_as) - set(then))):
                found[run.pk] = f"{now[key].name} answers as {', '.join(new)}, then as {', '.join(then)}"
                break
    return found


def latest_runs(version: Version) -> list[Run]:
    """The newest finished run of exactly this text for each suite, by the suite's name."""
    if not version.digest:
        return []
    rows = Run.objects.filter(version_digest=version.digest, prompt=version.prompt_id, state="finished")
    newest = rows.values("suite").annotate(newest=Max("pk")).values("newest")
    return list(Run.objects.filter(pk__in=newest).light().order_by("suite__name"))


def evidence_of(version: Version) -> list[dict[str, Any]]:
    """What a sign-off or a gate may lean on: for each suite the newest finished run of exactly this text.

    ``stale`` says that the suite's cases have changed since, or the model that answers (``model_changed``).
    Decimals and times are text: the list has a
    canonical form; ``digest`` binds every output and verdict of the run.
    """
    runs = latest_runs(version)
    now = current_digests({run.suite_id for run in runs})
    moved = changed_models(runs)
    return [
        {
            "id": run.pk,
            "suite": run.suite.name,
            "passed": run.passed,
            "failed": run.failed,
            "errors": run.errors,
            "score": format(run.score or 0, "f"),
            "digest": run.results_digest,
            "case_digest": run.case_digest,
            "version_digest": run.version_digest,
            "stale": run.case_digest != now[run.suite_id] or run.pk in moved,
            **({"model_changed": moved[run.pk]} if run.pk in moved else {}),
            "providers": [provider["name"] for provider in run.providers],
            **({"judge": f"{run.judge['name']} {run.judge['model']}".strip()} if run.judge else {}),
            "finished_at": run.finished_at.isoformat() if run.finished_at else "",
        }
        for run in runs
    ]


def baseline_of(run: Run) -> Run | None:
    """What a run is compared with unless told: the newest earlier one of another version, else any."""
    rows = Run.objects.filter(prompt=run.prompt_id, suite=run.suite_id, state="finished", pk__lt=run.pk)
    rows = rows.light().order_by("-pk")
    return rows.exclude(version=run.version_id).first() or rows.first()
