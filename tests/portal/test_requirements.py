"""The requirement map: every claim has its test, every mark its clause, and the document is up to date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.exports.services.holds import place_hold
from audits.exports.services.verify_trail import verify_trail
from audits.identity.models import User
from audits.ledger.models import Sink
from portal.management.commands.requirement_map import ROOT, written
from portal.requirements import shown_by, sources
from portal.requirements.marks import collect
from portal.selectors.standings import STANDINGS, standings
from tests.portal.opening import Desk

CLAUSES = [clause for source in sources() for clause in source.clauses]


@pytest.mark.requirement("21-cfr-11/10-k")
def test_the_document_is_the_one_that_data_and_tests_make():
    old = [path.name for path, text in written().items() if path.read_text() != text]
    assert old == [], "run: manage.py requirement_map"


def test_every_claim_has_a_test_and_every_mark_a_claim():
    claimed = {clause.id for clause in CLAUSES if clause.product}
    assert set(collect(ROOT / "tests")) == claimed


def test_every_clause_stands_once_and_says_something():
    assert len({clause.id for clause in CLAUSES}) == len(CLAUSES)
    assert [c.id for c in CLAUSES if not (c.product or c.settings or c.outside)] == []
    assert {name for clause in CLAUSES for name in clause.settings} == set(STANDINGS)


def test_no_text_promises_what_nobody_can():
    texts = [path.lower() for path in written().values()] + [repr(sources()).lower()]
    assert [text[:80] for text in texts if "complian" in text.replace("compliance-", "")] == []


@pytest.mark.parametrize("code", ["{}(CLAUSE)\ndef test_a(): ...", '{}("a/1")\nclass TestA: ...'])
def test_a_mark_that_nobody_could_read_is_refused(tmp_path, code):
    file = tmp_path / "tests" / "test_one.py"
    file.parent.mkdir()
    file.write_text(code.format("@pytest.mark.requirement"))
    with pytest.raises(ValueError, match=r"tests/test_one\.py"):
        collect(file.parent)


def test_the_page_tells_tests_set_up_and_what_stays_outside(people):
    shown = Desk(people).text("auditor", "requirements")
    assert all(source.title in shown for source in sources())
    assert "test_the_database_refuses_to_change_a_signature" in shown
    assert "The whole log was never verified" in shown
    assert "Backups and restores" in shown


def test_periods_and_places_of_checkpoints_are_told_as_they_are(people):
    shown = Desk(people).text("auditor", "requirements")
    assert "kinds of entries without a period, 0 legal holds in force" in shown
    assert "o checkpoint goes to a place outside" in shown
    auditor = people.actor("auditor")
    place_hold(actor=auditor, scope="everything", name="", reason="A claim.", reference="C-1")
    Sink.objects.create(name="file", failures=2, fault="The disk is full.")
    found = standings(auditor)
    assert found["retention_set"].words.endswith("1 legal hold in force")
    assert not found["retention_set"].is_set
    assert found["checkpoints_outside"].words == "checkpoints do not arrive at: file"
    Sink.objects.update(failures=0)
    assert standings(auditor)["checkpoints_outside"].is_set


def test_it_is_narrowed_to_one_rule_and_to_what_is_lacking(people):
    shown = Desk(people).text("auditor", "requirements", source="soc-2", open="1")
    assert "CC8.1" in shown
    assert "CC7.2" not in shown
    assert "§11.10(a)" not in shown


def test_a_standing_follows_what_is_done(people):
    auditor = people.actor("auditor")
    before = standings(auditor)
    assert not before["ledger_verified"].is_set
    assert not before["nobody_without_end"].is_set
    verify_trail(actor=auditor)
    User.objects.filter(groups__name="auditor").update(access_ends_at=timezone.now() + timedelta(days=1))
    after = standings(people.actor("auditor"))
    assert after["ledger_verified"].words == "the whole log was verified within the last hour"
    assert after["nobody_without_end"].is_set


def test_more_prompts_cost_no_more_queries(people, factory, django_assert_max_num_queries):
    for number in range(3):
        factory.draft(f"bank/letter-{number}")
    with django_assert_max_num_queries(30):
        standings(people.actor("auditor"))


def test_the_tests_that_were_written_down_are_there():
    assert all((ROOT / test.partition("::")[0]).is_file() for tests in shown_by().values() for test in tests)
