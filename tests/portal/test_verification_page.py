"""The state of verification: the last one, the one under way, the next, checkpoints and copies outside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audits.exports.services.verify_trail import VERIFIER, verify_trail
from audits.identity.actors import Actor
from audits.ledger.models import Alarm, Sink, Verification
from audits.ledger.services import integrate
from portal.selectors.standings import _ledger
from prompts.observability.services.compare_calls import compare_when_due
from prompts.observability.services.digest_hours import digest_hours
from tests.ledger.helpers import behind_the_back, write_events
from tests.observability.test_digest_hours import TEN, called
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE = "/admin/trail/verification/"


@pytest.fixture
def opened(people: People) -> Callable[..., Any]:
    def get(who: str = "auditor", address: str = PAGE) -> Any:
        client = Client()
        client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
        return client.get(address)

    return get


def running(people: People, **fields: Any) -> Verification:
    return Verification.objects.create(by=VERIFIER.name, started_at=timezone.now(), **fields)


def test_a_log_that_was_never_verified_says_so(opened) -> None:
    page = opened().content.decode()
    assert "The log was never verified." in page
    assert opened().context["found"].next_at <= timezone.now()


@pytest.mark.requirement("21-cfr-11/10-a", "soc-2/cc7-2")
def test_the_last_one_stands_with_range_root_and_result(people: People, opened) -> None:
    integrate()
    report = verify_trail(actor=people.actor("auditor"))
    answer = opened()
    last, page = answer.context["found"].last, answer.content.decode()
    assert (last.ok, last.entries, last.root) == (True, report.tree_size, report.root)
    assert f"entries 0 to {report.tree_size - 1}" in page
    assert "no gap, none altered" in page


@pytest.mark.requirement("21-cfr-11/10-a")
def test_a_failure_names_the_record(people: People, opened) -> None:
    integrate()
    verify_trail(actor=people.actor("auditor"))
    behind_the_back("UPDATE auth_group SET name = 'owners' WHERE name = 'engineer'")
    verify_trail(actor=people.actor("auditor"))
    page = opened().content.decode()
    assert "Not sound" in page
    assert "(owners): name is not what was recorded" in page
    assert "Last sound" in page
    assert "The audit trail does not verify." in page


def test_one_under_way_tells_how_far_it_has_come(people: People, opened) -> None:
    integrate()
    total = Verification.objects.count() + opened().context["state"].head.size
    running(people, size=total // 2, lease_until=timezone.now() + timedelta(minutes=5))
    found = opened().context["found"]
    assert (found.under_way.read, found.under_way.percent) == (total // 2, total // 2 * 100 // total)
    assert not found.under_way.is_resting
    assert found.next_at is None


def test_one_between_its_parts_is_told_as_resting(people: People, opened) -> None:
    running(people, size=1)
    assert opened().context["found"].under_way.is_resting


def test_the_next_one_is_due_after_the_hours_that_are_set(people: People, opened, settings) -> None:
    settings.LEDGER_VERIFY_HOURS = 6
    begun = timezone.now() - timedelta(hours=2)
    Verification.objects.create(by=VERIFIER.name, started_at=begun, finished_at=begun, ok=True)
    found = opened().context["found"]
    assert (found.next_at, found.is_late) == (begun + timedelta(hours=6), False)
    settings.LEDGER_VERIFY_HOURS = 1
    Verification.objects.update(started_at=begun - timedelta(hours=1))
    assert "is the scheduler running?" in opened().content.decode()


def test_what_waits_and_copies_outside_are_told(people: People, opened, shell: Actor) -> None:
    integrate()
    write_events(shell, 3)
    Sink.objects.create(name="git", fault="The folder is gone.", failures=4)
    answer = opened()
    assert answer.context["state"].waiting == 3
    assert "The folder is gone.; 4 times" in answer.content.decode()


def test_alarms_stand_on_top(opened) -> None:
    Alarm.objects.create(kind=Alarm.Kind.STANDING, reason="The key is gone.", raised_at=timezone.now())
    assert "The key is gone." in opened().content.decode()


@pytest.mark.parametrize("who", ["author", "steward", "expert", "stranger"])
def test_others_do_not_open_it(opened, who: str) -> None:
    assert opened(who).status_code == 403


@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_the_home_page_says_what_the_last_one_found_and_leads_here(people: People, opened, who: str) -> None:
    integrate()
    assert "never yet" in opened(who, "/admin/").content.decode()
    verify_trail(actor=people.actor("auditor"))
    page = opened(who, "/admin/").content.decode()
    assert "sound</span>" in page
    assert PAGE in page


def test_the_requirements_count_no_failed_verification_as_one(people: People) -> None:
    integrate()
    auditor = people.actor("auditor")
    verify_trail(actor=auditor)
    assert _ledger(auditor).is_set
    behind_the_back("UPDATE auth_group SET name = 'owners' WHERE name = 'engineer'")
    verify_trail(actor=auditor)
    assert not _ledger(auditor).is_set


def test_model_calls_stand_with_what_their_comparison_found(opened) -> None:
    assert "No hour has a digest yet" in opened().content.decode()
    call = called(1, TEN)
    digest_hours(now=TEN + timedelta(hours=2, minutes=6))
    assert "Not compared yet." in opened().content.decode()
    compare_when_due(now=timezone.now())
    page = opened().content.decode()
    assert "As they were received" in page
    assert "1 call of 2 hours with their digests in the log" in page
    type(call).objects.update(output="Hullo")
    compare_when_due(now=timezone.now() + timedelta(days=1))
    page = opened().content.decode()
    assert "Not as they were received" in page
    assert "Model calls are not those of which the audit trail tells." in page
    assert "Last as received" in page


def test_a_comparison_under_way_tells_how_far_it_has_come(opened) -> None:
    called(1, TEN)
    digest_hours(now=TEN + timedelta(hours=2, minutes=6))
    compare_when_due(now=timezone.now(), budget=0)
    assert "1 call of 1 hour compared so far" in opened().content.decode()
