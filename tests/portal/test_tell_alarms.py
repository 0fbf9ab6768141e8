"""Alarms about the log reach those who answer for it, even where the log itself tells nobody any more."""

import json

import pytest

from audits.identity.actors import Actor
from audits.ledger.models import Alarm
from audits.ledger.services.alarms import end_alarm, raise_alarm
from audits.notices.models import Delivery, Letter, Notice
from audits.notices.services.endpoints import create_endpoint
from portal.services.tell_alarms import tell_alarms
from portal.tasks import alarms
from tests.people import SHELL

pytestmark = pytest.mark.django_db
REASON = "event bank/letter@3: the column is not what was recorded"


@pytest.fixture
def alarm(people) -> Alarm:
    """One that was raised, and that no sequencer takes into the log."""
    return raise_alarm(actor=Actor.system("verification"), kind=Alarm.Kind.UNSOUND, reason=REASON)


def test_auditors_and_administrators_are_told_once(people, alarm) -> None:
    alarms()
    alarms()
    told = Notice.objects.order_by("user__username")
    assert {row.user.username for row in told} == {people.auditor.username, people.administrator.username}
    assert {row.words for row in told} == {f"The audit trail does not verify: {REASON}"}
    assert {row.address for row in told} == {"/admin/trail/"}


def test_they_are_written_to_at_once(people, alarm, settings) -> None:
    settings.MAIL_CONFIGURED = True
    people.auditor.email = "auditor@bank.example"
    people.auditor.save()
    tell_alarms()
    assert people.auditor.notices.get().letter == Letter.objects.get(user=people.auditor)


def test_a_webhook_hears_of_it_without_the_reason(people) -> None:
    def hook(name: str, kinds: list[str]) -> None:
        create_endpoint(
            actor=SHELL,
            name=name,
            url="https://hooks.example/",
            kinds=kinds,
            owner=people.administrator,
            all_collections=True,
        )

    hook("hears", ["ledger.alarm.raised"]), hook("other", ["releases.prompt.frozen"])
    raise_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND, reason=REASON)
    tell_alarms()
    row = Delivery.objects.get()
    body = json.loads(row.body)
    assert (row.endpoint.name, body["type"], body["data"]["alarm"]) == (
        "hears",
        "ledger.alarm.raised",
        "unsound",
    )
    assert "bank/letter" not in row.body


def test_an_alarm_that_lasts_is_one_and_a_new_one_is_told_again(people, alarm) -> None:
    assert raise_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND, reason="again") == alarm
    assert tell_alarms() == 1
    assert end_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND)
    assert not end_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND)
    assert tell_alarms() == 0
    raise_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND, reason="once more")
    assert tell_alarms() == 1


def test_the_trail_page_shows_the_alarm_to_those_who_read_all_of_it(people, alarm, client) -> None:
    for person, shown in ((people.auditor, True), (people.author, False)):
        client.force_login(person)
        page = client.get("/admin/trail/").content.decode()
        assert ("The audit trail does not verify." in page) is shown
