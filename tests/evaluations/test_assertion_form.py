"""Assertions in the admin's form: row by row, without JSON."""

import json

import pytest
from django.test import Client

from audits.identity.errors import Unacceptable
from prompts.evaluations.assertion_kinds import BY_TYPE
from prompts.evaluations.assertion_rows import Row, assertion_of, row_of, split
from prompts.evaluations.graders.names import GRADERS
from prompts.evaluations.models import Case

SIMPLE = [
    {"type": "contains", "value": "loan"},
    {"type": "not-icontains", "value": "guarantee", "weight": 2},
    {"type": "contains-any", "value": ["a", "b c"], "metric": "words"},
    {"type": "word-count", "value": {"min": 2, "max": 30}},
    {"type": "word-count", "value": {"max": 30}},
    {"type": "character-count", "value": 7},
    {"type": "is-json"},
    {"type": "is-json", "value": {"type": "object"}},
    {"type": "latency", "threshold": 2000},
    {"type": "similar", "value": ["x"], "threshold": 0.8},
    {"type": "trace-error-spans", "value": 2},
    {"type": "cel", "value": "size(output) < 5"},
]
BEYOND = [
    {"type": "assert-set", "assert": [{"type": "contains", "value": "x"}]},
    {"type": "contains", "value": "x", "config": {"a": 1}},
    {"type": "contains", "value": 5},
    {"type": "contains-any", "value": ["two\nlines"]},
    {"type": "is-json", "value": "type: array"},
    {"type": "word-count", "value": {"min": "{{n}}"}},
    {"type": "nonsense"},
]


@pytest.mark.parametrize("assertion", SIMPLE, ids=json.dumps)
def test_a_row_reads_back_the_same(assertion):
    row = row_of(assertion)
    assert row is not None
    assert assertion_of(row, 1) == assertion


@pytest.mark.parametrize("assertion", BEYOND, ids=json.dumps)
def test_what_a_row_cannot_say_stays_json(assertion):
    assert split([assertion]) == ([], [assertion])


def test_every_kind_of_the_form_is_an_assertion():
    assert set(BY_TYPE) <= set(GRADERS)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row(value="x"), "choose what must hold"),
        (Row("contains"), "write what the answer is compared with"),
        (Row("is-refusal", "x"), "leave the text empty"),
        (Row("word-count", "many"), "two with a hyphen"),
        (Row("is-json", "{broken"), "no JSON"),
        (Row("contains", "x", weight="heavy"), "no number for the weight"),
        (Row("latency"), "write the limit"),
        (Row("similar", "x", threshold="nan"), "no number for the threshold"),
    ],
)
def test_a_row_that_says_nothing_is_told(row, words):
    with pytest.raises(Unacceptable, match=f"Row 3: .*{words}"):
        assertion_of(row, 3)


def form(*rows, **fields):
    parts = ("kind", "value", "turned", "threshold", "weight", "metric")
    told = {f"rows-{part}": [row.get(part, "") for row in rows] for part in parts}
    plain = {"description": "", "vars": "{}", "assertions": "[]", "weight": "1", "labels": ""}
    return {**plain, "is_active": "on", **told, **fields}


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_an_expert_writes_assertions_without_json(people, suite):
    case = suite.cases.get(name="granted")
    page = f"/admin/evaluations/case/{case.pk}/change/"
    rows = [
        {"kind": "icontains", "value": "granted"},
        {},
        {"kind": "word-count", "value": "-40", "turned": "not"},
    ]
    answer = logged_in(people.expert).post(page, form(*rows))
    assert answer.status_code == 302
    assert Case.objects.get(pk=case.pk).assertions == [
        {"type": "icontains", "value": "granted"},
        {"type": "not-word-count", "value": {"max": 40}},
    ]


def test_rows_and_json_are_kept_apart_and_saved_together(people, suite):
    case = suite.cases.get(name="granted")
    page = f"/admin/evaluations/case/{case.pk}/change/"
    kept = logged_in(people.expert)
    kept.post(page, form({"kind": "contains", "value": "x"}, assertions=json.dumps(BEYOND[:1])))
    assert len(Case.objects.get(pk=case.pk).assertions) == 2
    shown = kept.get(page).content.decode()
    assert "assert-set" in shown
    assert '<option value="contains" selected>' in shown


def test_a_fault_is_told_and_what_was_typed_stays(people, suite):
    case = suite.cases.get(name="granted")
    answer = logged_in(people.expert).post(
        f"/admin/evaluations/case/{case.pk}/change/", form({"kind": "word-count", "value": "a <b> lot"})
    )
    shown = answer.content.decode()
    assert "Row 1: write a number" in shown
    assert "a &lt;b&gt; lot" in shown
    assert Case.objects.get(pk=case.pk).assertions == case.assertions
