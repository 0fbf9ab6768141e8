"""Alarms about the log reach those who answer for it, even where the log itself tells nobody any more."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from audits.identity.actors import Actor
from audits.ledger.models import Alarm, Sink
from audits.ledger.services import integrate
from audits.ledger.services.alarms import end_alarms, raise_alarm
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
    assert [end_alarms(actor=SHELL, kinds=[Alarm.Kind.UNSOUND]) for _ in range(2)] == [1, 0]
    assert tell_alarms() == 0
    raise_alarm(actor=SHELL, kind=Alarm.Kind.UNSOUND, reason="once more")
    assert tell_alarms() == 1


def test_the_trail_page_shows_the_alarm_to_those_who_read_all_of_it(people, alarm, client) -> None:
    for person, shown in ((people.auditor, True), (people.author, False)):
        client.force_login(person)
        page = client.get("/admin/trail/").content.decode()
        assert ("The audit trail does not verify." in page) is shown


def test_a_webhook_gets_each_newest_checkpoint_once(people) -> None:
    create_endpoint(
        actor=SHELL,
        name="witness",
        url="https://hooks.example/",
        kinds=["ledger.checkpoint"],
        owner=people.administrator,
        all_collections=True,
    )
    first = integrate()
    alarms(), alarms()
    second = integrate(now=first.signed_at + timedelta(minutes=6))
    alarms()
    notes = [json.loads(row.body)["data"]["note"] for row in Delivery.objects.order_by("pk")]
    assert notes == [first.note, second.note]


def test_the_trail_page_names_a_sink_that_fails(people, client) -> None:
    Sink.objects.create(name="git", failures=2, fault="Git: <b>no space</b> left")
    client.force_login(people.auditor)
    page = client.get("/admin/trail/").content.decode()
    assert "git does not take them" in page
    assert "&lt;b&gt;no space" in page


def test_only_an_administrator_goes_on_after_a_restore(people) -> None:
    for words in ([], ["--as", people.auditor.username]):
        with pytest.raises(CommandError, match="in an administrator's name"):
            call_command("accept_restored_ledger", "--reason", "The disk died.", *words)
    integrate()
    with pytest.raises(CommandError, match="nothing to accept"):
        call_command(
            "accept_restored_ledger", "--reason", "The disk died.", "--as", people.administrator.username
        )
