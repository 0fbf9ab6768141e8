"""Pure rules about what the provider tells."""

import pytest

from audits.identity.claims import Claims, roles_of, why_not_fresh

BEGAN, FRESH, SKEW = 1_000_000, 120, 10


def why(auth_time: int | None, now: int) -> str:
    claims = Claims("issuer", "subject", auth_time=auth_time)
    return why_not_fresh(claims, began=BEGAN, now=now, fresh=FRESH, skew=SKEW)


@pytest.mark.parametrize(
    ("auth_time", "now", "words"),
    [
        (BEGAN, BEGAN + FRESH, ""),
        (BEGAN, BEGAN + FRESH + 1, "Too much time"),
        (BEGAN + 5, BEGAN + FRESH + 5, ""),
        (BEGAN + 5, BEGAN + FRESH + 6, "Too much time"),
        (BEGAN - SKEW, BEGAN + 1, ""),
        (BEGAN - SKEW - 1, BEGAN + 1, "did not ask you again"),
        (BEGAN + 1 + SKEW, BEGAN + 1, ""),
        (BEGAN + 2 + SKEW, BEGAN + 1, "ahead"),
        (None, BEGAN + 1, "did not tell when"),
    ],
)
def test_a_proof_is_of_just_now_to_the_second(auth_time: int | None, now: int, words: str) -> None:
    assert why(auth_time, now).find(words) >= 0
    assert bool(why(auth_time, now)) is bool(words)


def test_groups_give_the_roles_that_the_mapping_names() -> None:
    mapping = {"a": ["engineer", "auditor"], "b": ["auditor"]}
    assert roles_of({"a", "b", "c"}, mapping) == {"engineer", "auditor"}
    assert roles_of({"c"}, mapping) == set()
