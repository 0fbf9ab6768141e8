"""The formats for people and for machines: OCSF's required fields, and workbooks that compute nothing."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from audits.exports import ocsf
from audits.exports.formats import COLUMNS, FIELDS, Values, csv_line
from audits.exports.workbook import LONGEST_CELL, cell, write_workbook
from tests.fixtures.entries import declared

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def row(event: str = "registry.version.frozen", **more: object) -> dict[str, object]:
    told = dict.fromkeys(COLUMNS, "") | {
        "position": 7,
        "time": "2026-03-03T10:00:00.250000Z",
        "event": event,
        "actor_type": "person",
        "actor": "ada",
        "role": "engineer,steward",
        "subject": "bank/letter@3",
        "subject_type": "version",
        "payload": {"digest": "00"},
        "leaf_hash": "11",
        "uuid": "b5a5c1c8-0000-4000-8000-000000000000",
        "address": "10.1.2.3",
    }
    return told | more


@pytest.mark.requirement("owasp-asvs/16-2", "owasp-asvs/16-4-3", "owasp-asvs/16-1-1")
def test_every_declared_event_has_what_its_class_requires() -> None:
    wrong = []
    for name in declared():
        told = ocsf.ocsf_event(row(name))
        missing = [field for field in ocsf.REQUIRED[told["class_uid"]] if told.get(field) in (None, "", [])]
        numbers = told["type_uid"] == told["class_uid"] * 100 + told["activity_id"]
        if missing or not numbers or told["category_uid"] != told["class_uid"] // 1000:
            wrong.append((name, missing))
    assert wrong == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("identity.session.opened", (3002, 1, 1, 1)),
        ("identity.session.refused", (3002, 1, 2, 3)),
        ("identity.session.ended", (3002, 2, 1, 1)),
        ("identity.user.created", (3001, 1, 1, 1)),
        ("registry.right.revoked", (3005, 2, 1, 1)),
        ("identity.team.changed", (3006, 99, 1, 1)),
        ("registry.prompt.created", (6003, 1, 1, 1)),
        ("exports.trail.exported", (6003, 2, 1, 1)),
        ("registry.draft.edited", (6003, 3, 1, 1)),
        ("registry.draft.discarded", (6003, 4, 1, 1)),
        ("releases.release.stopped", (6003, 99, 2, 3)),
        ("releases.prompt.frozen", (6003, 3, 1, 3)),
    ],
)
def test_events_are_told_by_class_activity_status_and_severity(event: str, expected: tuple) -> None:
    told = ocsf.ocsf_event(row(event))
    assert (told["class_uid"], told["activity_id"], told["status_id"], told["severity_id"]) == expected


def test_nothing_of_an_entry_is_lost_on_the_way_to_the_siem() -> None:
    told = ocsf.ocsf_event(row(reason="why", request_id="r1"))
    assert told["time"] == 1772532000250
    assert told["unmapped"] == {
        "position": 7,
        "role": "engineer,steward",
        "subject_type": "version",
        "subject": "bank/letter@3",
        "reason": "why",
        "payload": {"digest": "00"},
        "leaf_hash": "11",
    }
    assert told["api"]["request"]["uid"] == "r1"
    assert told["src_endpoint"] == {"ip": "10.1.2.3"}
    json.dumps(told)


def values(**more: object) -> Values:
    """The row as an export hands it on."""
    told = row(**more)
    told["payload"] = json.dumps(told["payload"])
    return tuple(told[name] for name in FIELDS)


def sheets(path: Path) -> list[list[list[str]]]:
    """The texts of each sheet; a formula anywhere is an error."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")):
            tree = ElementTree.fromstring(archive.read(name))  # noqa: S314  our own file
            assert not list(tree.iter(f"{SHEET}f"))
            rows = [
                ["".join(c.itertext()) for c in line.iter(f"{SHEET}c")] for line in tree.iter(f"{SHEET}row")
            ]
            found.append(rows)
    return found


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_workbook_is_computed(tmp_path: Path, start: str) -> None:
    path = tmp_path / "trail.xlsx"
    evil = f"{start}1+1"
    assert write_workbook(path, [values(subject=evil, reason=evil)], [("Root", evil)]) == 1
    entries, about = sheets(path)
    assert entries[0] == list(COLUMNS)
    assert entries[1][7].startswith("'")
    assert about[0][1].startswith("'")


def test_a_cell_holds_no_more_than_excel_reads() -> None:
    assert len(cell("x" * 40_000)) == LONGEST_CELL
    assert cell("x" * 40_000).endswith("has all of it)")
    assert len(cell("\U0001f512" * 20_000).encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert cell("a\uffffb") == "a\ufffdb"


def test_a_workbook_goes_on_on_a_further_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audits.exports.workbook.MOST_ROWS", 3)
    path = tmp_path / "trail.xlsx"
    assert write_workbook(path, [values(position=number) for number in range(5)], []) == 5
    assert [len(rows) for rows in sheets(path)] == [3, 3, 2, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["trail.xlsx"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize("between", [";", "\t", "\n", "\r\n"])
def test_no_cell_is_computed_where_lines_are_not_parted_at_commas(between: str, start: str) -> None:
    """Where commas stand in numbers, spreadsheets part at semicolons, and heed no quotes inside a cell."""
    told = csv_line((f"a{between}{start}1+1", "b; -c", "d;e"))
    assert f"{between}'{start}1+1" in told
    assert told.endswith("b; -c,d;e\r\n")
