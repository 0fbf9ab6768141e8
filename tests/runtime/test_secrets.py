"""Secrets that the portal makes for itself."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.runtime.secrets import load_or_create, write_once


def test_a_secret_is_made_once_and_kept(data_dir: Path) -> None:
    assert load_or_create("signing_key") == load_or_create("signing_key")


def test_a_secret_file_is_for_its_owner_alone(data_dir: Path) -> None:
    load_or_create("signing_key")
    assert stat.S_IMODE((data_dir / "signing_key").stat().st_mode) == 0o600


def test_two_secrets_differ(data_dir: Path) -> None:
    assert load_or_create("one_key") != load_or_create("other_key")


def test_many_at_once_agree_on_one_secret(data_dir: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: load_or_create("signing_key"), range(64)))
    assert len(found) == 1
    assert [path.name for path in data_dir.iterdir()] == ["signing_key"], "no draft is left behind"


def test_the_environment_wins_and_nothing_is_written(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING_KEY", "given")
    assert load_or_create("signing_key") == "given"
    assert not list(data_dir.iterdir())


def test_an_empty_secret_is_refused_not_used(data_dir: Path) -> None:
    (data_dir / "signing_key").touch()
    with pytest.raises(ValueError, match="is empty"):
        load_or_create("signing_key")


@pytest.mark.parametrize("name", ["../escape", "", "Upper", "a b"])
def test_a_name_that_is_no_name_is_refused(data_dir: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        load_or_create(name)


def test_writing_once_never_replaces(tmp_path: Path) -> None:
    assert write_once(tmp_path / "file", "first")
    assert not write_once(tmp_path / "file", "second")
    assert (tmp_path / "file").read_text() == "first"
