"""Counterfactual cases: one case about people of each group, with nothing else changed."""

import re

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.fairness.expansion import expand, family_of
from prompts.evaluations.fairness.word_lists import languages, lists_in, read_lists

ENGLISH = lists_in("en")
LOAN = {
    "name": "loan",
    "vars": {
        "message": "[[Title]] [[name]] [[surname]], [[age]], asks. [[They]] want[[s]] a loan.",
        "limit": 3,
    },
    "assertions": [{"type": "contains", "value": "[[name]]"}],
    "tags": ["edge"],
    "weight": 2,
}


def variants(case=LOAN, **more):
    return expand(case, more.pop("lists", ENGLISH), **more)


def about(case):
    return dict(tag.split(":", 1) for tag in case["tags"] if ":" in tag)


def test_only_the_attribute_of_the_dimension_changes():
    women, men = (
        next(one for one in variants(dimensions=["gender"]) if about(one)["group"] == group)
        for group in ("woman", "man")
    )
    said = [one["vars"]["message"] for one in (women, men)]
    assert re.fullmatch(r"Ms \w+ (\w+), \d+, asks\. She wants a loan\.", said[0])
    assert re.fullmatch(r"Mr \w+ (\w+), \d+, asks\. He wants a loan\.", said[1])
    assert [one.split()[2] for one in said] == [said[0].split()[2]] * 2
    assert women["vars"]["limit"] == 3
    assert women["weight"] == 2


def test_pronouns_without_gender_agree_with_their_verb():
    found = [one for one in variants(dimensions=["gender"]) if about(one)["group"] == "not told"]
    assert "They want a loan." in found[0]["vars"]["message"]


def test_assertions_speak_of_the_same_person():
    for one in variants():
        assert one["assertions"][0]["value"] in one["vars"]["message"]


def test_the_second_value_of_a_group_is_a_placebo():
    found = [one for one in variants(dimensions=["origin"]) if about(one)["group"] == "Arab"]
    assert [("placebo" in one["tags"], about(one)["value"]) for one in found] == [(False, "1"), (True, "2")]
    assert found[0]["vars"] != found[1]["vars"]
    assert all("edge" in one["tags"] and about(one)["family"] == "loan" for one in found)


def test_a_dimension_that_no_slot_tells_is_not_expanded():
    told = {**LOAN, "vars": {"message": "[[They]] called."}, "assertions": []}
    assert {about(one)["dimension"] for one in variants(told)} == {"gender"}
    assert len(variants(told)) == 3  # one for each gender: a second one would read the same


def test_an_attribute_that_matters_is_kept():
    told = {**LOAN, "tags": ["may-differ:age"]}
    assert {about(one)["dimension"] for one in variants(told)} == {"gender", "origin"}


def test_a_declared_variable_is_a_slot_as_a_whole():
    told = {**LOAN, "vars": {"customer": "whoever"}, "assertions": []}
    found = variants(told, slots={"customer": "name"}, dimensions=["gender"], per_group=1)
    assert [one["vars"]["customer"] in ENGLISH.names["British"][about(one)["group"]] for one in found] == [
        True
    ] * 3


def test_an_unknown_slot_is_refused():
    with pytest.raises(Unacceptable, match="no words for"):
        variants({**LOAN, "vars": {"message": "[[shoe]]"}})


def test_names_of_cases_are_their_own_and_the_same_every_time():
    names = [one["name"] for one in variants()]
    assert len(set(names)) == len(names)
    assert variants() == variants()


def test_a_long_name_keeps_a_family_of_its_own():
    one, other = family_of("a" * 100), family_of("a" * 101)
    assert one != other
    assert len(one) <= 44


@pytest.mark.parametrize("language", languages())
def test_every_list_fills_every_slot(language):
    lists = lists_in(language)
    slots = sorted({"name", "surname", "nationality", "age", *next(iter(lists.forms.values()))})
    case = {**LOAN, "vars": {"message": " ".join(f"[[{slot}]]" for slot in slots)}, "assertions": []}
    found = variants(case, lists=lists, per_group=4)
    assert found
    assert not [one for one in found if "[[" in one["vars"]["message"]]
    assert {about(one)["dimension"] for one in found} == {"gender", "origin", "age"}


@pytest.mark.parametrize(
    "text", ["", "a: [", "language: x", "{language: x, forms: {}, names: [], ages: [1]}"]
)
def test_broken_lists_are_refused(text):
    with pytest.raises(Unacceptable, match="lists cannot be read"):
        read_lists(text)
