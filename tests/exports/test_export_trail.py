"""The exported trail is the ledger: every entry, once, in order, and nothing a spreadsheet would compute."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.exports.formats import COLUMNS
from audits.exports.services.export_trail import TrailExport, export_trail
from audits.identity.actors import Actor
from audits.identity.errors import Refused, Unacceptable
from audits.identity.models import User
from audits.ledger import merkle
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db: None) -> Actor:
    return Actor.for_user(User.objects.create(username="audra", full_name="Audra"))


def export(exporter: Actor, format: str = "csv", **asked: str) -> TrailExport:
    return export_trail(
        actor=exporter, format=format, asked=TrailFilter.read(**asked), visible=Event.objects.all()
    )


def rows(made: TrailExport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(made.lines()), newline="")))


@pytest.mark.requirement("hipaa/312-b")
def test_the_csv_has_as_many_rows_as_the_ledger_has_events(happened, auditor: Actor) -> None:
    for number in range(7):
        happened(f"bank/prompt-{number}")
    found = rows(export(auditor))
    assert len(found) == Event.objects.count() == 8
    assert [int(row["position"]) for row in found] == list(range(8))
    assert found[-1]["event"] == "exports.trail.exported"
    assert json.loads(found[-1]["payload"]) == {"filters": {}, "format": "csv"}


def test_the_columns_are_the_agreed_ones_in_order(auditor: Actor) -> None:
    first = next(export(auditor).lines())
    agreed = (
        "position,time,event,actor_type,actor,role,subject_type,subject,reason,request_id,payload,leaf_hash"
    )
    assert first == agreed + "\r\n"
    line = json.loads(next(export(auditor, "jsonl").lines()))
    assert tuple(line) == COLUMNS


def test_the_exported_leaves_give_the_signed_root(happened, auditor: Actor) -> None:
    for number in range(5):
        happened(f"bank/prompt-{number}")
    made, frontier = export(auditor, "jsonl"), merkle.Frontier()
    for line in made.lines():
        frontier.append(json.loads(line)["leaf_hash"])
    assert (frontier.size, frontier.root) == (made.checkpoint.size, made.checkpoint.root)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
@pytest.mark.requirement("owasp-asvs/16-4-1", "owasp-llm/10")
def test_no_cell_starts_a_formula(happened, auditor: Actor, start: str) -> None:
    evil = f'{start}HYPERLINK("http://example.org","x")'
    happened(evil, reason=evil)
    found = rows(export(auditor))[0]
    assert (found["subject"], found["reason"]) == (f"'{evil}", f"'{evil}")


def test_json_lines_keep_every_text_as_it_is(happened, auditor: Actor) -> None:
    text = '=1+1 \u202e ünïcode \U0001f512 "quoted",\nline'
    happened(text, reason=text, payload={"text": text, "pair": [1, 2]})
    line = json.loads(next(export(auditor, "jsonl").lines()))
    assert (line["subject"], line["reason"], line["payload"]) == (text, text, {"text": text, "pair": [1, 2]})


@pytest.mark.requirement("owasp-asvs/16-4-1")
def test_commas_quotes_and_line_ends_survive_the_csv(happened, auditor: Actor) -> None:
    happened("bank/x", reason='a "b", c\r\nd')
    assert rows(export(auditor))[0]["reason"] == 'a "b", c\r\nd'


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subject": "bank/x"}, {"bank/x", "bank/x@3", "bank/x@3 to production"}),
        ({"subject": "bank/x@3"}, {"bank/x@3"}),
        ({"subject": "BANK/X"}, set()),
        ({"event": "identity.key", "subject": "bank/xy"}, {"bank/xy"}),
        ({"event": "identity.ke"}, set()),
        ({"event": "exports"}, {"the audit trail"}),
        ({"actor": "audra"}, {"the audit trail"}),
        ({"words": "BANK/XY"}, {"bank/xy"}),
    ],
)
@pytest.mark.requirement("gdpr/15")
def test_filters_take_exactly_what_was_asked_for(happened, auditor: Actor, asked, expected: set[str]) -> None:
    export(auditor)
    for subject in ("bank/x", "bank/x@3", "bank/x@3 to production", "bank/xy", "bank/x/y"):
        happened(subject)
    assert {row["subject"] for row in rows(export(auditor, **asked))} == expected


def test_a_day_counts_from_its_begin_to_its_end(happened, auditor: Actor) -> None:
    happened("bank/x")
    today = datetime.now(UTC).date()
    assert len(rows(export(auditor, since=str(today), until=str(today)))) == 1
    assert rows(export(auditor, until=str(today - timedelta(days=1)))) == []
    assert rows(export(auditor, since=str(today + timedelta(days=1)))) == []


def test_an_export_can_be_read_twice_while_the_log_grows(happened, auditor: Actor) -> None:
    made = export(auditor)
    before = list(made.lines())
    happened("bank/later")
    export(auditor)
    assert list(made.lines()) == before


def test_memory_and_queries_grow_by_pieces_not_by_rows(
    happened, auditor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audits.exports.services.export_trail.EVERY", 4)
    for number in range(10):
        happened(f"bank/{number}")
    made = export(auditor)
    with CaptureQueriesContext(connection) as queries:
        assert len(rows(made)) == 11
    assert len(queries) == 4


@pytest.mark.requirement("21-cfr-11/10-g")
def test_only_people_and_keys_that_may_export_do(auditor: Actor) -> None:
    for actor in (Actor.shell(), Actor.system("scheduler")):
        with pytest.raises(Refused, match="--as"):
            export(actor)
    assert Event.objects.count() == 0


def test_an_unknown_format_is_told(auditor: Actor) -> None:
    with pytest.raises(Unacceptable, match="csv, jsonl"):
        export(auditor, "pdf")
