"""manage.py lint: prompts by name and collection, files, exit status."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from prompts.registry.models import Version
from tests.registry.fragments import fragment

SECRET = "Use the key AKIA" + "Q7RZP2XW4N6TLK3V."  # in two pieces, so that no scanner takes it for a leak
CLEAN = {"purpose": "Greets.", "limits": "Knows no names."}


def run(*args: str) -> tuple[int, dict[str, Any]]:
    """The exit status, and what the command told as JSON."""
    out, status = io.StringIO(), 0
    try:
        call_command("lint", *args, "--json", stdout=out)
    except CommandError as error:
        status = error.returncode
    return status, json.loads(out.getvalue() or "{}")


@pytest.fixture
def greeting(factory) -> Version:
    """A draft that no rule has anything against."""
    return factory.draft("bank/greeting", text="Say hello.", **CLEAN)


def test_a_clean_prompt_passes(greeting):
    assert run("bank/greeting") == (
        0,
        {"texts": 1, "blocking": 0, "advisory": 0, "findings": [], "errors": []},
    )


def test_advice_passes_unless_strict(factory):
    factory.draft("bank/plain", text="Say hello.", limits="")
    status, told = run("bank/plain")
    assert (status, told["advisory"], told["findings"][0]["code"]) == (0, 1, "limits")
    assert run("bank/plain", "--strict")[0] == 1


def test_what_would_refuse_the_freeze_blocks(factory):
    factory.draft("bank/user", text="Hello.\n{{> bank/none@production}}", **CLEAN)
    status, told = run("bank/user")
    [finding] = told["findings"]
    assert (status, finding["name"], finding["version"], finding["code"]) == (1, "bank/user", 1, "fragment")
    assert "Message 1, line 2" in finding["reason"]


def test_a_version_can_be_named_and_the_newest_is_meant_else(people, factory, greeting):
    factory.next_draft(greeting.prompt, text="Say hello to {{> bank/none}}.")
    assert run("bank/greeting@1")[0] == 0
    assert run("bank/greeting")[0] == 1
    assert run("bank/greeting:1")[0] == 0
    assert run("bank/greeting@7")[0] == 2
    assert run("bank/greeting@production")[0] == 2


def test_a_collection_is_examined_prompt_by_prompt(people, factory, greeting):
    fragment(people, "bank/tone", "Kind.")
    status, told = run("--collection", "bank")
    assert (status, told["texts"]) == (0, 2)
    assert run("--collection", "nowhere")[0] == 2


def test_only_what_one_may_see_is_examined(people, greeting):
    status, told = run("bank/greeting", "--as", people.stranger.username)
    assert (status, told["texts"]) == (2, 0)
    assert told["errors"] == ["There is no prompt, version or file 'bank/greeting'."]


def test_files_are_examined_before_they_come_in(db: None, tmp_path: Path):
    file = tmp_path / "library.jsonl"
    rows = [{"name": "a", "text": "Say hello."}, {"name": "b", "text": SECRET}, {"name": "c", "text": "{{x"}]
    file.write_text("\n".join(json.dumps({**row, "format": "mustache"}) for row in rows))
    status, told = run(str(file))
    assert (status, told["texts"]) == (1, 3)
    found = [(row["row"], row["code"], row["severity"]) for row in told["findings"]]
    assert found == [(2, "secret", "blocking"), (3, "syntax", "blocking")]
    assert "Q7RZP2XW4N6TLK3V" not in json.dumps(told)


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(db: None, tmp_path: Path):
    file = tmp_path / "library.jsonl"
    file.write_text('{"name": "a", "text": "Hello."}\nnot JSON\n')
    status, told = run(str(file))
    assert (status, told["texts"], len(told["errors"])) == (2, 1, 1)


@pytest.mark.parametrize("args", [[], ["nothing/here"]])
def test_bad_use_is_told(db: None, args: list[str]):
    with pytest.raises(CommandError) as told:
        call_command("lint", *args)
    assert told.value.returncode == 2


def test_people_read_places_and_reasons(factory, capsys):
    factory.draft("bank/plain", text="Say hello.", limits="")
    call_command("lint", "bank/plain")
    told = capsys.readouterr().out
    assert "bank/plain@1: advisory: limits: the known limits are missing [limits]" in told
    assert "1 text: 0 blocking, 1 advisory" in told
