"""Signing in person: password, collected evidence, and what changed in between."""

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused
from audits.ledger.models import Event
from portal.evidence import collect
from portal.services.sign_version import MEANINGS, sign_version
from prompts.lifecycle.errors import StaleEvidence
from prompts.lifecycle.models import SignOff
from prompts.registry.services.prompts import edit_prompt
from tests.people import PASSWORD
from tests.reading import open_everything


def sign(people, request, who="steward", password=PASSWORD, actor=None, seen=None):
    open_everything(actor or people.actor(who), request)
    return sign_version(
        actor=actor or people.actor(who),
        request_id=request.pk,
        role="steward",
        meaning=MEANINGS["steward"][0],
        comment="",
        seen_text_digest=request.version.digest,
        seen_evidence_digest=seen or collect(request.version).digest,
        password=password,
    )


def test_the_evidence_of_the_moment_is_kept_with_the_signature(people, factory):
    request = factory.submitted()
    signed = sign(people, request)
    assert signed.evidence["documentation"]["purpose"] == "Explains a decision."
    assert signed.evidence["policy_version"] == "limited risk@1"
    assert signed.evidence_digest == collect(request.version).digest


@pytest.mark.requirement("21-cfr-11/300", "owasp-asvs/16-3")
def test_a_wrong_password_signs_nothing_and_is_recorded(people, factory):
    request = factory.submitted()
    with pytest.raises(Refused, match="password"):
        sign(people, request, password="guessed")
    assert not SignOff.objects.exists()
    event = Event.objects.get(event="lifecycle.signature.refused")
    assert (event.actor, event.subject) == ("sten", f"{request.prompt.name}@1")


def test_documentation_that_changed_after_it_was_shown_stops_the_signature(people, factory):
    request = factory.submitted()
    seen = collect(request.version).digest
    changes = {"purpose": "Something else."}
    edit_prompt(actor=people.actor("documentarian"), prompt_id=request.prompt_id, changes=changes)
    with pytest.raises(StaleEvidence):
        sign(people, request, seen=seen)


def test_a_key_has_no_password_and_a_stranger_no_request(people, factory):
    request = factory.submitted()
    with pytest.raises(Refused):
        sign(people, request, who="service")
    with pytest.raises(NotThere):
        sign(people, request, who="stranger")
    with pytest.raises(Refused):
        sign(people, request, actor=Actor.shell())


def test_a_signer_who_was_deactivated_meanwhile_signs_nothing(people, factory):
    request, actor = factory.submitted(), people.actor("steward")
    type(people.steward).objects.filter(pk=people.steward.pk).update(is_active=False)
    with pytest.raises(Refused):
        sign(people, request, actor=actor)
