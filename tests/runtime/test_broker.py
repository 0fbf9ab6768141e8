"""The embedded broker."""

import signal

import pytest
import redis

from portal.runtime import broker
from tests.fixtures.processes import Process, broker_url


def client(process: Process) -> "redis.Redis":
    return redis.Redis(
        unix_socket_path=broker_url(process).removeprefix("redis+socket://"), decode_responses=True
    )


def test_nothing_answers_where_no_broker_runs(short_folder) -> None:
    assert not broker.answers(short_folder / "none.sock")


def test_a_path_too_long_for_a_socket_is_told(tmp_path) -> None:
    with pytest.raises(broker.BrokerUnavailable, match="too long"):
        broker.command(tmp_path / ("x" * 120), tmp_path)


@pytest.mark.worker
class TestRunning:
    def test_it_listens_on_its_socket_alone(self, real_broker: Process) -> None:
        assert client(real_broker).config_get("port") == {"port": "0"}

    def test_it_never_evicts_queued_work(self, real_broker: Process) -> None:
        assert client(real_broker).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
    def test_queued_work_outlives_its_end(self, real_broker: Process, how: signal.Signals) -> None:
        client(real_broker).rpush("queue", "one", "two")
        real_broker.kill(how)
        real_broker.start()
        assert client(real_broker).lrange("queue", 0, -1) == ["one", "two"]
