"""Ways around the gate."""

import base64

import pytest
from django.test import Client

from audits.identity.errors import Conflict, Refused
from audits.identity.services.keys import create_key
from prompts.registry.models import Environment
from prompts.registry.services.environments import edit_environment
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.prompts import edit_prompt
from prompts.releases.errors import GateClosed
from prompts.releases.models import GatePolicy, Release
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.gate_policies import set_gate
from prompts.releases.services.release import release_version
from tests.people import SHELL

PLACE = "/api/public/v2/prompts/bank/letter"


def protect(slug, shielded=True):
    row = Environment.objects.get(slug=slug)
    return edit_environment(actor=SHELL, environment_id=row.pk, title=row.title, is_protected=shielded)


@pytest.fixture
def ask(people):
    def fetch(**told):
        pair = create_key(
            actor=SHELL, name="far", collections=["bank"], environments=["development", "production"]
        )
        told_key = base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
        return Client().get(PLACE, told, headers={"Authorization": f"Basic {told_key}"})

    return fetch


@pytest.fixture
def stopped(people, factory):
    """Version 1 is live in production, version 2 only in development; the freeze names version 2 as safe."""
    first = factory.released(name="bank/letter", text="approved")
    second = factory.next_draft(first.prompt, text="never approved")
    freeze_version(actor=people.actor("author"), version_id=second.pk)
    steward = people.actor("steward")
    release_version(actor=steward, version_id=second.pk, environment="development", reason="Try.")
    freeze_prompt(actor=steward, prompt_id=first.prompt_id, reason="Harm.", safe_version=2)


def test_a_freeze_brings_no_unapproved_version_to_production(stopped, ask):
    answer = ask(label="production")
    assert (answer.status_code, answer.json()["error"]) == (404, "frozen")


def test_the_safe_version_is_served_where_it_was_released(stopped, ask):
    assert ask(label="development").json()["prompt"] == "never approved"


def test_a_protected_environment_asks_for_an_approval_whatever_its_gate_says(people, factory):
    protect("staging", shielded=False)
    set_gate(actor=SHELL, environment="staging", requires_approval=False)
    protect("staging")
    assert not GatePolicy.objects.get(environment__slug="staging").requires_approval
    version = freeze_version(actor=people.actor("author"), version_id=factory.draft().pk)
    with pytest.raises(GateClosed):
        release_version(
            actor=people.actor("steward"), version_id=version.pk, environment="staging", reason="Now."
        )
    assert not Release.objects.exists()


def test_an_environment_is_not_protected_while_a_key_reads_drafts_there(people):
    verbs = ["read", "read_drafts"]
    create_key(actor=SHELL, name="drafts", collections=["bank"], environments=["staging"], verbs=verbs)
    with pytest.raises(Conflict, match="drafts"):
        protect("staging")


def test_a_writer_does_not_lower_the_tier_that_asks_for_signatures(people, factory):
    prompt = factory.draft(risk_tier="high").prompt
    with pytest.raises(Refused, match="steward"):
        edit_prompt(actor=people.actor("author"), prompt_id=prompt.pk, changes={"risk_tier": "minimal"})
    edit_prompt(actor=people.actor("steward"), prompt_id=prompt.pk, changes={"risk_tier": "limited"})


@pytest.mark.parametrize(
    "sent",
    [{"environment": "production"}, {"version": "99", "environment": "production"}, {"version": "1"}],
)
def test_what_a_form_does_not_name_is_not_released(people, factory, sent):
    version = factory.approved()
    browser = Client()
    browser.force_login(people.steward)
    address = f"/admin/prompts/{version.prompt_id}/release/"
    assert browser.post(address, {"reason": "Now.", **sent}).status_code == 404
    assert not Release.objects.exists()
