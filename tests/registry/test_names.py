"""Names of prompts."""

import pytest

from audits.identity.errors import Unacceptable
from prompts.registry.names import RESERVED, check_name, slug_of

GOOD = ["bank/a", "clinic/triage/infants", "shop/Ünïcode", "bank/a b", "bank/x.y_z-1", "bank/" + "a" * 250]
BAD = [
    *(
        "",
        "a",
        "/a",
        "a/",
        "a//b",
        "a/ b",
        "a/b ",
        "a/.",
        "a/..",
        "a/b|c",
        "a/b@c",
        "a/b:3",
        "a/b\x00",
        "a/b\nc",
    ),
    *("a/\ud800", "a/b\u202ec", "a/b%2Fc", "a/b\\c", "bank/" + "a" * 251, None, 7, ["a/b"]),
]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_is_returned_as_it_is(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", BAD)
def test_a_bad_name_is_refused_with_its_field(name: object) -> None:
    with pytest.raises(Unacceptable) as refused:
        check_name(name)
    assert refused.value.field == "name"


@pytest.mark.parametrize("segment", sorted(RESERVED))
@pytest.mark.parametrize("shape", ["bank/{}", "bank/{}/x", "{}/x"])
def test_no_segment_may_be_a_word_of_the_portals_addresses(segment: str, shape: str) -> None:
    with pytest.raises(Unacceptable, match=segment):
        check_name(shape.format(segment))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ethereum Developer", "ethereum-developer"),
        ("analyze_paper_simple", "analyze-paper-simple"),
        ("审稿回复专家", "审稿回复专家"),
        ("`a` & \u202eb!", "a-b"),
        ("???", "prompt"),
        ("Versions", "versions-prompt"),
    ],
)
def test_a_title_becomes_a_segment(title: str, slug: str) -> None:
    assert slug_of(title) == slug
    assert check_name(f"bank/{slug}")
