"""The embedded local model, really loaded."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from portal.runtime import localmodel, services
from portal.runtime.children import Spec
from tests.fixtures.processes import Process, wait_until


@pytest.fixture
def model(data_dir: Path) -> Iterator[Process]:
    spec = Spec("model", services.local_model().argv, env={"DATA_DIR": str(data_dir)})
    process = Process(spec, data_dir / "model.log", lambda: localmodel.address() is not None)
    process.start()
    yield process
    process.kill()


def test_nothing_is_missing_for_it() -> None:
    assert localmodel.missing() == ""


def test_no_address_is_told_while_it_is_off(data_dir: Path) -> None:
    assert localmodel.address() is None


def test_the_address_of_a_dead_one_is_not_told(data_dir: Path) -> None:
    gone = os.fork() or os._exit(0)
    os.waitpid(gone, 0)
    localmodel.address_file().write_text(
        json.dumps({"url": "http://127.0.0.1:1/v1", "model": "x", "pid": gone})
    )
    assert localmodel.address() is None


@pytest.mark.worker
def test_it_answers_the_unmodified_client(model: Process) -> None:
    found = localmodel.address()
    assert found is not None
    client = OpenAI(base_url=found["url"], api_key="none", max_retries=0)
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    first, second = (
        client.chat.completions.create(model=found["model"], messages=asked, temperature=0, max_tokens=20)
        for _ in range(2)
    )
    assert first.usage.completion_tokens > 1
    assert first.choices[0].message.content == second.choices[0].message.content


@pytest.mark.worker
def test_its_address_goes_when_it_is_stopped(model: Process) -> None:
    os.kill(model.pid, signal.SIGTERM)
    wait_until(lambda: not model.alive())
    assert not localmodel.address_file().exists()
