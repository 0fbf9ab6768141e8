"""Reading `.env`."""

import os
from pathlib import Path

import pytest

from portal.runtime.dotenv import DotenvError, load_dotenv, parse


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("  export KEY = two words  # said why", "two words"),
        ("KEY=", ""),
        ("KEY= # nothing", ""),
        ("KEY=a#b", "a#b"),
        ("KEY='as $it \\n is # here'", "as $it \\n is # here"),
        (r'KEY="one\ntwo \"quoted\" \\ # in"  # out', 'one\ntwo "quoted" \\ # in'),
        ("KEY=postgresql://u:p@host/db?sslmode=require", "postgresql://u:p@host/db?sslmode=require"),
        ("# KEY=other\nKEY=this", "this"),
        ("KEY=first\nKEY=last", "last"),
        ("KEY=windows\r\n", "windows"),
    ],
)
def test_a_line_gives_its_value(line: str, value: str) -> None:
    assert parse(line) == {"KEY": value}


@pytest.mark.parametrize("line", ["KEY", "=value", "1KEY=x", "KEY='open", 'KEY="open', "KEY='a' b"])
def test_a_broken_line_is_told_by_its_number_without_its_value(line: str) -> None:
    with pytest.raises(DotenvError, match=r"^\.env, line 2: expected KEY=VALUE$"):
        parse(f"A=1\n{line}")


def test_the_real_environment_wins_even_when_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"GIVEN": "", "OTHER": "kept"})
    (tmp_path / ".env").write_text("GIVEN=no\nOTHER=no\nNEW=yes\n")
    load_dotenv(tmp_path / ".env")
    assert os.environ == {"GIVEN": "", "OTHER": "kept", "NEW": "yes"}


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    load_dotenv(tmp_path / ".env")


def test_a_broken_file_ends_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_text("A=1\nSECRET hunter2\n")
    with pytest.raises(SystemExit) as ended:
        load_dotenv(tmp_path / ".env")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "line 2" in said
    assert "hunter2" not in said


def test_the_example_can_be_read() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    assert parse(example.read_text(encoding="utf-8")) == {}, "everything in it is a comment until uncommented"
