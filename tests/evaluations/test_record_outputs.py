"""Outputs that were made elsewhere: read from a file, kept for their cases, graded by a run."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from audits.identity.errors import NotThere, Refused, Unacceptable
from prompts.evaluations.recorded_files import outputs_in
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_outputs import record_outputs
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.people import SHELL
from tests.portal.opening import Desk

ROWS = [
    {"case": "refused", "output": "A loan?", "latency_ms": 7},
    {"case": "granted", "output": "No, \n never."},
]
LINES = "\n".join(map(json.dumps, ROWS))
TABLE = 'case,output,latency_ms\nrefused,A loan?,7\ngranted,"No, \n never.",\n'


@pytest.fixture
def empty(db):
    return create_provider(actor=SHELL, name="elsewhere", kind="recorded")


@pytest.mark.parametrize(("name", "text"), [("o.jsonl", LINES), ("o.csv", TABLE)])
def test_outputs_are_graded_by_a_run(engineer, version, suite, empty, tmp_path, capsys, name, text):
    save_case(actor=SHELL, suite_id=suite.pk, name="open", vars={}, assertions=[])
    path = tmp_path / name
    path.write_text(text)
    call_command("record_outputs", "bank/explain", str(path), suite="loans", provider="elsewhere")
    assert "2 outputs" in capsys.readouterr().out
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[empty])
    work_on_run(run_id=run.pk)
    found = {row.case_name: row for row in run.results.all()}
    assert {key: row.state for key, row in found.items()} == {
        "refused": "pass",
        "granted": "fail",
        "open": "error",
    }
    assert (found["refused"].latency_ms, found["refused"].label) == (7, name)
    assert found["granted"].output == "No, \n never."


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "x", "ends in"), ("a.jsonl", "{", "Line 1: the JSON"), ("a.jsonl", "[1]", "no object"),
        ("a.jsonl", '{"case": "a"}', "Line 1: its output"), ("a.jsonl", '{"output": "a"}', "names no case"),
        ("a.jsonl", '{"case": "a", "output": "b", "c": 1}', "'c' is not known"),
        ("a.jsonl", '{"case": "a", "output": "b", "latency_ms": -1}', "latency_ms is no number"),
        ("a.csv", "case,output\na,b\na,c\n", "Line 3: the case 'a' is there twice"),
        ("a.csv", "case,output\na,b,c\n", "more cells"), ("a.csv", 'case,output\na,"b\n', "Line"),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused_with_its_line(name, text, words):
    with pytest.raises(Unacceptable, match=words):
        list(outputs_in(text, name, "x"))


def test_a_case_that_the_suite_has_not_is_refused(version, suite, empty):
    told = {"version_id": version.pk, "suite_id": suite.pk, "provider_id": empty.pk}
    with pytest.raises(Unacceptable, match="Line 1: loans has no case 'other'"):
        record_outputs(
            actor=SHELL, outputs=outputs_in('{"case": "other", "output": "x"}', "a.jsonl", "x"), **told
        )
    with pytest.raises(Unacceptable, match="no output"):
        record_outputs(actor=SHELL, outputs=[], **told)
    with pytest.raises(NotThere):
        record_outputs(actor=SHELL, outputs=[], **{**told, "version_id": 0})


def test_who_configures_no_provider_records_nothing(people, version, suite, empty):
    with pytest.raises(Refused):
        record_outputs(
            actor=people.actor("engineer"),
            version_id=version.pk,
            suite_id=suite.pk,
            provider_id=empty.pk,
            outputs=[],
        )


def test_a_file_that_is_not_there_is_told(version, suite, empty):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("record_outputs", "bank/explain", "/no/such.csv", suite="loans", provider="elsewhere")


def test_an_administrator_uploads_them(people, version, suite, empty):
    desk = Desk(people)
    sent = {"target": "bank/explain", "suite": suite.pk, "provider": empty.pk}
    answer = desk.post(
        "administrator", "recorded-outputs", file=SimpleUploadedFile("o.jsonl", LINES.encode()), **sent
    )
    assert answer.status_code == 302, answer.context["fault"]
    assert set(empty.recorded_answers.values_list("label", flat=True)) == {"o.jsonl"}
    broken = SimpleUploadedFile("o.jsonl", b'{"case": "<b>", "output": "x"}')
    page = desk.post("administrator", "recorded-outputs", file=broken, **sent).content.decode()
    assert "no case &#x27;&lt;b&gt;&#x27;" in page
    assert desk.get("engineer", "recorded-outputs").status_code == 403
