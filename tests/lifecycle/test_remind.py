"""Reminding signers, and asking for approvals again."""

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, NotThere, Refused
from audits.ledger.models import Event
from prompts.lifecycle.errors import NotPossible, TooSoon
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.services.recertify import open_recertification
from prompts.lifecycle.services.remind import remind_signers, tell_of_end
from prompts.lifecycle.services.requests import withdraw

SCHEDULER = Actor.system("scheduler")


def test_signers_are_reminded_once_a_day(people, factory):
    request = factory.submitted()
    remind_signers(actor=people.actor("author"), request_id=request.pk)
    with pytest.raises(TooSoon, match="once a day"):
        remind_signers(actor=people.actor("steward"), request_id=request.pk)
    assert Event.objects.filter(event="lifecycle.signers.reminded").count() == 1


@pytest.mark.parametrize("who", ["auditor", "administrator", "documentarian", "stranger", "service"])
def test_who_neither_wrote_nor_judges_reminds_nobody(people, factory, who):
    request = factory.submitted()
    with pytest.raises(GovernedError):
        remind_signers(actor=people.actor(who), request_id=request.pk)


def test_nobody_is_reminded_of_a_closed_request(people, factory):
    request = factory.submitted()
    withdraw(actor=people.actor("author"), request_id=request.pk)
    with pytest.raises(NotPossible):
        remind_signers(actor=people.actor("author"), request_id=request.pk)


def test_an_end_is_told_once(factory):
    request = ApprovalRequest.objects.get(version=factory.approved())
    told = {"request_id": request.pk, "about": "ends_7", "expires_at": request.opened_at}
    assert tell_of_end(actor=SCHEDULER, **told)
    assert tell_of_end(actor=SCHEDULER, **told) is None
    assert Event.objects.filter(event="lifecycle.approval.ends").count() == 1


def test_a_renewal_is_opened_on_the_unchanged_text_and_never_twice(factory):
    version = factory.approved()
    request = open_recertification(actor=SCHEDULER, version_id=version.pk)
    assert (request.text_digest, request.is_recertification, request.requested_by) == (
        version.digest,
        True,
        None,
    )
    assert open_recertification(actor=SCHEDULER, version_id=version.pk) is None
    assert Event.objects.get(event="lifecycle.recertification.opened").actor == "scheduler"


def test_a_renewal_that_was_withdrawn_is_not_opened_again_by_itself(people, factory):
    version = factory.approved()
    request = open_recertification(actor=SCHEDULER, version_id=version.pk)
    withdraw(actor=people.actor("author"), request_id=request.pk)
    assert open_recertification(actor=SCHEDULER, version_id=version.pk) is None


def test_what_was_never_approved_is_not_renewed(factory):
    with pytest.raises(NotThere):
        open_recertification(actor=SCHEDULER, version_id=factory.submitted().version_id)


def test_people_submit_again_and_do_not_renew(people, factory):
    with pytest.raises(Refused):
        open_recertification(actor=people.actor("steward"), version_id=factory.approved().pk)


def test_a_renewal_that_is_signed_gives_the_approval_a_new_end(people, factory, desk):
    from prompts.lifecycle.selectors import approval_of

    version = factory.approved()
    before = approval_of(version).expires_at
    request = open_recertification(actor=SCHEDULER, version_id=version.pk)
    desk.sign(request, "steward", "steward")
    approval = approval_of(version)
    assert (approval.request, approval.expires_at > before) == (request.pk, True)
