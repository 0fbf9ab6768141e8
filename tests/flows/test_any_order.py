"""Random people try random acts in any order; an oracle of its own reads the rows after each.

Nothing is ever live without the signatures and runs that were asked of it, and at the end of each life the
whole log verifies. ``make soak`` takes thousands of
steps; otherwise it is a few hundred, always the same ones.
"""

import os
import sys
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.identity.roles import ROLES
from audits.identity.services.people import set_user
from audits.ledger.models import Event
from audits.ledger.services import integrate
from audits.ledger.verification import verify
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.registry.models import Prompt
from prompts.releases.models import Emergency, Freeze, Release, ReleaseRequest
from prompts.serving.selectors.hot import live_under
from prompts.serving.selectors.reach import find
from tests.flows.acts import TIED, Anybody
from tests.flows.acts.world import PLACES
from tests.flows.oracle import Oracle
from tests.people import SHELL

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]
LIVES, STEPS = int(os.environ.get("SOAK_LIVES", "4")), int(os.environ.get("SOAK_STEPS", "100"))

WRITERS, STEWARDS = ("author", "engineer", "steward"), ("steward", "leaver")
SIGNERS = ("expert", "ethics_officer", "steward", "leaver", "documentarian")
RULERS = ("administrator", "ethics_officer", "steward")
EVERYBODY = (*WRITERS, *SIGNERS, "auditor", "administrator", "stranger", "service", "robot")
USUAL = {
    "write": WRITERS,
    "submit": WRITERS,
    "sign": SIGNERS,
    "sign_for": SIGNERS,
    "send_back": SIGNERS,
    "delegate": SIGNERS,
    "release": (*STEWARDS, "engineer", "robot"),
    "promote": (*STEWARDS, "engineer", "robot"),
    "roll_back": (*STEWARDS, "engineer", "robot"),
    "schedule": (*STEWARDS, "engineer"),
    "freeze": ("ethics_officer", *STEWARDS),
    "lift": ("ethics_officer", *STEWARDS),
    "retire": STEWARDS,
    "ask_emergency": ("ethics_officer", "steward"),
    "confirm_emergency": ("ethics_officer", "steward"),
    "review_emergency": ("expert", "ethics_officer", "steward"),
    "adopt": STEWARDS,
    "confirm_adoption": ("ethics_officer", *STEWARDS),
    "propose_policy": ("administrator", "administrator", "leaver"),
    "confirm_policy": RULERS,
    "propose_gate": ("administrator", "steward"),
    "confirm_gate": RULERS,
    "write_case": SIGNERS,
    "run": (*WRITERS, *SIGNERS, "robot"),
    "document": (*WRITERS, "documentarian"),
    "change_person": ("administrator",),
    "confirm_person": RULERS,
    "comment": (*WRITERS, *SIGNERS),
}
OFTEN = ("sign", "release", "submit", "run", "sign", "release", "submit", "sign", "write", "sign")
"""These are tried more often than others, or little would ever be released."""
NUMBERS = st.integers(0, 11)


@st.composite
def attempts(draw: st.DrawFn) -> tuple[str, str]:
    """An act and who tries it: mostly somebody whose business it is."""
    act = draw(st.sampled_from((*OFTEN, *OFTEN, *USUAL)))
    return act, draw(st.sampled_from(EVERYBODY if draw(NUMBERS) > 9 else USUAL[act]))


COUNTED: dict[tuple[str, ...], Any] = {
    TIED["sign"]: SignOff.objects.all(),
    ("lifecycle.request.opened", "lifecycle.recertification.opened"): ApprovalRequest.objects.all(),
    ("lifecycle.version.approved",): ApprovalRequest.objects.filter(state="approved"),
    ("lifecycle.request.superseded",): ApprovalRequest.objects.filter(state="superseded"),
    (
        *("releases.release.made", "releases.release.rolled_back"),
        *("releases.release.inherited", "releases.emergency.released"),
    ): Release.objects.all(),
    ("releases.release.stopped",): ReleaseRequest.objects.filter(state="stopped"),
    ("releases.prompt.frozen",): Freeze.objects.all(),
    ("releases.prompt.unfrozen",): Freeze.objects.exclude(lifted_at=None),
    ("releases.emergency.asked",): Emergency.objects.all(),
}
"""Entries of these kinds are as many as those rows."""


class AnyOrder(RuleBasedStateMachine):
    """One life of the portal; all of it is undone at its end."""

    def __init__(self, people: Any, done: Counter[str]) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world = Anybody(people)
        self.oracle, self.done, self.steps = Oracle(self.world.wrote), done, 0

    def teardown(self) -> None:
        self.done.update(self.world.done)
        try:
            self._every_act_is_told_once()
            self._the_whole_log_verifies()
        finally:
            self.world.end()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(attempt=attempts(), pick=NUMBERS, twist=NUMBERS)
    def somebody_tries(self, attempt: tuple[str, str], pick: int, twist: int) -> None:
        act, who = attempt
        self.world.try_(act, who, pick // 3, twist)

    @precondition(lambda self: Release.objects.exists())
    @rule(hours=st.sampled_from((1, 3, 12, 30, 100)))
    def time_passes(self, hours: int) -> None:
        self.oracle.swept = self.world.pass_time(hours)

    @invariant()
    def what_is_live_was_asked_for_and_signed(self) -> None:
        self.oracle.judge()

    @invariant()
    def what_is_served_is_what_is_live(self) -> None:
        """One place after the other, at each step."""
        self.steps += 1
        reader, place = Actor.for_account(self.world.reader), PLACES[-self.steps % 3]
        for prompt in Prompt.objects.filter(collection__slug="bank"):
            self._served(reader, prompt, place)

    def _every_act_is_told_once(self) -> None:
        for kinds, rows in COUNTED.items():
            told = Event.objects.filter(event__in=kinds).count()
            assert told == rows.all().count(), f"{kinds}: {told} entries"

    def _the_whole_log_verifies(self) -> None:
        """Every entry, and every recorded row that the acts left behind."""
        integrate()
        report = verify()
        assert report.ok, report.first_bad
        assert report.pending == 0

    def _served(self, reader: Actor, prompt: Prompt, place: str) -> None:
        live = Release.objects.filter(prompt=prompt, environment__slug=place, state="live").first()
        freeze = Freeze.objects.filter(prompt=prompt, lifted_at=None).first()
        quick = live_under(prompt.name, place, list(PLACES))
        try:
            found = find(reader, prompt.name, label=place)
        except NotThere:
            assert quick is None
            assert live is None or freeze is not None or hasattr(prompt, "retirement")
            return
        assert live is not None, "something is served where nothing is live"
        if freeze is not None:
            assert (quick, found.version_id) == (None, freeze.safe_version_id), "a frozen prompt is served"
        else:
            assert quick is not None
            assert quick.version_id == found.version_id == live.version_id


@pytest.mark.soak
@pytest.mark.requirement("21-cfr-11/10-f", "soc-2/cc8-1")
def test_nothing_is_live_that_was_not_signed_for(people: Any) -> None:
    done: Counter[str] = Counter()
    people.leaver.refresh_from_db()
    set_user(actor=SHELL, user=people.leaver, roles=ROLES)  # back, by an act that the log tells
    run_state_machine_as_test(
        lambda: AnyOrder(people, done),
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    sys.stdout.write(f"{sum(done.values())} acts done: {dict(done.most_common())}\n")
    assert min(done["sign"], done["release"]), "the people never came as far as a release"
