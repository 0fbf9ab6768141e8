"""Suites in files: what is read, and what is refused with its line."""

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.suite_files import read_suite

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


def test_a_file_with_an_unknown_assertion_leaves_nothing_behind(tmp_path, engineer, bank):
    path = tmp_path / "x.jsonl"
    path.write_text('{"name": "a"}\n{"assert": [{"type": "oracle"}]}\n')
    with pytest.raises(Unacceptable):
        suite_from_file(actor=engineer, file=read_suite(path), collection=bank)
    assert not bank.suites.exists()
