"""The processes that make up a portal, each as the command line that starts it."""

import http.client
import os
import sys

from portal.runtime import broker, paths
from portal.runtime.children import Spec

HEALTH_PATH = "/healthz"


class BadSetting(ValueError):
    """A setting of a process makes no sense; the message names it."""


def manage(name: str, *arguments: str) -> Spec:
    """A management command as a process of its own, shown under *name*."""
    return Spec(name, [sys.executable, "manage.py", *arguments], grace=20)


def embedded_broker() -> Spec:
    """The Valkey server of this portal alone."""
    return Spec("broker", broker.command(paths.broker_socket(), paths.broker_dir()))


def local_model() -> Spec:
    """The small language model on loopback."""
    return Spec("model", [sys.executable, "-m", "portal.runtime.localmodel"], grace=5)


def web(host: str, port: int) -> Spec:
    """The web server; it replaces its own workers when they die."""
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1" if host == "localhost" else host.strip("[]"),
        "--port": str(port),
        "--workers": _count("WEB_WORKERS", 2),
        "--blocking-threads": _count("WEB_THREADS", 4),
        "--log-level": "warning",
        "--workers-kill-timeout": "10",
    }
    words = [word for pair in options.items() for word in pair]
    flags = ["--no-ws", "--respawn-failed-workers"]
    return Spec("web", [sys.executable, "-m", "granian", *flags, *words, "portal.wsgi:application"], grace=15)


def worker() -> Spec:
    """The Celery worker; on SIGTERM it finishes what it does, as far as the time of grace allows."""
    options = ["--pool", "prefork", "--concurrency", _count("WORKER_PROCESSES", 2)]
    return _celery("worker", *options, "--without-gossip", "--without-mingle", grace=30)


def beat() -> Spec:
    """The scheduler; its schedules are rows of the database, there must be one of it."""
    return _celery("beat", "--pidfile=", "--scheduler", "django_celery_beat.schedulers:DatabaseScheduler")


def is_healthy(host: str, port: int) -> bool:
    """True if the web server answers 200 on its health page within two seconds."""
    target = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host.strip("[]"))  # noqa: S104
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _count(name: str, default: int) -> str:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or int(value) < 1:
        raise BadSetting(f"{name} is {value!r}; write a whole number from 1.")
    return value


def _celery(name: str, *options: str, grace: float = 10) -> Spec:
    level = os.environ.get("LOG_LEVEL") or "WARNING"
    program = [sys.executable, "-m", "celery", "--quiet", "-A", "portal", name, "--loglevel", level]
    return Spec(name, [*program, *options], grace=grace)
