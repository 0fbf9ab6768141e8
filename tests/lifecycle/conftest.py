"""What the tests of the desk share."""

from dataclasses import dataclass
from typing import Any

import pytest

from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.services.sign_off import sign_off
from tests.reading import open_change

EVIDENCE = Evidence(
    runs=[{"id": 7, "suite": "letters", "score": "0.960000", "digest": "aa"}], policy_version="limited risk@1"
)


@dataclass
class Desk:
    """Signs requests by name, with evidence of its own."""

    people: Any

    def sign(self, request: Any, who: str, role: str, **changes: Any) -> Any:
        """A signature of that person in that role; ``changes`` replace what it says."""
        told = {
            "role": role,
            "meaning": MEANINGS.get(role, ("None",))[0],
            "text_digest": request.text_digest,
            "evidence": EVIDENCE,
            "evidence_digest_seen": EVIDENCE.digest,
            "authenticated_by": "password",
        }
        actor = changes.pop("actor", None) or self.people.actor(who)
        if changes.pop("opened", True):
            open_change(actor, request)
        return sign_off(actor=actor, request_id=request.pk, **{**told, **changes})


@pytest.fixture
def desk(people: Any) -> Desk:
    """The approval desk."""
    return Desk(people)
