"""What the web server can do at best: a constant answer, without Django."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b'{"prompt": "' + b"x" * 700 + b'"}'


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI callable."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
