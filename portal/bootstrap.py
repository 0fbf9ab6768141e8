"""Makes `.venv` and installs the locked packages into it: `python3 -I portal/bootstrap.py [--dev]`.

Standard library only, since it runs before anything is installed. Every package is checked against the
hashes of the lock files. Quick when nothing changed: a stamp in `.venv` holds a digest of those files.
"""

import argparse
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed.json"
TOOLS = "requirements-tools.txt"
RUNTIME = (TOOLS, "requirements.txt", "requirements-models.txt")
DEVELOPMENT = (*RUNTIME, "requirements-dev.txt")
OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> int:
    """Bring `.venv` up to date. Exit status 0, 1 if packages failed to install, 2 for a wrong Python."""
    parser = argparse.ArgumentParser(description="Install the locked packages into .venv.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and linters need")
    wanted = parser.parse_args()
    version = sys.version.split()[0]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        print(f"Python 3.11, 3.12 or 3.13 is needed; this is {version}.", file=sys.stderr)
        return 2
    holder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)  # two at once would install over each other
    found = stamp()
    files = DEVELOPMENT if wanted.dev or found.get("dev") else RUNTIME
    target = {"dev": files is DEVELOPMENT, "digest": digest(files), "place": str(FOLDER)}
    if found == target and works():
        return 0
    began = time.monotonic()
    print(f"Installing the locked packages into {FOLDER.name} (Python {version}) ...", flush=True)
    try:
        if found.get("place", target["place"]) != target["place"] or not works():
            make()  # scripts in an environment name its folder, so a moved one is made anew
        install(files)
    except subprocess.CalledProcessError as error:
        print(f"Could not be installed: exit status {error.returncode} of {error.cmd[1:4]}.", file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps(target), encoding="utf-8")
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)
    return 0


def stamp() -> dict[str, object]:
    """What the last finished installation was made from; empty if there was none."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def digest(files: tuple[str, ...]) -> str:
    """SHA-256 over the names and contents of the lock files."""
    total = hashlib.sha256()
    for name in files:
        total.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return total.hexdigest()


def works() -> bool:
    """True if the environment's Python starts and is new enough (a moved or half-made one does not)."""
    check = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.run([PYTHON, "-I", "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make() -> None:
    """Make `.venv` anew with the Python that runs this."""
    if FOLDER.is_symlink():
        FOLDER.unlink()  # what it leads to is another tree's, and would be emptied
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(FOLDER)
    except subprocess.CalledProcessError:
        print(
            "Python cannot make a virtual environment with pip here; on Debian: apt install python3-venv",
            file=sys.stderr,
        )
        raise


def install(files: tuple[str, ...]) -> None:
    """Install exactly what the lock files name, by uv where it can, else by pip."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    listed = [word for name in files for word in ("-r", name)]
    # What pip is told about package indexes holds for uv too; files of pip's own it does not read.
    settings = dict(os.environ)
    if "PIP_INDEX_URL" in settings:
        settings.setdefault("UV_DEFAULT_INDEX", settings["PIP_INDEX_URL"])
    try:
        subprocess.run([*pip, "--no-deps", "-r", TOOLS], cwd=ROOT, check=True)
        uv = [
            str(FOLDER / "bin" / "uv"),
            "pip",
            "sync",
            "--quiet",
            "--python",
            str(PYTHON),
            "--require-hashes",
            # Where PYTHONDONTWRITEBYTECODE is set, each process would compile all of it anew: four seconds.
            "--compile-bytecode",
        ]
        subprocess.run([*uv, *files], cwd=ROOT, check=True, env=settings)
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"uv did not do it ({error}); trying plain pip, which takes a minute ...",
            file=sys.stderr,
            flush=True,
        )
        # The locks are complete, so nothing is resolved; the model's own dependencies are left out.
        subprocess.run([*pip, "--no-deps", *listed], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
