"""Signing in somebody's place."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.errors import AlreadySigned, NotPossible
from prompts.lifecycle.models import Delegation
from prompts.lifecycle.selectors import approval_of, requests_waiting_for
from prompts.lifecycle.services.delegate import delegate, revoke_delegation
from prompts.lifecycle.services.requests import request_changes

DAYS = timedelta(days=14)


@pytest.fixture
def lend(people):
    """The ethics officer lets the domain expert sign; ``changes`` replace what is told."""

    def make(who="ethics_officer", **changes):
        told = {
            "to": people.expert.username,
            "role": "ethics-officer",
            "reason": "I am away.",
            "ends_at": timezone.now() + DAYS,
            "authenticated_by": "password",
        }
        return delegate(actor=people.actor(who), **{**told, **changes})

    return make


@pytest.fixture
def asked(factory):
    """A request that needs a domain expert and an ethics officer."""
    return factory.submitted(risk_tier="high")


def sign(desk, request, lent, who="expert"):
    return desk.sign(request, who, lent.role, delegation_id=lent.pk)


def test_the_delegate_takes_the_seat_and_the_signature_tells_for_whom(desk, asked, lend, people):
    signed = sign(desk, asked, lend())
    assert (signed.signer, signed.on_behalf_of, signed.role) == (
        people.expert,
        people.ethics_officer,
        "ethics-officer",
    )
    assert '"on_behalf_of":"etta"' in Event.objects.get(event="lifecycle.version.signed").payload


def test_the_request_waits_for_the_delegate(asked, lend, people):
    assert requests_waiting_for(people.actor("documentarian")) == []
    other = lend(to=people.documentarian.username)
    assert requests_waiting_for(people.actor("documentarian")) == [asked]
    revoke_delegation(actor=people.actor("ethics_officer"), delegation_id=other.pk)
    assert requests_waiting_for(people.actor("documentarian")) == []


def test_one_person_takes_one_seat_as_himself_or_for_another(desk, asked, lend):
    lent = lend()
    desk.sign(asked, "expert", "domain-expert")
    with pytest.raises(AlreadySigned):
        sign(desk, asked, lent)


def test_the_delegator_does_not_sign_again_himself(desk, factory, lend, people):
    people.steward.groups.add(*people.ethics_officer.groups.filter(name="ethics-officer"))
    people.ethics_officer.groups.add(*people.expert.groups.filter(name="domain-expert"))
    request = factory.submitted(risk_tier="high")
    sign(desk, request, lend(to=people.steward.username), who="steward")
    with pytest.raises(Refused, match="somebody signed for you"):
        desk.sign(request, "ethics_officer", "domain-expert")


@pytest.mark.parametrize("author", ["ethics_officer", "expert"])
def test_neither_of_the_two_may_have_written_the_text(desk, factory, lend, people, author):
    getattr(people, author).groups.add(*people.author.groups.all())
    request = factory.submitted(factory.draft(by=people.actor(author), risk_tier="high"))
    with pytest.raises(Refused, match="wrote in this text"):
        sign(desk, request, lend())


def test_a_signature_for_an_author_is_not_counted_either(desk, asked, lend, people):
    from prompts.registry.models import VersionAuthor

    sign(desk, asked, lend(to=people.documentarian.username), who="documentarian")
    desk.sign(asked, "expert", "domain-expert")
    assert approval_of(asked.version) is not None
    VersionAuthor.objects.create(version=asked.version, user=people.ethics_officer, name="etta")
    assert approval_of(asked.version) is None


def test_the_delegate_asks_for_changes_from_that_seat(asked, lend, people):
    lend(to=people.documentarian.username)
    actor = people.actor("documentarian")
    assert (
        request_changes(actor=actor, request_id=asked.pk, comment="Soften it.").state == "changes_requested"
    )


def test_what_was_lent_is_not_passed_on(lend, people):
    lend()
    with pytest.raises(Refused, match="not passed on"):
        lend(who="expert", to=people.steward.username)


def test_the_delegate_gains_the_signature_and_no_other_right(lend, people):
    lend()
    assert not people.actor("expert").has_role("ethics-officer")


@pytest.mark.parametrize("who", ["administrator", "auditor", "author", "leaver", "ethics_officer"])
def test_who_never_signs_cannot_be_a_delegate(lend, people, who):
    with pytest.raises(Unacceptable) as refused:
        lend(to=getattr(people, who).username)
    assert refused.value.field == "to"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": None}, "ends_at"),
        ({"ends_at": timezone.now() - DAYS}, "ends_at"),
        ({"ends_at": timezone.now() + timedelta(days=365)}, "ends_at"),
        ({"starts_at": timezone.now() + DAYS * 2}, "ends_at"),
        ({"reason": "  "}, "reason"),
        ({"collection": "nowhere"}, "collection"),
        ({"prompt": "bank/none"}, "prompt"),
        ({"to": "nobody"}, "to"),
    ],
)
def test_a_bad_delegation_names_its_fault(lend, changes, field):
    with pytest.raises(Unacceptable) as refused:
        lend(**changes)
    assert refused.value.field == field
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["administrator", "auditor", "author", "service"])
def test_nobody_lends_a_role_that_he_does_not_hold(lend, who):
    with pytest.raises(GovernedError):
        lend(who=who)


def test_it_reaches_no_further_than_its_place_and_role(desk, asked, lend, factory):
    other = factory.submitted(risk_tier="high")
    lent = lend(prompt=other.prompt.name)
    with pytest.raises(Refused, match="does not reach"):
        sign(desk, asked, lent)
    with pytest.raises(Refused, match="does not reach"):
        desk.sign(other, "expert", "domain-expert", delegation_id=lent.pk)
    assert sign(desk, other, lent).pk


def test_a_stranger_to_the_delegation_cannot_use_it(desk, asked, lend, people):
    lent = lend(to=people.documentarian.username)
    with pytest.raises(Refused, match="not yours"):
        sign(desk, asked, lent)


@pytest.mark.parametrize("who", ["ethics_officer", "expert", "administrator"])
def test_it_is_revoked_by_either_side_or_an_administrator(desk, asked, lend, people, who):
    lent = lend()
    revoke_delegation(actor=people.actor(who), delegation_id=lent.pk)
    with pytest.raises(Refused, match="has ended"):
        sign(desk, asked, lent)
    with pytest.raises(NotPossible):
        revoke_delegation(actor=people.actor(who), delegation_id=lent.pk)
    assert Event.objects.filter(event="lifecycle.delegation.revoked").count() == 1


def test_others_do_not_revoke_it(lend, people):
    with pytest.raises(NotThere):
        revoke_delegation(actor=people.actor("steward"), delegation_id=lend().pk)


def test_it_does_not_hold_before_it_begins(desk, asked, lend):
    lent = lend(starts_at=timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="has ended"):
        sign(desk, asked, lent)


def test_it_ends_with_the_role_of_whoever_gave_it(desk, asked, lend, people):
    lent = lend()
    people.ethics_officer.groups.clear()
    with pytest.raises(Refused, match="do not hold the role"):
        sign(desk, asked, lent)


def test_the_database_keeps_it_as_it_was_signed(lend):
    lent = lend()
    refused = pytest.raises(IntegrityError, match="only ever added")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE lifecycle_delegation SET role = 'steward' WHERE id = %s", [lent.pk])
