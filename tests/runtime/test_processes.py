"""The processes that other tests rely on."""

from urllib.request import urlopen

import pytest

from portal.celery import app
from tests.fixtures.processes import Process, Server
from tests.fixtures.stub import Answer, Stub

pytestmark = pytest.mark.worker


def ask(url: str, data: bytes | None = None) -> bytes:
    with urlopen(url, data=data) as answer:  # noqa: S310  a loopback address of our own
        return answer.read()


def test_the_worker_hears_this_process(real_worker: Process) -> None:
    names = app.control.inspect(timeout=2).registered()
    assert [host for host in names or {} if host.startswith("test")]


def test_a_killed_worker_is_there_again_for_the_next_test(real_worker: Process) -> None:
    before = real_worker.pid
    real_worker.kill()
    real_worker.start()
    assert real_worker.pid != before
    assert app.control.ping(timeout=2)


def test_the_server_answers_on_the_test_database(real_server: Server) -> None:
    assert ask(f"{real_server.url}/readyz") == b"up\n"


def test_the_stub_gives_its_answers_in_order_and_remembers(stub_server: Stub) -> None:
    stub_server.answer("/a", Answer({"n": 1}, status=201), Answer(b"last"))
    found = [ask(f"{stub_server.url}/a?q=1", data=b"{}") for _ in range(3)]
    assert found == [b'{"n": 1}', b"last", b"last"]
    asked = [(request.method, request.path, request.json()) for request in stub_server.asked]
    assert asked == [("POST", "/a?q=1", {})] * 3
