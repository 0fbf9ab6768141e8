"""What is missing from a prompt's documentation: the pure rule, and the same asked of the database."""

import itertools

import pytest

from audits.identity.errors import Unacceptable
from prompts.registry.documentation import (
    SECTIONS,
    Section,
    Standard,
    completeness,
    documentation_digest,
    parse_sections,
)
from prompts.registry.models import Prompt
from prompts.registry.selectors import sections_of
from prompts.registry.services.prompts import edit_prompt
from prompts.registry.undocumented import below_standard

STANDARD = Standard("limited@1", (Section("purpose", 5), Section("limits"), Section("owner")))


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"purpose": "12345", "limits": "x", "owner": "ada"}, []),
        ({"purpose": " 1234 ", "limits": "x", "owner": "ada"}, [("purpose", "4 of at least 5 characters")]),
        ({"purpose": "12345", "limits": " \t\r\n", "owner": "ada"}, [("limits", "empty")]),
        ({"purpose": "12345", "limits": "x", "owner": ""}, [("owner", "nobody")]),
        ({}, [("purpose", "empty"), ("limits", "empty"), ("owner", "nobody")]),
    ],
)
def test_what_is_missing_is_named_with_its_reason(values, missing):
    found = completeness(STANDARD, values)
    assert [(name, why) for name, _, why in found.missing] == missing
    assert (found.filled, found.total, found.is_full) == (3 - len(missing), 3, not missing)


def test_a_standard_that_asks_nothing_is_always_met():
    assert completeness(Standard(), {}).is_full


def test_sections_come_in_the_order_of_the_card():
    rows = [{"name": "owner", "least": 1}, {"name": "purpose", "least": 20}]
    assert [section.name for section in parse_sections(rows)] == ["purpose", "owner"]


@pytest.mark.parametrize(
    "rows",
    [
        "purpose",
        ["purpose"],
        [{"name": "password"}],
        [{"name": ["purpose"]}],
        [{"name": "purpose"}, {"name": "purpose"}],
        [{"name": "purpose", "least": 0}],
        [{"name": "purpose", "least": True}],
        [{"name": "purpose", "least": "20"}],
        [{"name": "purpose", "least": 2001}],
        [{"name": "contact", "least": 201}],
        [{"name": "owner", "least": 2}],
    ],
)
def test_a_standard_that_nobody_could_meet_or_read_is_refused(rows):
    with pytest.raises(Unacceptable) as refused:
        parse_sections(rows)
    assert refused.value.field == "sections"


def test_the_digest_tells_any_two_documentations_apart():
    told = dict.fromkeys(SECTIONS, "")
    digests = {documentation_digest({**told, name: "x"}) for name in told}
    assert len(digests | {documentation_digest(told)}) == len(SECTIONS) + 1


BLANKS = ("", "x", " x", "x\n", "\t\r\n", " ab ", "äöü", "a b", "\u00a0", "𝄞𝄞")


@pytest.mark.parametrize("least", [1, 2, 3])
def test_the_database_finds_what_the_rule_calls_missing(people, factory, least):
    standard = Standard("limited@1", (Section("purpose", least), Section("limits", least), Section("owner")))
    owners = itertools.cycle([None, people.author])
    for purpose, owner in zip(BLANKS, owners, strict=False):
        factory.draft(purpose=purpose, limits="long enough", owner=owner)
    told = {row.name for row in Prompt.objects.all() if not completeness(standard, sections_of(row)).is_full}
    found = {row.name for row in below_standard(Prompt.objects.all(), {"limited": standard})}
    assert found == told
    assert 0 < len(told) < len(BLANKS)


def test_a_tier_without_a_standard_asks_nothing(people, factory):
    factory.draft(purpose="", risk_tier="high")
    assert not below_standard(Prompt.objects.all(), {"limited": STANDARD}).exists()


def test_the_new_sections_are_kept_with_their_history(people, factory):
    prompt = factory.draft().prompt
    changes = {"data": "Names and decisions.", "hazards": "A wrong reason harms the applicant."}
    edit_prompt(actor=people.actor("documentarian"), prompt_id=prompt.pk, changes=changes)
    row = prompt.history.latest()
    assert (row.data, row.hazards, row.history_actor) == (*changes.values(), "doku")
