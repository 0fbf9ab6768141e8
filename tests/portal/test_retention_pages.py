"""The pages of periods and legal holds: preview, two people, what is held, and who gets in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from audits.exports.models import LegalHold, Retention, RetentionChange
from audits.exports.periods import Period
from audits.exports.services.retain import retain
from audits.exports.services.retention import confirm_retention, set_retention
from audits.ledger.models import Event
from audits.ledger.services import integrate
from tests.ledger.helpers import write_events
from tests.people import SHELL
from tests.portal.opening import Desk
from tests.portal.telling import tell

pytestmark = pytest.mark.django_db
KIND = "identity.key.created"


@pytest.fixture
def desk(people) -> Desk:
    return Desk(people)


def agreed(people) -> None:
    """A period of thirty days that two people set."""
    change = set_retention(
        actor=people.actor("administrator"), kind=KIND, period=Period(30, "day"), reason="So."
    )
    confirm_retention(actor=people.actor("steward"), change_id=change.pk)


def test_a_period_goes_through_two_people(people, desk) -> None:
    tell()
    seen = desk.text("administrator", "retention-kind", KIND, amount="6", unit="year")
    assert "Nothing goes at once: no entry is that old." in seen
    assert "Propose it" in seen
    told = {"amount": "6", "unit": "year", "reason": "<i>Schedule</i> 7.", "seen": "yes"}
    desk.post("administrator", "retention-kind", KIND, **told)
    change = RetentionChange.objects.get()
    assert "somebody else confirms" in desk.text("administrator", "retention")
    shown = desk.text("ethics_officer", "retention")
    assert "&lt;i&gt;Schedule&lt;/i&gt; 7." in shown
    assert "Confirm it" in shown
    tell()
    assert people.ethics_officer.notices.get().address == "/admin/trail/retention/"
    desk.post("ethics_officer", "retention", act="confirm", row=change.pk)
    assert str(Retention.objects.get().period) == "6 years"
    assert "confirmed by etta" in desk.text("auditor", "retention-kind", KIND)


def test_nothing_is_proposed_that_nobody_looked_at(people, desk) -> None:
    sent = desk.post("administrator", "retention-kind", KIND, amount="6", unit="year", reason="So.")
    assert sent.status_code == 302
    assert not RetentionChange.objects.exists()


def test_a_proposal_is_refused_or_taken_back(people, desk) -> None:
    told = {"amount": "6", "unit": "year", "reason": "So.", "seen": "yes"}
    desk.post("administrator", "retention-kind", KIND, **told)
    desk.post("administrator", "retention", act="refuse", row=RetentionChange.objects.get().pk, reason="No.")
    assert RetentionChange.objects.get().state == "refused"
    assert "was refused by admin" in desk.text("administrator", "retention-kind", KIND)


def test_it_counts_what_is_there_due_and_held(people, desk, monkeypatch) -> None:
    write_events(SHELL, 3)
    integrate(wait=True)
    agreed(people)
    desk.post(
        "auditor", "holds", act="place", scope="other", name="key-1", reference="C-1", reason="A claim."
    )
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = desk.get("auditor", "retention", show="due").context
    (row,) = page["rows"]
    assert (row.kind, row.count, row.due, row.held) == (KIND, 4, 3, 1)
    seen = desk.text("administrator", "retention-kind", KIND, amount="30", unit="day")
    assert "1 more is under a legal hold and stays." in seen


def test_the_preview_names_what_would_go(people, desk, monkeypatch) -> None:
    write_events(SHELL, 3)
    integrate(wait=True)
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    seen = desk.text("administrator", "retention-kind", KIND, amount="30", unit="day")
    assert "4 entries lose their content at once" in seen
    assert "key-0" in seen


def test_the_page_tells_the_next_run_and_the_last_ones(people, desk) -> None:
    assert "Next run" in desk.text("auditor", "retention")
    PeriodicTask.objects.filter(task="exports.retain").update(enabled=False)
    assert "the timed task is switched off" in desk.text("auditor", "retention")
    write_events(SHELL, 2)
    integrate(wait=True)
    agreed(people)
    retain(now=timezone.now() + timedelta(days=31))
    shown = desk.text("auditor", "retention")
    assert "identity.key.created: the period of 30 days is over" in shown


def test_filters_narrow_the_kinds(people, desk) -> None:
    agreed(people)
    rows = desk.get("auditor", "retention", show="period").context["rows"]
    assert [row.kind for row in rows] == [KIND]
    assert "No kind fits." in desk.text("auditor", "retention", q="no such thing")
    assert all(row.count for row in desk.get("auditor", "retention", show="there").context["rows"])


def test_what_is_kept_for_ever_says_why_and_has_no_form(people, desk) -> None:
    shown = desk.text("administrator", "retention-kind", "ledger.entries.erased")
    assert "The log itself is verified with it." in shown
    assert "See what would go" not in shown
    assert desk.get("administrator", "retention-kind", "no.such.kind").status_code == 404


def test_who_may_not_set_sees_no_form(people, desk) -> None:
    assert "See what would go" not in desk.text("auditor", "retention-kind", KIND)
    told = {"amount": "6", "unit": "year", "reason": "So.", "seen": "yes"}
    assert desk.post("auditor", "retention-kind", KIND, **told).status_code == 403
    assert desk.get("author", "retention").status_code == 403


@pytest.mark.parametrize("asked", [{"amount": "x", "unit": "year"}, {"amount": "3", "unit": "day"}])
def test_periods_that_are_none_are_told(people, desk, asked) -> None:
    assert desk.get("administrator", "retention-kind", KIND, **asked).status_code == 400


def test_a_hold_is_placed_and_released_by_two_people(people, desk) -> None:
    assert "Nothing is held." in desk.text("auditor", "holds")
    told = {"scope": "prompt", "name": "bank/letter", "reference": "<b>C-1</b>", "reason": "A claim."}
    desk.post("auditor", "holds", act="place", **told)
    row = LegalHold.objects.get()
    own = desk.text("auditor", "holds")
    assert "You placed it: somebody else releases it." in own
    assert "&lt;b&gt;C-1&lt;/b&gt;" in own
    assert desk.post("auditor", "holds", act="release", row=row.pk, reason="Over.").status_code == 403
    assert "Release it" in desk.text("ethics_officer", "holds")
    desk.post("ethics_officer", "holds", act="release", row=row.pk, reason="It was settled.")
    shown = desk.text("auditor", "holds")
    assert "It was settled." in shown
    assert "Nothing is held." in shown
    assert Event.objects.filter(event="exports.hold.released").count() == 1


def test_a_steward_reads_holds_and_places_none(people, desk) -> None:
    assert "Place a hold" not in desk.text("steward", "holds")
    told = {"scope": "everything", "reference": "C-1", "reason": "A claim."}
    assert desk.post("steward", "holds", act="place", **told).status_code == 403
    assert not LegalHold.objects.exists()
