"""Where things lie."""

import stat
from pathlib import Path

import pytest

from portal.runtime import paths


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_is_made_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "deep" / "var"))
    assert paths.data_dir() == tmp_path / "deep" / "var"
    assert mode(paths.data_dir()) == 0o700


def test_without_a_setting_the_data_folder_is_var_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_DIR", raising=False)
    assert paths.data_dir() == paths.ROOT / "var"


def test_a_short_data_folder_holds_the_socket(monkeypatch: pytest.MonkeyPatch, short_folder: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(short_folder))
    assert paths.broker_socket().parent == short_folder / "broker"


def test_a_deep_data_folder_gets_a_private_short_socket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / ("d" * 120)))
    socket = paths.broker_socket()
    assert len(str(socket)) <= paths.MAX_SOCKET_BYTES
    assert mode(socket.parent) == 0o700
    assert socket == paths.broker_socket(), "every process of one portal finds the same"


def test_two_deep_data_folders_have_two_sockets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / ("d" * 120)))
    first = paths.broker_socket()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / ("e" * 120)))
    assert paths.broker_socket() != first


def test_a_socket_folder_that_is_a_link_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / ("f" * 120)))
    folder = paths.broker_socket().parent
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        paths.broker_socket()
    folder.unlink()


def test_a_given_broker_wins_over_the_embedded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://queue.example:6379/1")
    assert paths.broker_url() == "redis://queue.example:6379/1"
