"""What suites a gate asks about, and the runs that count there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from django.db.models import Q

from prompts.evaluations.calibrated import uncalibrated
from prompts.evaluations.models import Provider, Run
from prompts.evaluations.selectors import changed_models, digests_in_use
from prompts.evaluations.services.measure_run import measured
from prompts.evaluations.snapshots import digest_of_list
from prompts.registry.models import Environment, Version
from prompts.releases.gates import SuiteFact
from prompts.releases.models import GatePolicy, GateSuite
from prompts.releases.selectors.named_providers import moved_providers

RECORDED = str(Provider.Kind.RECORDED)


@dataclass(frozen=True, slots=True)
class Asked:
    """All demands on one suite together, the strictest of each: a second row never weakens the first."""

    fact: SuiteFact
    providers: frozenset[str] | None
    allows_recorded: bool
    pins: frozenset[str]
    moved: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: GateSuite, *, any_outcome: bool, moved: frozenset[str] = frozenset()) -> Self:
        """What one row asks; ``moved`` are named providers that lead elsewhere by now."""
        fact = SuiteFact(
            name=row.suite.name,
            least_pass_rate=row.least_pass_rate,
            max_age_days=row.max_age_days,
            least_cases=row.least_cases,
            any_outcome=any_outcome,
            suite=row.suite_id,
        )
        named = frozenset(row.providers) or None
        return cls(fact, named, row.allows_recorded, frozenset({row.cases_digest}), moved)

    def and_also(self, other: Self) -> Self:
        """Both demands as one."""
        ages = [age for age in (self.fact.max_age_days, other.fact.max_age_days) if age is not None]
        fact = replace(
            self.fact,
            least_pass_rate=max(self.fact.least_pass_rate, other.fact.least_pass_rate),
            max_age_days=min(ages, default=None),
            least_cases=max(self.fact.least_cases, other.fact.least_cases),
        )
        both = [named for named in (self.providers, other.providers) if named is not None]
        providers = frozenset.intersection(*both) if both else None
        recorded = self.allows_recorded and other.allows_recorded
        return type(self)(fact, providers, recorded, self.pins | other.pins, self.moved | other.moved)

    def counts(self, run: Run) -> bool:
        """Whether every provider that the run asked is one of those that count; a run that asked none
        does not.
        """
        asked = [(told["name"], told["kind"]) for told in run.providers]
        return bool(asked) and all(self._lets_in(name, kind) for name, kind in asked)

    def _lets_in(self, name: str, kind: str) -> bool:
        if kind == RECORDED and not self.allows_recorded:
            return False
        return self.providers is None or name in self.providers - self.moved

    @property
    def counting(self) -> str:
        """The providers that count, in words."""
        if self.providers is not None:
            told = ", ".join(sorted(self.providers)) or "no provider at all"
            moved = ", ".join(sorted(self.providers & self.moved))
            return f"{told} (but {moved} was changed since two people named it)" if moved else told
        return "any provider" if self.allows_recorded else "providers that ask a model"


def suite_facts(
    version: Version, environment: Environment, policy: GatePolicy | None
) -> tuple[SuiteFact, ...]:
    """Suites of the policy, those bound to the prompt here under any tier, and those only to be run here."""
    asked = _asked(version, environment, policy)
    runs = _finished(version, asked)
    cases = digests_in_use(asked)
    moved = changed_models(run for found in runs.values() for run in found)
    facts = [_fact(one, runs.get(key, []), cases[key], moved) for key, one in asked.items()]
    if policy is not None and policy.requires_calibration:
        by_key = {run.pk: run for found in runs.values() for run in found}
        facts = [replace(fact, uncalibrated=_uncalibrated(by_key.get(fact.run or 0))) for fact in facts]
    return tuple(sorted(facts, key=lambda fact: fact.name))


def _uncalibrated(run: Run | None) -> str:
    return uncalibrated(measured(run).report.get("graders", [])) if run else ""


def _asked(version: Version, environment: Environment, policy: GatePolicy | None) -> dict[int, Asked]:
    bound = GateSuite.objects.filter(
        Q(policy=policy, prompt__isnull=True) | Q(policy__environment=environment, prompt=version.prompt)
    )
    asked: dict[int, Asked] = {}
    rows = list(bound.select_related("suite"))
    moved = moved_providers(rows)
    for row in rows:
        told = Asked.of(row, any_outcome=False, moved=moved.get(row.pk, frozenset()))
        asked[row.suite_id] = asked[row.suite_id].and_also(told) if row.suite_id in asked else told
    if policy is not None and policy.requires_runs:
        later = GateSuite.objects.filter(
            prompt=version.prompt, policy__environment__rank__gt=environment.rank
        )
        for row in later.select_related("suite").order_by("pk"):
            told = replace(Asked.of(row, any_outcome=True), providers=None, allows_recorded=True)
            asked.setdefault(row.suite_id, told)
    return asked


def _finished(version: Version, suites: Iterable[int]) -> dict[int, list[Run]]:
    """The finished runs of each suite on this very text, the newest first."""
    if not version.digest or not (wanted := list(suites)):
        return {}
    rows = Run.objects.filter(
        version=version, version_digest=version.digest, suite__in=wanted, state=Run.State.FINISHED
    )
    found: dict[int, list[Run]] = {}
    for run in rows.order_by("-finished_at", "-pk"):
        found.setdefault(run.suite_id, []).append(run)
    return found


def _fact(asked: Asked, runs: list[Run], cases: list[str], moved: dict[int, str]) -> SuiteFact:
    """The newest run that counts: not the best one."""
    run = next((run for run in runs if asked.counts(run)), None)
    digest = digest_of_list(cases)
    told = replace(
        asked.fact,
        cases=len(cases),
        is_pinned=asked.pins == {digest},
        providers=asked.counting,
        uncounted=", ".join(sorted(told["name"] for told in runs[0].providers)) if runs and not run else "",
    )
    if run is None:
        return told
    return replace(
        told,
        run=run.pk,
        score=run.score,
        passed=run.passed,
        total=run.total,
        finished_at=run.finished_at,
        is_stale=run.case_digest != digest,
        model_changed=moved.get(run.pk, ""),
    )
