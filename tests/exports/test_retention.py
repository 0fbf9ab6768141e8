"""Content goes when its period is over, unless it is held: by a rule of two people, told and still proven."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.exports.models import Retention, RetentionChange
from audits.exports.periods import Period, is_shorter
from audits.exports.services import retain as retaining
from audits.exports.services.holds import place_hold, release_hold
from audits.exports.services.retain import retain
from audits.exports.services.retention import confirm_retention, refuse_retention, set_retention
from audits.exports.tasks import retention
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event
from audits.ledger.services import integrate, record
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back, write_events
from tests.people import SHELL

pytestmark = pytest.mark.django_db
KIND = KEY_CREATED.name
YEAR = Period(1, "year")


def later(days: int = 400) -> datetime:
    return timezone.now() + timedelta(days=days)


def set_rule(people, period: Period = YEAR, kind: str = KIND) -> Retention:
    """A period that two people agreed on."""
    change = set_retention(
        actor=people.actor("administrator"), kind=kind, period=period, reason="Our schedule, no. 7."
    )
    return confirm_retention(actor=people.actor("ethics_officer"), change_id=change.pk)


def content() -> list[str]:
    """Subjects of entries of the kind that still have their content, but for those of the set-up."""
    rows = Event.objects.filter(event=KIND, payload__isnull=False, reason="a test").order_by("pk")
    return list(rows.values_list("subject", flat=True))


@pytest.fixture
def entries(people) -> None:
    write_events(SHELL, 4)
    integrate(wait=True)


@pytest.mark.parametrize(
    ("period", "recorded", "last_day", "first_day"),
    [
        (Period(10, "year"), (2016, 3, 2), (2026, 3, 1), (2026, 3, 2)),
        (Period(1, "year"), (2024, 2, 29), (2025, 2, 28), (2025, 3, 1)),
        (Period(4, "year"), (2024, 2, 29), (2028, 2, 28), (2028, 2, 29)),
        (Period(1, "year"), (2027, 3, 1), (2028, 2, 29), (2028, 3, 1)),
        (Period(365, "day"), (2023, 1, 1), (2023, 12, 31), (2024, 1, 1)),
    ],
)
def test_nothing_is_due_a_day_early(period, recorded, last_day, first_day) -> None:
    entry = datetime(*recorded, tzinfo=UTC)
    assert entry > period.before(datetime(*last_day, tzinfo=UTC))
    assert entry <= period.before(datetime(*first_day, tzinfo=UTC))


def test_what_is_shorter_is_told_by_what_would_go() -> None:
    now = timezone.now()
    assert is_shorter(Period(300, "day"), YEAR, now)
    assert is_shorter(YEAR, None, now)
    assert not is_shorter(Period(400, "day"), YEAR, now)
    assert not is_shorter(None, YEAR, now)


@pytest.mark.requirement("21-cfr-11/10-c", "gdpr/5-1-e")
def test_content_goes_once_its_period_is_over_and_the_log_still_verifies(people, entries) -> None:
    set_rule(people)
    assert retain(now=later(364)) == 0
    assert len(content()) == 4
    assert retain(now=later()) >= 4
    assert content() == []
    integrate(wait=True)
    report = verify()
    assert (report.ok, report.first_bad, report.not_compared) == (True, None, 0)
    assert report.erased >= 4


def test_one_entry_names_what_went_by_which_rule(people, entries) -> None:
    set_rule(people)
    done = retain(now=later())
    told = Event.objects.get(event="ledger.entries.erased")
    payload = json.loads(told.payload)
    assert (told.actor_type, told.actor) == ("system", "retention")
    assert len(payload["positions"]) == len(payload["entries"]) == done
    assert payload["rule"] == {
        "kind": KIND,
        "period": "1 year",
        "set_by": people.administrator.username,
        "confirmed_by": people.ethics_officer.username,
    }


def test_it_may_be_run_again_and_goes_on_where_it_was_cut_off(people, entries, monkeypatch) -> None:
    set_rule(people)
    everything = Event.objects.filter(event=KIND, leaf__isnull=False).count()
    monkeypatch.setattr(retaining, "MOST", 2)
    assert retain(now=later(), most=3) == 3
    assert Event.objects.filter(event="ledger.entries.erased").count() == 2
    assert retain(now=later()) == everything - 3
    assert retain(now=later()) == 0


def test_kinds_take_turns(people, entries, monkeypatch) -> None:
    set_rule(people)
    set_rule(people, kind="identity.user.created")
    monkeypatch.setattr(retaining, "MOST", 1)
    retain(now=later(), most=4)
    erasures = Event.objects.filter(actor="retention", event="ledger.entries.erased")
    rules = [json.loads(row.payload)["rule"]["kind"] for row in erasures]
    assert sorted(rules) == ["identity.key.created"] * 2 + ["identity.user.created"] * 2


def test_an_entry_that_waits_for_its_place_waits_for_its_end_too(people, entries) -> None:
    set_rule(people)
    with transaction.atomic():
        record(event=KEY_CREATED, actor=SHELL, subject_type="key", subject="fresh", reason="a test")
    retain(now=later())
    assert content() == ["fresh"]


def test_what_was_tampered_with_is_not_wiped_away(people, entries) -> None:
    """Else the period would do away with the only proof of it."""
    set_rule(people)
    behind_the_back("UPDATE ledger_event SET payload = '{}' WHERE subject = %s", "key-2")
    retain(now=later())
    assert content() == ["key-2"]
    assert verify().first_bad.subject == "key-2"


def test_a_time_that_was_moved_back_does_not_make_it_due(people, entries) -> None:
    set_rule(people, Period(30, "day"))
    long_ago = timezone.now() - timedelta(days=900)
    behind_the_back("UPDATE ledger_event SET recorded_at = %s WHERE subject = %s", long_ago, "key-1")
    retain(now=timezone.now())
    assert content() == ["key-0", "key-1", "key-2", "key-3"]


def test_the_task_does_it_and_finds_nothing_that_is_not_due(people, entries) -> None:
    set_rule(people)
    retention()
    assert len(content()) == 4


def test_a_shorter_period_takes_two_people(people, entries) -> None:
    admin = people.actor("administrator")
    change = set_retention(actor=admin, kind=KIND, period=YEAR, reason="A schedule.")
    assert isinstance(change, RetentionChange)
    assert not Retention.objects.exists()
    assert retain(now=later()) == 0
    for who, why in (("administrator", "somebody else"), ("auditor", "confirms"), ("author", "confirms")):
        with pytest.raises(Refused, match=why):
            confirm_retention(actor=people.actor(who), change_id=change.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionChange.objects.filter(pk=change.pk).update(state="done", decided_by=change.proposed_by)
    confirm_retention(actor=people.actor("steward"), change_id=change.pk)
    with pytest.raises(Conflict, match="It is over"):
        confirm_retention(actor=people.actor("ethics_officer"), change_id=change.pk)


def test_a_longer_period_holds_at_once(people, entries) -> None:
    set_rule(people)
    row = set_retention(
        actor=people.actor("administrator"), kind=KIND, period=Period(2, "year"), reason="A new law."
    )
    assert isinstance(row, Retention)
    assert retain(now=later()) == 0
    row = set_retention(actor=people.actor("administrator"), kind=KIND, period=None, reason="Keep it.")
    assert isinstance(row, Retention)
    assert row.period is None
    told = Event.objects.filter(event="exports.retention.set").order_by("-pk").first()
    assert json.loads(told.payload)["period"] == ["2 years", "for ever"]
    assert [old.amount for old in row.history.order_by("history_id")] == [1, 2, None]


def test_it_is_refused_with_a_reason(people) -> None:
    change = set_retention(actor=people.actor("administrator"), kind=KIND, period=YEAR, reason="Less disk.")
    refuse_retention(actor=people.actor("steward"), change_id=change.pk, reason="We need it.")
    assert Event.objects.get(event="exports.retention.refused").reason == "We need it."
    assert not Retention.objects.exists()


@pytest.mark.parametrize(
    ("kind", "period", "why"),
    [
        ("ledger.entries.erased", YEAR, "kept for ever"),
        ("exports.hold.placed", YEAR, "kept for ever"),
        ("registry.draft.created", YEAR, "kept for ever"),
        ("no.such.kind", YEAR, "no kind of entries"),
        (KIND, Period(29, "day"), "30 days at least"),
        (KIND, Period(101, "year"), "100 years at most"),
        (KIND, Period(3, "week"), "days or in years"),
    ],
)
def test_periods_that_are_none_are_refused(people, kind, period, why) -> None:
    with pytest.raises(Unacceptable, match=why):
        set_retention(actor=people.actor("administrator"), kind=kind, period=period, reason="So.")


def test_only_an_administrator_sets_periods_and_says_why(people) -> None:
    for who in ("auditor", "ethics_officer", "steward", "author", "service"):
        with pytest.raises(Refused):
            set_retention(actor=people.actor(who), kind=KIND, period=YEAR, reason="So.")
    with pytest.raises(Unacceptable, match="Say why"):
        set_retention(actor=people.actor("administrator"), kind=KIND, period=YEAR, reason="  ")
    set_retention(actor=people.actor("administrator"), kind=KIND, period=YEAR, reason="So.")
    with pytest.raises(Conflict, match="waits for a second person"):
        set_retention(actor=people.actor("administrator"), kind=KIND, period=Period(2, "year"), reason="So.")


def test_a_hold_stops_it_and_its_release_lets_it_go_on(people, entries) -> None:
    set_rule(people)
    hold = place_hold(
        actor=people.actor("auditor"), scope="other", name="key-1", reason="A claim.", reference="C-12"
    )
    retain(now=later())
    assert content() == ["key-1"]
    release_hold(actor=people.actor("ethics_officer"), hold_id=hold.pk, reason="It was settled.")
    retain(now=later())
    assert content() == []
