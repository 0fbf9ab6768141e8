"""Suites in files: what is read, and what is refused with its line."""

import json
from dataclasses import replace

import pytest

from audits.identity.errors import Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.selectors import cases_in_use, current_digests
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.suite_files import Folder, read_from, read_suite

YAML = """
defaultTest:
  vars: {tone: kind}
  assert: [{type: is-json}]
tests:
  - description: refused
    vars: {decision: refused}
    assert: {type: contains, value: loan}
    threshold: 0.5
  - vars: {tone: dry}
  - description: refused
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "My Loans.yaml"
    path.write_text(YAML)
    return path


def test_promptfoos_tests_are_read_with_their_defaults(file):
    first, second, third = read_suite(file).cases
    assert (first["vars"], first["threshold"]) == ({"tone": "kind", "decision": "refused"}, 0.5)
    assert [wanted["type"] for wanted in first["assertions"]] == ["is-json", "contains"]
    assert (second["name"], second["vars"], third["name"]) == ("case 2", {"tone": "dry"}, "refused (2)")


def test_json_lines_are_read(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"vars": {"a": 1}, "assert": [{"type": "equals", "value": 1}]}\n\n{"name": "b"}\n')
    assert [case["name"] for case in read_suite(path).cases] == ["case 1", "b"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.jsonl", b'{"a": 1}\n{broken', "line 2"),
        ("x.jsonl", b"[1]\n", "line 1"),
        ("x.yaml", b"a: [", "x.yaml"),
        ("x.yaml", b"a: 1", "no list of tests"),
        ("x.json", b"[]", "no case"),
        ("x.yaml", b"\xff\xfe", "not UTF-8"),
        ("absent.yaml", None, "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Unacceptable, match=words):
        read_suite(tmp_path / name)


def test_the_same_file_is_the_same_suite_and_mends_it(file, engineer, bank):
    suite = suite_from_file(actor=engineer, file=read_suite(file), collection=bank)
    save_case(actor=engineer, suite_id=suite.pk, name="case 2", vars={"changed": True})
    save_case(actor=engineer, suite_id=suite.pk, name="stray")
    again = suite_from_file(actor=engineer, file=read_suite(file), collection=bank)
    assert again.pk == suite.pk
    assert {case.name: case.vars for case in cases_in_use(suite)} == {
        "refused": {"tone": "kind", "decision": "refused"},
        "case 2": {"tone": "dry"},
        "refused (2)": {"tone": "kind"},
    }


def test_a_file_is_one_entry_of_the_trail_and_each_case_has_its_history(file, engineer, bank):
    suite = suite_from_file(actor=engineer, file=read_suite(file), collection=bank)
    first = Event.objects.get(event="evaluations.cases.written")
    told = json.loads(first.payload)
    assert (told["new"], told["changed"], told["gone"]) == (3, 0, 0)
    assert told["cases"] == current_digests([suite.pk])[suite.pk]
    save_case(actor=engineer, suite_id=suite.pk, name="case 2", vars={"changed": True})
    save_case(actor=engineer, suite_id=suite.pk, name="stray")
    stray = suite.cases.get(name="stray")
    suite_from_file(actor=engineer, file=read_suite(file), collection=bank)
    suite_from_file(actor=engineer, file=read_suite(file), collection=bank)
    *_, last = Event.objects.filter(event="evaluations.cases.written").order_by("pk")
    assert {**json.loads(last.payload), "cases": ""} == {"new": 0, "changed": 1, "gone": 1, "cases": ""}
    assert Event.objects.filter(event="evaluations.cases.written").count() == 2
    mended = suite.cases.get(name="case 2")
    rows = list(mended.history.order_by("history_id").values_list("history_type", "history_actor", "version"))
    assert rows == [("+", "emil", 1), ("~", "emil", 2), ("~", "emil", 3)]
    assert list(stray.history.order_by("history_id").values_list("is_active", flat=True)) == [True, False]
    back = [*read_suite(file).cases, {**read_suite(file).cases[0], "name": "stray"}]
    suite_from_file(actor=engineer, file=replace(read_suite(file), cases=back), collection=bank)
    stray.refresh_from_db()
    assert (stray.is_active, stray.version) == (True, 2)


def test_a_file_with_an_unknown_assertion_leaves_nothing_behind(tmp_path, engineer, bank):
    path = tmp_path / "x.jsonl"
    path.write_text('{"name": "a"}\n{"assert": [{"type": "oracle"}]}\n')
    with pytest.raises(Unacceptable):
        suite_from_file(actor=engineer, file=read_suite(path), collection=bank)
    assert not bank.suites.exists()


@pytest.mark.parametrize(
    ("name", "description", "title"),
    [
        ("returns_policy-tests.yaml", None, "Returns policy tests"),
        ("promptfooconfig.yaml", None, "Suite from promptfooconfig.yaml"),
        ("promptfooconfig.yaml", " Refunds, politely\nAnd more. ", "Refunds, politely"),
        ("a.yaml", "x" * 200, "x" * 159 + "…"),
        ("a.yaml", "", "A"),
        ("käse.yaml", 7, "Käse"),
        ("___.yaml", None, "Suite from ___.yaml"),
    ],
)
def test_a_suite_is_called_what_its_file_says_or_after_its_name(name, description, title):
    text = json.dumps({"description": description, "tests": [{"vars": {"a": 1}}]})
    assert read_from(Folder(None, {name: text.encode()}), name).title == title
