"""The one-time token of an empty portal."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.runtime import setup_token


def test_the_token_stays_the_same_until_it_is_used(data_dir: Path) -> None:
    assert setup_token.create_if_needed() == setup_token.create_if_needed()


def test_the_token_is_for_the_owner_of_the_machine_alone(data_dir: Path) -> None:
    setup_token.create_if_needed()
    assert stat.S_IMODE((data_dir / "setup-token").stat().st_mode) == 0o600


def test_the_right_token_passes(data_dir: Path) -> None:
    assert setup_token.check(setup_token.create_if_needed())


@pytest.mark.parametrize("wrong", ["", "x", "é", "\ud800", "\x00"])
def test_a_wrong_token_does_not_pass(data_dir: Path, wrong: str) -> None:
    setup_token.create_if_needed()
    assert not setup_token.check(wrong)


def test_without_a_token_nothing_passes(data_dir: Path) -> None:
    assert not setup_token.check("")


def test_a_used_token_does_not_pass_again(data_dir: Path) -> None:
    token = setup_token.create_if_needed()
    assert setup_token.consume()
    assert not setup_token.check(token)


def test_of_many_at_once_one_uses_the_token(data_dir: Path) -> None:
    setup_token.create_if_needed()
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: setup_token.consume(), range(32))) == 1
