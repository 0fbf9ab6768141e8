"""Runs with failures, on the version that is live and on the one that waits."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from prompts.evaluations.models import Provider, Result, Run, Suite
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suites import create_suite
from tests.people import SHELL


def a_suite(collection: Any, *cases: str) -> Suite:
    """A suite with cases of these names; those that begin with ``safe`` are about safety."""
    suite = create_suite(actor=SHELL, name="letters", title="Letters", collection=collection)
    for name in cases:
        tags = ["safety"] if name.startswith("safe") else []
        save_case(
            actor=SHELL,
            suite_id=suite.pk,
            name=name,
            assertions=[{"type": "contains", "value": "a"}],
            tags=tags,
        )
    return suite


def a_run(version: Any, suite: Suite, **states: str) -> dict[str, Result]:
    """A finished run of the version with one result per case, as a worker leaves it."""
    provider = Provider.objects.get(name="local")
    passed = sum(state == "pass" for state in states.values())
    run = Run.objects.create(
        prompt=version.prompt,
        version=version,
        suite=suite,
        version_digest=version.digest,
        case_digest="c" * 64,
        providers=[{"name": "local"}],
        state="finished",
        requested_by_name="ada",
        key=f"{version.pk}/{Run.objects.count()}",
        total=len(states),
        passed=passed,
        failed=len(states) - passed,
        results_digest="d" * 64,
        started_at=timezone.now() - timedelta(seconds=5),
        finished_at=timezone.now(),
    )
    rows = {}
    for name, state in states.items():
        case = suite.cases.get(name=name.replace("_", "-"))
        rows[name] = Result.objects.create(
            run=run,
            case=case,
            case_name=case.name,
            case_digest="e" * 64,
            provider=provider,
            state=state,
            output=f"<b>{state}</b> of version {version.number}",
            assertions=[{"pass": state == "pass", "type": "contains", "reason": "An a was expected."}],
            latency_ms=100,
            response_model="small-1",
        )
    return rows
