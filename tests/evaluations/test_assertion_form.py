"""Variables and assertions in the admin's form: row by row, without JSON."""

import json

import pytest
from django.test import Client

from audits.identity.errors import Unacceptable
from prompts.evaluations.assertion_kinds import BY_TYPE, said
from prompts.evaluations.assertion_rows import Row, assertion_of, row_of, split
from prompts.evaluations.graders.names import GRADERS
from prompts.evaluations.models import Case, Suite
from prompts.evaluations.variable_rows import Row as Variable
from prompts.evaluations.variable_rows import split as split_variables
from prompts.evaluations.variable_rows import texts_of
from prompts.registry.services.collections import create_collection
from tests.people import SHELL

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


VARIABLES = {
    "language": "English",
    "letter": "Dear A,\n\n  two lines",
    "amount": 1200,
    "odd": "a\r\nb",
    "none": "",
}


def test_variables_that_are_texts_are_rows_and_the_rest_stays_json():
    rows, rest = split_variables(VARIABLES)
    assert [row.name for row in rows] == ["language", "letter", "none"]
    assert rest == {"amount": 1200, "odd": "a\r\nb"}
    assert {**texts_of(rows), **rest} == VARIABLES


@pytest.mark.parametrize(
    ("names", "words"),
    [(["", "a"], "Row 1: name the variable"), (["a", " a "], "Row 2: a stands in a row above")],
)
def test_a_variable_is_named_once(names, words):
    with pytest.raises(Unacceptable, match=words):
        texts_of([Variable(name, "x") for name in names])


def test_a_case_is_written_without_json(people, suite):
    told = {
        "suite": suite.pk, "name": "new", "texts-name": ["language", "", "letter"],
        "texts-value": ["English", "", "Dear A,\r\nB"],
    }  # fmt: skip
    page = f"/admin/evaluations/case/add/?suite={suite.pk}"
    answer = logged_in(people.expert).post(page, form({"kind": "contains", "value": "x"}, **told))
    assert answer.status_code == 302
    assert suite.cases.get(name="new").vars == {"language": "English", "letter": "Dear A,\nB"}
    twice = form(**{**told, "name": "twice", "vars": '{"letter": 1}'})
    assert (
        "letter stands in a row above already" in logged_in(people.expert).post(page, twice).content.decode()
    )
    assert not suite.cases.filter(name="twice").exists()


def test_a_new_case_asks_for_the_variables_of_its_suite_and_of_no_suite_that_is_not_seen(people, suite):
    suite.cases.update(vars={"customers_plea": "a", "amount": 1})
    kept, page = logged_in(people.expert), f"/admin/evaluations/case/add/?suite={suite.pk}"
    assert 'value="customers_plea"' in kept.get(page).content.decode()
    shop = create_collection(actor=SHELL, slug="shop", title="Shop", team=people.other_team)
    Suite.objects.filter(pk=suite.pk).update(collection=shop)
    assert "customers_plea" not in kept.get(page).content.decode()
    assert kept.get(f"{page}x").status_code == 200


def test_the_form_shows_what_is_stored_and_keeps_it(people, suite):
    case = suite.cases.get(name="granted")
    Case.objects.filter(pk=case.pk).update(vars=VARIABLES)
    page = f"/admin/evaluations/case/{case.pk}/change/"
    shown = logged_in(people.expert).get(page).content.decode()
    assert "two lines" in shown
    assert "1200" in shown
    rows, rest = split_variables(VARIABLES)
    told = {"texts-name": [row.name for row in rows], "texts-value": [row.value for row in rows]}
    logged_in(people.expert).post(page, form(vars=json.dumps(rest), **told))
    assert Case.objects.get(pk=case.pk).vars == VARIABLES


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ({"type": "icontains", "value": "review"}, "contains, in any case “review”"),
        ({"type": "not-contains", "value": "sorry"}, "not: contains “sorry”"),
        ({"type": "contains-any", "value": ["a", 2]}, "contains one of “a, 2”"),
        ({"type": "word-count", "value": {"max": 40}}, "has at most 40 words"),
        ({"type": "word-count", "value": {"min": 20, "max": 50}}, "has 20 to 50 words"),
        ({"type": "word-count", "value": {"min": 20, "max": 20}}, "has exactly 20 words"),
        ({"type": "word-count", "value": {"min": 1}}, "has at least 1 word"),
        ({"type": "word-count", "value": 1}, "has exactly 1 word"),
        ({"type": "word-count", "value": "{{most}}"}, "has exactly {{most}} words"),
        ({"type": "word-count", "value": {}}, "has so many words"),
        ({"type": "word-count"}, "has so many words"),
        ({"type": "character-count", "value": 280}, "has exactly 280 characters"),
        ({"type": "not-character-count", "value": {"max": 280}}, "not: has at most 280 characters"),
        (
            {"type": "trajectory:step-count", "value": {"type": "tool", "max": 3}},
            "took at most 3 steps (type tool)",
        ),
        (
            {"type": "trace-span-count", "value": {"pattern": "llm.*", "min": 1, "max": 2}},
            "has 1 to 2 spans (pattern llm.*)",
        ),
        ({"type": "is-json", "value": {"type": {"a": 1}}}, BY_TYPE["is-json"].label),
        ({"type": "latency", "threshold": 500}, "came within 500 milliseconds"),
        ({"type": "bleu", "value": "a", "threshold": 0.4}, "is worded like (BLEU) “a”, limit 0.4"),
        (
            {"type": "assert-set", "threshold": 0.5, "assert": [{"type": "is-html"}, {"type": "not-is-xml"}]},
            f"a share of 0.5 of ({BY_TYPE['is-html'].label}; not: {BY_TYPE['is-xml'].label})",
        ),
        ({"type": "assert-set", "assert": [{"type": "is-html"}]}, f"all of ({BY_TYPE['is-html'].label})"),
        ({"type": "unheard-of", "value": "x" * 90}, f"unheard-of “{'x' * 59}…”"),
        ({}, ""),
    ],
)
def test_an_assertion_is_said_in_plain_words(assertion, words):
    assert said(assertion) == words


def test_whoever_saved_a_case_is_back_at_its_suite(people, suite):
    case = suite.cases.get(name="granted")
    answer = logged_in(people.expert).post(
        f"/admin/evaluations/case/{case.pk}/change/", form({"kind": "contains", "value": "x"})
    )
    assert answer.url == f"/admin/evaluations/suite/{suite.pk}/change/"


def test_json_is_folded_up_until_there_is_some(people, suite):
    kept, case = logged_in(people.expert), suite.cases.get(name="granted")
    for page in (
        f"/admin/evaluations/case/add/?suite={suite.pk}",
        f"/admin/evaluations/case/{case.pk}/change/",
    ):
        folded = kept.get(page).content.decode().partition("What no row can say")[0]
        assert folded.rstrip().endswith(">")
        assert "<details" in folded[folded.rindex("<fieldset") :]
        assert 'name="assertions"' not in folded
    kept.post(f"/admin/evaluations/case/{case.pk}/change/", form(assertions=json.dumps(BEYOND[:1])))
    shown = kept.get(f"/admin/evaluations/case/{case.pk}/change/").content.decode()
    before = shown.partition("What no row can say")[0]
    assert "<details" not in before[before.rindex("<fieldset") :]


def test_a_pattern_that_is_none_is_told_beside_the_rows(people, suite):
    case = suite.cases.get(name="granted")
    page = f"/admin/evaluations/case/{case.pk}/change/"
    answer = logged_in(people.expert).post(page, form({"kind": "regex", "value": "(loan"}))
    assert answer.status_code == 200
    assert "Invalid regex pattern" in str(answer.context["adminform"].form.errors["rows"])
    assert Case.objects.get(pk=case.pk).assertions == case.assertions
