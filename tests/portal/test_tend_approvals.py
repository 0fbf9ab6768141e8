"""What the portal does of itself at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.ledger.services import integrate
from audits.notices.models import Notice
from portal.selectors.ending import ending
from portal.services.tell_people import tell_people
from portal.services.tend_approvals import due, recertify_from, tend_approvals
from portal.tasks import approvals
from prompts.lifecycle.approvals import Approval
from prompts.lifecycle.models import ApprovalRequest, Reminder
from prompts.lifecycle.selectors import approval_of
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.models import Prompt
from tests.lifecycle.conftest import Desk
from tests.people import SHELL

NOW = timezone.now()
SEATS = [{"role": "steward", "count": 1}]


def told():
    """Everything that was recorded reaches the inboxes."""
    integrate()
    tell_people()


def lasting(days, left):
    """An approval of that many days with so many left."""
    end = NOW + timedelta(days=left)
    return Approval("limited risk@1", 1, (), end - timedelta(days=days), end)


@pytest.fixture
def live(factory):
    """A released version whose approval holds for 20 days."""
    set_policy(actor=SHELL, name="limited risk", seats=SEATS, validity_days=20, risk_tier="limited")
    return factory.released()


@pytest.mark.parametrize(("days", "ahead"), [(365, 30), (120, 30), (20, 5), (1, 0.25)])
def test_a_renewal_is_asked_for_a_month_ahead_or_a_quarter_of_a_short_approval(days, ahead):
    approval = lasting(days, 1)
    assert recertify_from(approval) == approval.expires_at - timedelta(days=ahead)


@pytest.mark.parametrize(
    ("days", "left", "about"),
    [
        (365, 31, None),
        (365, 30, "ends_30"),
        (365, 8, "ends_30"),
        (365, 7, "ends_7"),
        (365, 1, "ends_1"),
        (365, 0, None),
        (20, 15, None),
        (20, 6, "ends_7"),
    ],
)
def test_people_are_told_a_month_a_week_and_a_day_ahead(days, left, about):
    assert due(lasting(days, left), NOW) == about


@pytest.mark.requirement("nist-ai-rmf/govern-1-5")
def test_what_is_live_is_asked_for_again_ahead_of_its_end_and_once(live):
    end = approval_of(live).expires_at
    tend_approvals(end - timedelta(days=6))
    assert not ApprovalRequest.objects.filter(is_recertification=True).exists()
    for _ in range(2):
        tend_approvals(end - timedelta(days=5))
    request = ApprovalRequest.objects.get(is_recertification=True)
    assert (request.version, request.requested_by_name, request.state) == (live, "scheduler", "open")


def test_what_is_not_live_is_left_alone(factory):
    set_policy(actor=SHELL, name="limited risk", seats=SEATS, validity_days=1, risk_tier="limited")
    factory.approved()
    assert ending(timedelta(days=30), Prompt.objects.all()) == []


def test_watchers_are_told_of_the_end_with_its_day(live, people):
    told()
    tend_approvals(approval_of(live).expires_at - timedelta(days=2))
    told()
    notice = Notice.objects.get(kind="lifecycle.approval.ends", user=people.author)
    assert notice.words.startswith(f"The approval of {live.prompt.name}, version 1, ends on ")
    assert Reminder.objects.get().about == "ends_7"


def test_a_request_that_lies_is_reminded_of_and_not_again_the_next_day(factory, people):
    told()
    request = factory.submitted()
    ApprovalRequest.objects.update(opened_at=NOW - timedelta(days=4))
    for _ in range(2):
        approvals()
    told()
    assert [row.about for row in request.reminders.all()] == ["waiting"]
    assert Notice.objects.filter(kind="lifecycle.signers.reminded", user=people.steward).count() == 1


def test_a_fresh_request_is_left_alone(factory):
    factory.submitted()
    approvals()
    assert not Reminder.objects.exists()


def test_the_home_page_tells_when_an_approval_ends(live, people):
    from portal.selectors.home.sections import ends

    [(version, approval, is_over)] = ends(people.actor("steward")).rows
    assert (version, approval.request is not None, is_over) == (live, True, False)


def test_signers_of_a_superseded_request_are_told(factory, people):
    told()
    old = factory.submitted(risk_tier="high")
    Desk(people).sign(old, "expert", "domain-expert")
    factory.submitted(factory.next_draft(old.prompt, text="Another text."))
    told()
    notice = Notice.objects.get(kind="lifecycle.request.superseded", user=people.expert)
    assert "counts no more" in notice.words
