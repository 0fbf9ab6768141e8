"""A worker for the demo's runs: the one that is there, or one for the time of the command."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from portal.celery import app
from portal.runtime import broker, paths, services

SECONDS = 30


def somebody_works() -> bool:
    """Whether a worker answers on the broker."""
    try:
        return bool(app.control.ping(timeout=1.5))
    except OSError:  # nobody listens there
        return False


@contextmanager
def a_worker() -> Iterator[None]:
    """Within the block a real worker takes tasks; broker and worker are started here when none is there."""
    if not os.environ.get("REDIS_URL") and not broker.answers(paths.broker_socket()):
        with ExitStack() as stack:
            stack.enter_context(_running(services.embedded_broker()))
            _wait(lambda: broker.answers(paths.broker_socket()), "The broker does not answer.")
            stack.enter_context(_running(services.worker()))
            _wait(somebody_works, "The worker does not answer.")
            yield
    elif somebody_works():
        yield
    else:
        with _running(services.worker()):
            _wait(somebody_works, f"No worker answers on {settings.CELERY_BROKER_URL}.")
            yield


@contextmanager
def _running(spec: services.Spec) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(
        spec.argv, cwd=paths.ROOT, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(spec.grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(ready: Callable[[], bool], message: str) -> None:
    """Polls until ``ready()`` is true; raises ``TimeoutError`` after half a minute."""
    end = time.monotonic() + SECONDS
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(message)
        time.sleep(0.2)
