"""Signing: who may, what a signature binds, and when it makes an approval."""

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.identity.services.people import set_user
from audits.ledger.models import Event
from prompts.lifecycle.errors import AlreadySigned, NotPossible, StaleEvidence, StaleText
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.models import SignOff
from prompts.lifecycle.selectors import approval_of, open_seats
from tests.lifecycle.conftest import EVIDENCE
from tests.people import SHELL

HIGH, LIMITED = "high", "limited"
ALLOWED = {(HIGH, "expert"), (HIGH, "ethics_officer"), (LIMITED, "steward")}
ROLE = {
    "expert": "domain-expert",
    "ethics_officer": "ethics-officer",
    "documentarian": "documentation-specialist",
}
EVERYBODY = (
    *("author", "engineer", "steward", "expert", "ethics_officer", "documentarian"),
    *("auditor", "administrator", "stranger", "leaver", "service"),
)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("tier", [HIGH, LIMITED])
@pytest.mark.requirement("21-cfr-11/10-g")
def test_only_a_person_with_a_seat_signs(people, factory, desk, tier, who):
    request = factory.submitted(risk_tier=tier)
    if (tier, who) in ALLOWED:
        assert desk.sign(request, who, ROLE.get(who, "steward")).username == getattr(people, who).username
    else:
        with pytest.raises((Refused, NotThere)):
            desk.sign(request, who, ROLE.get(who, "steward"))
        assert not SignOff.objects.exists()


@pytest.mark.parametrize("actor", [Actor.shell(), Actor.system("scheduler")])
def test_neither_the_shell_nor_the_portal_signs(factory, desk, actor):
    with pytest.raises(Refused, match="Only a person"):
        desk.sign(factory.submitted(), "", "steward", actor=actor)


@pytest.mark.parametrize("tier", [HIGH, LIMITED])
@pytest.mark.requirement("nist-ai-rmf/measure-1-3", "sr-26-2/validation")
def test_an_author_never_signs_whatever_roles_he_was_given(people, factory, desk, tier):
    request = factory.submitted(risk_tier=tier)
    roles = ["engineer", "steward", "domain-expert", "ethics-officer", "administrator"]
    set_user(actor=SHELL, user=people.author, roles=roles)
    for seat in open_seats(request):
        with pytest.raises(Refused, match="never signs"):
            desk.sign(request, "author", seat.role)


def test_the_last_seat_makes_the_approval_and_no_earlier_one(people, factory, desk):
    request = factory.submitted(risk_tier=HIGH)
    desk.sign(request, "expert", "domain-expert")
    assert approval_of(request.version) is None
    desk.sign(request, "ethics_officer", "ethics-officer")
    approval = approval_of(request.version)
    assert [row.username for row in approval.signatures] == ["dora", "etta"]
    assert Event.objects.filter(event="lifecycle.version.approved").count() == 1


def test_one_person_takes_one_seat_with_whatever_roles(people, factory, desk):
    set_user(actor=SHELL, user=people.expert, roles=["domain-expert", "ethics-officer"])
    request = factory.submitted(risk_tier=HIGH)
    desk.sign(request, "expert", "domain-expert")
    with pytest.raises(AlreadySigned):
        desk.sign(request, "expert", "ethics-officer")


@pytest.mark.requirement("21-cfr-11/50", "21-cfr-11/70")
def test_a_signature_binds_text_evidence_role_and_meaning(factory, desk):
    request = factory.submitted()
    signed = desk.sign(request, "steward", "steward", comment="Read twice.")
    stored = SignOff.objects.get()
    assert (stored.text_digest, stored.evidence_digest) == (request.text_digest, EVIDENCE.digest)
    assert (stored.printed_name, stored.meaning) == ("Sten", "Ready for use under my stewardship")
    payload = Event.objects.get(event="lifecycle.version.signed").payload
    assert EVIDENCE.digest in payload
    assert f'"sign_off":{signed.pk}' in payload


@pytest.mark.requirement("21-cfr-11/10-h")
def test_a_text_other_than_the_one_shown_is_not_signed(factory, desk):
    with pytest.raises(StaleText):
        desk.sign(factory.submitted(), "steward", "steward", text_digest="0" * 64)


def test_evidence_that_changed_since_it_was_shown_is_not_signed(factory, desk):
    newer = Evidence(
        runs=[*EVIDENCE.runs, {"id": 8, "suite": "letters"}], policy_version=EVIDENCE.policy_version
    )
    with pytest.raises(StaleEvidence):
        desk.sign(factory.submitted(), "steward", "steward", evidence=newer)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("meaning", ["", "Fine", "Examined for bias and harm"])
def test_the_meaning_is_one_of_the_roles_own(factory, desk, meaning):
    with pytest.raises(Unacceptable):
        desk.sign(factory.submitted(), "steward", "steward", meaning=meaning)


@pytest.mark.requirement("21-cfr-11/200-a")
def test_without_fresh_authentication_nothing_is_signed(factory, desk):
    with pytest.raises(Refused, match="Prove"):
        desk.sign(factory.submitted(), "steward", "steward", authenticated_by="")


def test_a_closed_request_takes_no_signature(people, factory, desk):
    request = factory.submitted()
    desk.sign(request, "steward", "steward")
    set_user(actor=SHELL, user=people.expert, roles=["steward"])
    with pytest.raises(NotPossible, match="approved"):
        desk.sign(request, "expert", "steward")
