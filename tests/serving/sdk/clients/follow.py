"""Follows one prompt with whatever major of Langfuse's SDK is installed beside this interpreter.

Run as ``python follow.py NAME TTL_SECONDS`` with LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_HOST.
Prints one JSON line for the log-in, then one whenever the answer changes: ``{"version": N}``, or
``{"version": null}`` once the SDK has no text to give any more. Ends when its input is closed.
"""

import json
import logging
import os
import sys
import threading
import time

from langfuse import Langfuse

logging.disable(logging.CRITICAL)
EVERY_SECONDS = 0.05
UNKNOWN = object()


def connect():
    """A client; the name of the argument for the address differs between majors."""
    keys = {name: os.environ[f"LANGFUSE_{name.upper()}"] for name in ("public_key", "secret_key")}
    try:
        return Langfuse(base_url=os.environ["LANGFUSE_HOST"], **keys)
    except TypeError:
        return Langfuse(host=os.environ["LANGFUSE_HOST"], **keys)


def say(**told):
    print(json.dumps(told), flush=True)


def main(name, ttl):
    client, known = connect(), UNKNOWN
    say(auth=bool(client.auth_check()))
    closed = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    while not closed.is_set():
        try:
            version = client.get_prompt(name, cache_ttl_seconds=ttl, max_retries=1).version
        except Exception as error:
            if getattr(error, "status_code", 404) != 404:
                raise
            version = None
        if version != known:
            known = version
            say(version=version)
        time.sleep(EVERY_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
