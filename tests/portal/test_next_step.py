"""Whose turn it is hears of it: the next step of an approval, the second person for a policy."""

from typing import Any

import pytest

from audits.notices.models import Notice
from prompts.lifecycle.services.propose_policy import propose_policy
from prompts.lifecycle.services.set_policy import set_policy
from tests.factories import Factory
from tests.lifecycle.conftest import Desk
from tests.people import SHELL
from tests.portal.telling import tell

ORDERED = [{"role": "domain-expert", "count": 1}, {"role": "ethics-officer", "count": 1, "step": 2}]


def asked() -> set[str]:
    """Who was told that a signature is waited for."""
    tell()
    rows = Notice.objects.filter(words__contains="waits for your signature")
    return set(rows.values_list("user__username", flat=True))


@pytest.mark.django_db
def test_the_next_step_is_told_when_the_one_before_is_full(people: Any, factory: Factory) -> None:
    tell()
    set_policy(actor=SHELL, name="high risk", risk_tier="high", seats=ORDERED, validity_days=30)
    request = factory.submitted(risk_tier="high")
    assert asked() == {"dora"}
    Desk(people).sign(request, "expert", "domain-expert")
    assert asked() == {"dora", "etta"}


@pytest.mark.django_db
def test_whoever_could_confirm_a_policy_hears_of_it(people: Any) -> None:
    tell()
    demands = {"seats": [{"role": "ethics-officer", "count": 1, "people": ["etta"]}], "validity_days": 30}
    propose_policy(actor=people.actor("administrator"), name="every tier", demands=demands, reason="Why not.")
    tell()
    rows = Notice.objects.filter(words__contains="waits for a second person")
    assert set(rows.values_list("user__username", flat=True)) == {"sten", "stranger"}
