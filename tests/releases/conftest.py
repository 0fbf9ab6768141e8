"""What the tests of releases share."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from prompts.evaluations.models import Run, Suite
from prompts.evaluations.selectors import current_digests
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection, Version
from prompts.releases.services.attempt import attempt_release
from tests.people import SHELL

LOCAL = {"id": 1, "name": "local", "kind": "local", "model": "small"}
"""How a run names the provider that it asked."""


@dataclass
class Gatehouse:
    """Finished runs as a worker would leave them, and releases by the steward."""

    people: Any

    def suite(self, name: str = "letters") -> Suite:
        """A suite of the bank with one case."""
        suite = create_suite(actor=SHELL, name=name, collection=Collection.objects.get(slug="bank"))
        save_case(
            actor=SHELL,
            suite_id=suite.pk,
            name="polite",
            assertions=[{"type": "contains", "value": "please"}],
        )
        return suite

    def run(self, version: Version, suite: Suite, passed: int, total: int = 20, **columns: Any) -> Run:
        """A finished run of the version's text: ``passed`` of ``total``."""
        told = {
            "prompt": version.prompt,
            "version": version,
            "suite": suite,
            "version_digest": version.digest,
            "case_digest": current_digests([suite.pk])[suite.pk],
            "providers": [LOCAL],
            "state": "finished",
            "requested_by_name": "tests",
            "key": uuid.uuid4().hex,
            "total": total,
            "passed": passed,
            "failed": max(total - passed, 0),
            "score": Decimal(passed) / max(total, passed, 1),
            "finished_at": timezone.now(),
        }
        return Run.objects.create(**{**told, **columns})

    def release(self, version: Version, to: str = "production", by: str = "steward") -> Any:
        """An attempt by that person."""
        return attempt_release(
            actor=self.people.actor(by), version_id=version.pk, environment=to, reason="It is better."
        )


@pytest.fixture
def gatehouse(people: Any) -> Gatehouse:
    """The gate with its keepers."""
    return Gatehouse(people)
