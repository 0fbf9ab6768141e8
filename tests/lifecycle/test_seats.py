"""Seats in steps, and matching signers with them: pure rules."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.identity.errors import Unacceptable
from prompts.lifecycle.approvals import Signature, Terms, decide
from prompts.lifecycle.demands import parse_demands
from prompts.lifecycle.seats import Seat, Signer, match, parse_seats, remaining
from prompts.lifecycle.wording import in_words

EXPERT, ETHICS, STEWARD = "domain-expert", "ethics-officer", "steward"
START = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.lists(st.lists(st.integers(0, 3), max_size=4, unique=True), max_size=5))
def test_matching_fills_as_many_seats_as_any_choice_could(suits):
    taken, _ = match(4, suits)
    assert all(seat in suits[person] for seat, person in taken.items())
    assert len(set(taken.values())) == len(taken)
    best = max(
        sum(seat in suits[person] for seat, person in zip(range(4), order, strict=False) if person >= 0)
        for order in permutations([*range(len(suits)), -1, -1, -1, -1], 4)
    )
    assert len(taken) == best


def test_a_named_seat_is_left_to_the_named_person_whoever_signed_first():
    seats = (Seat(EXPERT, 1), Seat(EXPERT, 1, people=("dora",)))
    for order in (("dora", "ben"), ("ben", "dora")):
        assert remaining(seats, [Signer(name, EXPERT) for name in order]) == []


def test_two_strangers_do_not_fill_a_named_seat():
    seats = (Seat(EXPERT, 1), Seat(EXPERT, 1, people=("dora",)))
    assert remaining(seats, [Signer("ben", EXPERT), Signer("ida", EXPERT)]) == [seats[1]]


def test_a_step_begins_when_the_one_before_is_full():
    seats = (Seat(EXPERT, 1), Seat(ETHICS, 1, step=2))
    early, late = Signer("etta", ETHICS), Signer("dora", EXPERT)
    assert remaining(seats, [early, late]) == [seats[1]]
    assert remaining(seats, [late, early]) == []


def test_an_owners_seat_asks_for_the_tie_as_it_was_at_signing():
    seat = Seat(STEWARD, 1, tie="owner")
    assert remaining([seat], [Signer("sten", STEWARD)]) == [seat]
    assert remaining([seat], [Signer("sten", STEWARD, frozenset({"owner"}))]) == []


@pytest.mark.parametrize(
    "seat",
    [
        {"role": EXPERT, "count": 1, "step": 0},
        {"role": EXPERT, "count": 1, "step": True},
        {"role": EXPERT, "count": 1, "tie": "friend"},
        {"role": EXPERT, "count": 2, "people": ["dora"]},
        {"role": EXPERT, "count": 2, "people": ["dora", "dora"]},
        {"role": EXPERT, "count": 1, "people": ["dora"], "tie": "owner"},
        {"role": EXPERT, "count": 2, "tie": "owner"},
        {"role": EXPERT, "count": 1, "people": "dora"},
        {"role": EXPERT, "count": 1, "people": [7]},
        {"role": EXPERT, "count": 1, "colour": "red"},
    ],
)
def test_a_seat_of_another_shape_is_refused(seat):
    with pytest.raises(Unacceptable):
        parse_seats([seat])


def test_steps_are_numbered_without_gaps_and_stored_plainly():
    told = parse_seats([{"role": ETHICS, "count": 1, "step": 7}, {"role": EXPERT, "count": 1, "step": 3}])
    assert [seat.as_dict() for seat in told] == [
        {"role": EXPERT, "count": 1},
        {"role": ETHICS, "count": 1, "step": 2},
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"waiting_hours": -1}, "waiting_hours"),
        ({"waiting_hours": 24 * 30}, "waiting_hours"),
        ({"waiting_hours": "1"}, "waiting_hours"),
        ({"validity_days": 0}, "validity_days"),
        ({"validity_days": 9999}, "validity_days"),
        ({"authentication": "smile"}, "authentication"),
        ({"forms": "rules"}, "forms"),
        ({"forms": ["rules"] * 11}, "forms"),
        ({"seats": []}, "seats"),
        (
            {
                "seats": [
                    {"role": EXPERT, "count": 9},
                    {"role": ETHICS, "count": 9},
                    {"role": STEWARD, "count": 9},
                ]
            },
            "seats",
        ),
    ],
)
def test_demands_that_no_policy_can_make_name_their_field(wrong, field):
    with pytest.raises(Unacceptable) as told:
        parse_demands({"seats": [{"role": EXPERT, "count": 1}], "validity_days": 30, **wrong})
    assert told.value.field == field


@pytest.mark.parametrize(
    ("demands", "words"),
    [
        (
            {
                "seats": [{"role": EXPERT, "count": 1}, {"role": ETHICS, "count": 1, "step": 2}],
                "validity_days": 180,
                "waiting_hours": 24,
                "authentication": "password+totp",
            },
            "A domain expert and an ethics officer sign, in this order, each with a second factor; "
            "at least 24 hours after submission; valid for 180 days.",
        ),
        (
            {"seats": [{"role": STEWARD, "count": 1, "tie": "owner"}], "validity_days": 1},
            "The owner of the prompt as steward signs, with the password once more; valid for 1 day.",
        ),
        (
            {
                "seats": [
                    {"role": EXPERT, "count": 2, "people": ["a", "b", "c"]},
                    {"role": ETHICS, "count": 1},
                    {"role": STEWARD, "count": 1, "step": 2},
                ],
                "validity_days": 90,
                "waiting_hours": 72,
                "forms": ["rules"],
            },
            "First two of Ann, b or c as domain expert and an ethics officer, then a steward sign, each with "
            "the password once more; at least 3 days after submission; valid for 90 days. Whoever signs has "
            "signed “Our rules”.",
        ),
    ],
)
@pytest.mark.requirement("nist-ai-rmf/map-3-5")
def test_a_policy_says_in_plain_words_what_it_demands(demands, words):
    assert in_words(parse_demands(demands), {"a": "Ann"}, {"rules": "Our rules"}) == words


def signed(number, name, role, *, by="password", ties=()):
    return Signature(
        id=number,
        username=name,
        printed_name=name,
        role=role,
        meaning="Fine",
        signed_at=START + timedelta(hours=number),
        text_digest="aa",
        evidence_digest="bb",
        evidence_intact=True,
        authenticated_by=by,
        ties=frozenset(ties),
    )


def approval(signatures, *terms, authors=frozenset()):
    return decide(
        request=1,
        signatures=signatures,
        text_digest="aa",
        authors=authors,
        terms=[Terms("p@1", told.pop("seats"), told.pop("days", 30), **told) for told in terms],
        submitted_at=START,
    )


BOTH = (Seat(EXPERT, 1), Seat(ETHICS, 1))
ORDERED = (Seat(EXPERT, 1), Seat(ETHICS, 1, step=2))


def test_a_sequence_that_was_set_later_holds_for_signatures_given_before():
    rows = [signed(1, "etta", ETHICS), signed(2, "dora", EXPERT)]
    assert approval(rows, {"seats": BOTH})
    assert approval(rows, {"seats": BOTH}, {"seats": ORDERED}) is None


@pytest.mark.parametrize(
    ("demand", "by", "holds"),
    [
        ("password", "password", True),
        ("password", "sso", True),
        ("password+totp", "password", False),
        ("password+totp", "sso", False),
        ("password+totp", "password+totp", True),
        ("sso", "password+totp", False),
        ("sso", "sso", True),
        ("password+totp/sso", "sso", True),
        ("password+totp/sso", "password", False),
    ],
)
@pytest.mark.requirement("21-cfr-11/200-a")
def test_a_signature_weaker_than_the_policy_asks_does_not_count(demand, by, holds):
    rows = [signed(1, "dora", EXPERT, by=by)]
    told = approval(rows, {"seats": BOTH[:1]}, {"seats": BOTH[:1], "authentication": demand})
    assert (told is not None) is holds


def test_an_approval_takes_effect_when_the_longest_wait_is_over_and_ends_from_the_last_signature_on():
    rows = [signed(2, "dora", EXPERT)]
    told = approval(rows, {"seats": BOTH[:1]}, {"seats": BOTH[:1], "waiting_hours": 24, "days": 10})
    assert told.approved_at == START + timedelta(hours=24)
    assert told.expires_at == START + timedelta(hours=2, days=10)
    assert not told.is_valid(START + timedelta(hours=24) - timedelta(microseconds=1))
    assert told.is_valid(START + timedelta(hours=24))


def test_one_person_never_fills_two_seats_of_other_terms_either():
    rows = [signed(1, "dora", EXPERT), signed(2, "Dora", ETHICS)]
    assert approval(rows, {"seats": BOTH[:1]}, {"seats": BOTH}) is None


def test_people_named_by_a_stricter_policy_must_have_signed():
    rows = [signed(1, "dora", EXPERT)]
    named = (Seat(EXPERT, 1, people=("ben", "dora")),)
    assert approval(rows, {"seats": BOTH[:1]}, {"seats": named})
    assert approval(rows, {"seats": BOTH[:1]}, {"seats": (Seat(EXPERT, 1, people=("ben",)),)}) is None
