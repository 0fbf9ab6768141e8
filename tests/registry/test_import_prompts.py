"""manage.py import_prompts on small files of our own, and on the real libraries where they lie at hand."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audits.ledger.models import Event
from prompts.registry.models import Collection, Prompt, Version

DATA = Path(__file__).parent / "data"


def run(*args: object, code: int = 0) -> dict[str, Any]:
    """The JSON summary of an import that must end with that code."""
    out, ended = io.StringIO(), 0
    try:
        call_command("import_prompts", *map(str, args), "--json", stdout=out, stderr=io.StringIO())
    except CommandError as error:
        ended = error.returncode
    assert ended == code, out.getvalue()
    return json.loads(out.getvalue()) if out.getvalue() else {}


def texts(name: str) -> list[str]:
    """All texts of a prompt in order."""
    return [version.text for version in Version.objects.filter(prompt__name=name).order_by("number")]


def file(folder: Path, name: str, content: bytes) -> Path:
    """A file with that content."""
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_csv_comes_in_byte_for_byte_and_doubles_are_told_apart(house) -> None:
    summary = run(DATA / "library.csv")
    assert [row["name"].removeprefix("imported/") for row in summary["rows"]] == [
        "linux-terminal",
        "chef",
        "chef-2",
        "chef",
    ]
    assert [row["line"] for row in summary["rows"]] == [2, 5, 6, 7]
    assert (summary["created"], summary["unchanged"]) == (3, 1)
    assert texts("imported/linux-terminal") == [
        'I want you to act as a terminal.\r\nReply "only" with {output}.\n'
    ]


def test_a_history_becomes_drafts_with_their_dates_and_reasons(house) -> None:
    run(DATA / "patterns.jsonl", DATA / "histories.jsonl", "--collection", "fabric")
    versions = Version.objects.filter(prompt__name="fabric/plan-days").order_by("number")
    assert [version.number for version in versions] == [1, 2]
    assert versions[0].written_at.isoformat() == "2025-05-30T13:51:19+00:00"
    assert [version.change_note for version in versions] == ["Change 1", "Change 2"]
    assert not any(version.is_frozen for version in versions)
    assert Prompt.objects.filter(collection__slug="fabric").count() == 2


def test_a_history_that_comes_after_its_last_text_takes_it_in(house) -> None:
    run(DATA / "patterns.jsonl")
    assert run(DATA / "histories.jsonl")["updated"] == 1
    assert len(texts("imported/plan-days")) == 2
    assert run(DATA / "patterns.jsonl", DATA / "histories.jsonl")["unchanged"] == 3


def test_a_longer_history_adds_what_is_new(house, tmp_path: Path) -> None:
    record = json.loads((DATA / "histories.jsonl").read_text())
    short = {**record, "revisions": record["revisions"][:1]}
    run(file(tmp_path, "a.jsonl", json.dumps(short).encode()))
    assert run(DATA / "histories.jsonl")["updated"] == 1
    assert texts("imported/plan-days") == [item["text"] for item in record["revisions"]]


def test_the_language_of_a_template_is_chosen_so_that_nothing_is_misread(house) -> None:
    run(DATA / "templates.jsonl", DATA / "patterns.jsonl")
    formats = dict(Version.objects.values_list("prompt__name", "format"))
    assert formats["imported/a-b-q-a"] == formats["imported/c-d-q-a"] == "jinja2"
    assert (formats["imported/审稿"], formats["imported/plan-days"]) == ("plain", "mustache")


def test_twice_changes_nothing(house) -> None:
    first = run(DATA)
    before = (Prompt.objects.count(), Version.objects.count(), Event.objects.count())
    second = run(DATA)
    assert (second["created"], second["updated"], second["errors"]) == (0, 0, [])
    assert second["unchanged"] == len(first["rows"])
    assert (Prompt.objects.count(), Version.objects.count(), Event.objects.count()) == before


def test_files_of_other_programs_come_in(house) -> None:
    run(DATA / "triage.prompt", DATA / "promptfooconfig.yaml", DATA / "export.json")
    triage = Version.objects.get(prompt__name="imported/triage")
    assert triage.text.startswith('{{role "system"}}\nSort it.')
    assert (triage.format, triage.config["dotprompt"]["model"]) == ("handlebars", "local/tiny")
    assert texts("imported/promptfooconfig-1") == ["Explain {{topic}}."]
    greet = Version.objects.filter(prompt__name="imported/greet").order_by("number")
    assert [len(version.messages) for version in greet] == [1, 2]
    assert greet[1].messages[1] == {"role": "placeholder", "name": "past"}


BAD_CSV = (
    b'name,prompt\na,ok\nb,bad \xff\nc,"x\x00y"\nd,too,many\ne,fine\n' + b"n" * 300 + b',x\nf,"never closed\n'
)
BAD_JSONL = b'{"name": "a", "text": "ok"}\n{"name": \n[1]\n{"name": "b", "text": "\\ud800"}\n{"name": "c"}\n'
BAD_JSONL += b'{"text": "x"}\n'


@pytest.mark.parametrize(
    ("name", "content", "good", "lines"),
    [("a.csv", BAD_CSV, 2, [3, 4, 5, 7, 8]), ("a.jsonl", BAD_JSONL, 1, [2, 3, 4, 5, 6])],
)
def test_bad_rows_are_told_with_their_lines_and_the_good_ones_come_in(
    house, tmp_path, name, content, good, lines
) -> None:
    summary = run(file(tmp_path, name, content), code=1)
    assert summary["created"] == good == Prompt.objects.count()
    assert sorted(error["line"] for error in summary["errors"]) == lines
    assert summary["skipped"] == len(lines)
    assert all(error["file"].endswith(name) and error["reason"] for error in summary["errors"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.bin", b"x"),
        ("a.csv", b""),
        ("a.csv", "név,x\na,b\n".encode("utf-16")),
        ("a.jsonl", b"\x89PNG"),
        ("a.yaml", b"a: ["),
    ],
)
def test_what_cannot_be_read_at_all_ends_with_two(house, tmp_path, name: str, content: bytes) -> None:
    run(file(tmp_path, name, content), code=2)
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    "args",
    [
        ("/nowhere.csv",),
        ("x.csv", "--map", "colour=x"),
        ("x.csv", "--as", "nobody"),
        (DATA / "library.csv", "--collection", "Not a slug"),
    ],
)
def test_bad_usage_ends_with_two(house, args: tuple[object, ...]) -> None:
    run(*args, code=2)


def test_columns_can_be_named(house, tmp_path: Path) -> None:
    run(file(tmp_path, "a.csv", b"wer;was\nx;y z\n"), "--map", "name=wer", "--map", "text=was")
    assert texts("imported/x") == ["y z"]


def test_a_person_imports_by_his_own_rights_and_name(people, bank) -> None:
    run(DATA / "library.csv", "--collection", "bank", "--as", "ada")
    assert set(Version.objects.values_list("author_name", flat=True)) == {"ada"}
    assert "via shell:" in Event.objects.filter(event="registry.library.imported").get().role
    run(DATA / "library.csv", "--collection", "bank", "--as", "dora", code=1)
    run(DATA / "library.csv", "--collection", "elsewhere", "--as", "ada", code=1)
    assert Collection.objects.count() == 2


def originals(folder: Path) -> dict[tuple[str, int], list[str]]:
    """The texts of all rows as the files hold them, by file and line."""
    found: dict[tuple[str, int], list[str]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.open("rb"), start=1):
            row = json.loads(line)
            one = row.get("text") or row.get("jinja") or row.get("system_role")
            found[path.name, number] = (
                [item["text"] for item in row["revisions"]] if "revisions" in row else [one]
            )
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as opened:
            reader = csv.reader(opened)
            header, at = next(reader), reader.line_num
            for cells in reader:
                found[path.name, at + 1] = [dict(zip(header, cells, strict=True))["prompt"]]
                at = reader.line_num
    return found


@pytest.mark.timeout(600)
def test_the_libraries_come_in_twice_with_equal_counts_and_equal_bytes(house, samples: Path | None) -> None:
    folder = samples / "prompts" if samples else DATA
    files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.csv")])
    first, second = run(*files), run(*files)
    wanted = originals(folder)
    assert (len(first["rows"]), first["errors"]) == (len(wanted), [])
    assert (second["unchanged"], second["created"], second["updated"]) == (len(wanted), 0, 0)
    for row in first["rows"]:
        mine = wanted[Path(row["file"]).name, row["line"]]
        have = texts(row["name"])
        assert have == mine or (len(mine) == 1 and mine[0] == have[-1])
