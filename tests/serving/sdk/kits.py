"""The SDKs that are tried: each Python major in an environment of its own, and the one for Node.

``python -m tests.serving.sdk.kits FOLDER`` installs them. An SDK brings its own versions of its dependencies,
so none of them can share the environment of the portal.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CLIENTS = Path(__file__).parent / "clients"
PYTHON = {"python-2": "2.60.10", "python-3": "3.15.0", "python-4": "4.18.0", "python-5": "5.0.4"}
"""The newest version of every major."""
NODE = "javascript-5"
FOLDER = "SDK_FOLDER"
"""The variable that tells the tests where the kits are installed."""


@dataclass(frozen=True)
class Kit:
    """One installed SDK; ``argv`` starts a client script by its bare name."""

    name: str
    program: Path
    scripts: Path
    ending: str

    def argv(self, script: str, *words: str) -> list[str]:
        return [str(self.program), str(self.scripts / f"{script}{self.ending}"), *words]


def kits(folder: Path) -> list[Kit]:
    """Those installed in ``folder``."""
    found = [Kit(name, folder / name / "bin" / "python", CLIENTS, ".py") for name in PYTHON]
    node = shutil.which("node")
    if node and (folder / NODE / "node_modules").is_dir():
        found.append(Kit(NODE, Path(node), folder / NODE, ".mjs"))
    return [kit for kit in found if kit.program.exists()]


def install(folder: Path) -> str:
    """Installs what is missing; returns "" or why the JavaScript SDK cannot be had.

    Raises ``CalledProcessError`` where a package index does not answer.
    """
    uv = Path(sys.executable).with_name("uv")
    for name, version in PYTHON.items():
        home = folder / name
        done = home / f"langfuse-{version}"
        if not done.exists():
            _run(str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(home))
            python = str(home / "bin" / "python")
            _run(str(uv), "pip", "install", "--quiet", "--python", python, f"langfuse=={version}")
            done.touch()
    if not (shutil.which("node") and shutil.which("npm")):
        return "the JavaScript SDK: node and npm are not installed"
    home = folder / NODE
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(CLIENTS, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    _run("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", cwd=home)
    return ""


def _run(*argv: str, cwd: Path | None = None) -> None:
    kept = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    subprocess.run(argv, cwd=cwd, env=kept, check=True)


if __name__ == "__main__":
    sys.stdout.write(install(Path(sys.argv[1])) + "\n")
