"""Every major of Langfuse's SDK, unmodified, in a process of its own against a real server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from prompts.observability.models import Call, Score
from prompts.releases.services.freeze import freeze_prompt, lift_freeze
from prompts.releases.services.release import roll_back
from tests.serving.sdk.kits import FOLDER, NODE, PYTHON, Kit, kits

pytestmark = [pytest.mark.sdk, pytest.mark.django_db(transaction=True)]

TTL_SECONDS = int(os.environ.get("SDK_TTL_SECONDS", "1"))
PATIENCE = 30.0 + 2 * TTL_SECONDS
KEEPS_ITS_COPY = {"python-2", NODE}
"""Kits that go on with the text they have once the answer is 404, until it is 200 again (docs/sdk.md)."""
INSTALLED = kits(Path(os.environ[FOLDER])) if os.environ.get(FOLDER) else []


class Follower:
    """A running process of an SDK, and what it says with the time of hearing it."""

    def __init__(self, kit: Kit, environment: dict[str, str], name: str) -> None:
        self.kit, self.said = kit, Queue[tuple[float, dict[str, Any]]]()
        self.process = subprocess.Popen(
            kit.argv("follow", name, str(TTL_SECONDS)),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.put((time.monotonic(), json.loads(line)))

    def next(self, seconds: float = PATIENCE) -> tuple[float, dict[str, Any] | None]:
        """What it says next, and when; None if it says nothing for so long."""
        try:
            return self.said.get(timeout=seconds)
        except Empty:
            return time.monotonic(), None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def environment(real_server: Any, key: Any) -> dict[str, str]:
    """What an application would set."""
    pair = key("read", "ingest", "score").pair
    told = {"PUBLIC_KEY": pair.public_key, "SECRET_KEY": pair.secret_key}
    told |= {"HOST": real_server.url, "BASE_URL": real_server.url}
    return {"PATH": os.environ["PATH"], **{f"LANGFUSE_{name}": value for name, value in told.items()}}


@pytest.fixture
def follow(environment: dict[str, str]) -> Iterator[Callable[[str], list[Follower]]]:
    """Starts one process for each installed SDK."""
    running: list[Follower] = []

    def start(name: str) -> list[Follower]:
        running.extend(Follower(kit, environment, name) for kit in INSTALLED)
        return running

    yield start
    for one in running:
        one.end()


def notice(running: list[Follower], version: int | None, act: str, began: float) -> None:
    """Waits until all tell the version, and prints how long after ``began`` each of them did."""
    waited = {}
    for one in running:
        at, said = one.next()
        assert said == {"version": version}, f"{one.kit.name} after {act}"
        waited[one.kit.name] = at - began
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in waited.items())
    sys.stdout.write(f"\nseen after {act}: {told} (copies are fresh for {TTL_SECONDS} s)")


def test_every_python_major_is_installed():
    assert [kit.name for kit in INSTALLED if kit.name != NODE] == list(PYTHON)


def test_running_processes_notice_release_rollback_and_freeze(follow, release, factory, people):
    steward, officer = people.actor("steward"), people.actor("ethics_officer")
    draft = factory.draft(name="bank/letter", text="First {{name}}")
    prompt, running = draft.prompt, follow("bank/letter")
    keeping = [one for one in running if one.kit.name in KEEPS_ITS_COPY]
    dropping = [one for one in running if one not in keeping]
    for one in running:
        assert one.next()[1] == {"auth": True}, one.kit.name
        assert one.next()[1] == {"version": None}, one.kit.name

    began = time.monotonic()
    release(draft)
    notice(running, 1, "the first release", began)
    began = time.monotonic()
    release(factory.next_draft(prompt, text="Second {{name}}"))
    notice(running, 2, "a release", began)
    began = time.monotonic()
    roll_back(actor=steward, prompt_id=prompt.pk, environment="production", to_version=1, reason="Bad.")
    notice(running, 1, "a rollback", began)

    began = time.monotonic()
    freeze_prompt(actor=officer, prompt_id=prompt.pk, reason="Harm.")
    notice(dropping, None, "a freeze", began)
    for one in keeping:
        assert one.next(4 * TTL_SECONDS)[1] is None, f"{one.kit.name} keeps no copy any more: docs/sdk.md"
    lift_freeze(actor=officer, prompt_id=prompt.pk, reason="To name a safe version.")
    notice(dropping, 1, "the end of the freeze", time.monotonic())
    began = time.monotonic()
    freeze_prompt(actor=officer, prompt_id=prompt.pk, reason="Harm.", safe_version=2)
    notice(running, 2, "a freeze with a safe version", began)


def test_a_generation_and_its_score_arrive_from_every_major(environment, release):
    version = release(name="bank/letter", text="Dear {{name}}")
    for kit in INSTALLED:
        argv = kit.argv("tell", "bank/letter")
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{kit.name}: {done.stderr}"
        call = Call.objects.get(trace_id=json.loads(done.stdout)["trace"])
        assert (call.version_id, call.request_model) == (version.pk, "m-1"), kit.name
        assert (call.input_tokens, call.output_tokens) == (3, 4), kit.name
        score = Score.objects.get(trace_id=call.trace_id)
        assert (score.name, int(score.value)) == ("helpful", 1), kit.name
