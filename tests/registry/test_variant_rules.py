"""The pure rules of variants: who answers, and where one has drifted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.identity.errors import Unacceptable
from prompts.registry.drift import Side, check_clauses, drift_between, read_clauses
from prompts.registry.variants import check_dimensions, check_values, fits, fitting, read_dimensions, written

NINE = ",".join(f"d{n}=a" for n in range(9))
ORDER = ["channel", "persona", "language", "region"]
KNOWN = {
    "sms": {"channel": "sms"},
    "de": {"language": "de"},
    "de-AT": {"language": "de-AT"},
    "sms de": {"channel": "sms", "language": "de"},
    "nurse": {"persona": "nurse"},
}


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({"channel": "sms", "language": "de-AT"}, ["sms de", "sms", "de-AT", "de"]),
        ({"channel": "sms", "language": "fr"}, ["sms"]),
        ({"language": "de-CH"}, ["de"]),
        ({"language": "DE"}, ["de"]),
        ({"language": "den"}, []),
        ({"persona": "nurse", "channel": "sms"}, ["sms", "nurse"]),
        ({"region": "eu"}, []),
        ({}, []),
    ],
)
def test_the_most_special_answers_first(asked, order):
    assert fitting(asked, [(told, name) for name, told in KNOWN.items()], ORDER) == order


words = st.sampled_from(["a", "b", "a-b", "a-b-c"])
dims = st.dictionaries(st.sampled_from(ORDER), words, max_size=4)


@given(dims, st.lists(dims, max_size=12, unique_by=written), st.randoms())
def test_what_fits_is_a_part_of_what_is_asked_and_its_order_is_not_by_chance(asked, known, chance):
    rows = [(told, written(told)) for told in known]
    found = fitting(asked, rows, ORDER)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert fitting(asked, shuffled, ORDER) == found
    for told, name in rows:
        part = all(slug in asked and fits(value, asked[slug]) for slug, value in told.items())
        assert (name in found) == part
    sizes = [len(dict(zip([n for _, n in rows], [t for t, _ in rows], strict=True))[name]) for name in found]
    assert sizes == sorted(sizes, reverse=True)


def test_dimensions_are_read_and_written():
    told = read_dimensions(" language=de-AT , channel=sms")
    assert (told, written(told)) == (
        {"language": "de-AT", "channel": "sms"},
        "channel=sms,language=de-AT",
    )


@pytest.mark.parametrize(
    "text",
    ["", "channel", "channel=", "=sms", "a=b,a=c", "a=b;c", "Ä=x", "a=<b>", "x" * 50 + "=a", NINE],
)
def test_what_are_no_dimensions_is_refused(text):
    with pytest.raises(Unacceptable):
        read_dimensions(text)


DECLARED = {"channel": ["sms", "chat"], "language": ["de", "en"]}


def test_a_variant_is_for_declared_values_in_the_declared_order():
    assert list(check_dimensions({"language": "de", "channel": "sms"}, DECLARED)) == ["channel", "language"]


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({}, "at least one"),
        ({"tone": "warm"}, "no dimension"),
        ({"channel": "fax"}, "sms, chat"),
        ([], "object"),
        ({"channel": None}, "sms, chat"),
    ],
)
def test_other_dimensions_are_refused(given_, reason):
    with pytest.raises(Unacceptable, match=reason):
        check_dimensions(given_, DECLARED)


@pytest.mark.parametrize("values", [[], "sms", ["a b"], ["a", "A"], [""], [1], ["x" * 41], ["a"] * 201])
def test_other_values_are_refused(values):
    with pytest.raises(Unacceptable):
        check_values(values)


BASE = Side(
    "You help. You must never give legal advice. Be kind.\nAlways say where help is.",
    fragments={"shop/tone": 2},
    variables=frozenset({"name"}),
)
CLAUSES = [["Say that you are a machine.", "Sag, dass du eine Maschine bist."]]


def drift(text: str, *, clauses=(), same=True, **fields) -> list[tuple[str, str]]:
    side = Side(text, **{"fragments": {"shop/tone": 2}, "variables": frozenset({"name"}), **fields})
    return [(each.code, each.level) for each in drift_between(BASE, side, clauses, same_language=same)]


def test_the_same_text_has_not_drifted():
    assert drift(BASE.text) == []


def test_a_demand_that_is_gone_is_told_and_a_kindness_is_not():
    assert drift("You help. Always say where help is.") == [("sentence", "look")]


def test_a_demand_in_nearly_the_same_words_is_no_drift():
    assert drift("You MUST  never give any legal advice!\nAlways say where the help is.") == []


def test_sentences_of_another_language_are_not_compared():
    assert drift("Du hilfst.", same=False) == []


def test_one_wording_of_a_clause_is_enough_and_none_is_missing():
    own = [("base-clause", "look")]
    assert drift("sag, dass du  eine\nMaschine bist.", clauses=CLAUSES, same=False) == own
    assert drift("Nichts.", clauses=CLAUSES, same=False) == [("clause", "missing"), *own]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fragments": {}}, "fragment"),
        ({"fragments": {"shop/tone": 3}}, "fragment-version"),
        ({"variables": frozenset()}, "variables"),
        ({"variables": frozenset({"name", "age"})}, "variables"),
        ({"tools": [{"name": "pay"}]}, "tools"),
        ({"output_schema": {"type": "object"}}, "output-schema"),
    ],
)
def test_every_other_part_is_compared(fields, code):
    assert drift(BASE.text, **fields) == [(code, "differs")]


def test_clauses_are_typed_as_blocks_of_lines():
    assert read_clauses("One.\r\nEins.\r\n\r\n \n\n Two. \n") == [["One.", "Eins."], ["Two."]]
    assert read_clauses("") == []


@pytest.mark.parametrize("given_", ["a", [[]], [["  "]], [["x" * 1001]], [[1]], [["a\0"]], [["a"]] * 51])
def test_other_clauses_are_refused(given_):
    with pytest.raises(Unacceptable):
        check_clauses(given_)


def test_a_hostile_text_takes_no_time():
    text = ("must " * 100_000) + ("." * 100_000) + ("never. " * 10_000)
    assert drift(text, same=True)
