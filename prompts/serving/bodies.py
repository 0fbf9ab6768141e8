"""Reading request bodies: bounded, unpacked with a bound, JSON without surprises."""

import json
import zlib
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from prompts.serving.http import BadRequest, TooLarge

LARGEST = 64 * 1024 * 1024
"""Bytes of a body after unpacking."""


def read(request: HttpRequest) -> bytes:
    """The body, unpacked if it is packed with gzip or deflate; raises ``TooLarge`` or ``BadRequest``."""
    try:
        body = _streamed(request) if _is_chunked(request) else request.body
    except RequestDataTooBig as error:
        raise TooLarge("The body is larger than this server takes at once.") from error
    except (UnreadablePostError, OSError) as error:
        raise BadRequest("The body ended before its time.") from error
    packed = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if packed in {"", "identity"}:
        return body
    if packed in {"gzip", "deflate"}:
        return unpack(body)
    raise BadRequest(f"The encoding {packed[:40]!r} is not known here; use gzip.")


def _is_chunked(request: HttpRequest) -> bool:
    """Sent in chunks, without a length (RFC 9112, section 7.1), through a server that marks the end itself.

    Django takes a body without a length for an empty one. OpenTelemetry's JavaScript exporter sends such.
    """
    told = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    return told and bool(request.META.get("wsgi.input_terminated")) and not request.META.get("CONTENT_LENGTH")


def _streamed(request: HttpRequest) -> bytes:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = request.META["wsgi.input"].read(most + 1)
    if len(body) > most:
        raise TooLarge("The body is larger than this server takes at once.")
    return body


def unpack(body: bytes) -> bytes:
    """Unpacks gzip or zlib data; stops at the bound, so that a small bomb stays small."""
    unpacker = zlib.decompressobj(wbits=47)
    try:
        text = unpacker.decompress(body, LARGEST)
        if unpacker.unconsumed_tail:
            raise TooLarge("The body unpacks to more than this server takes at once.")
    except zlib.error as error:
        raise BadRequest("The body is not what its encoding says.") from error
    if not unpacker.eof:
        raise BadRequest("The packed body is cut off.")
    return text


def parse_json(body: bytes) -> Any:
    """The JSON value; raises ``BadRequest`` for anything else, NaN and numbers beyond all bounds included."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {str(error)[:200]}") from error


def read_object(request: HttpRequest) -> dict[str, Any]:
    """A JSON object whose texts any database can hold; raises ``BadRequest``."""
    value = parse_json(read(request))
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    try:
        text = json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise BadRequest("The body holds a lone surrogate, which is no character.") from error
    if b"\\u0000" in text.replace(b"\\\\", b""):  # not the six characters of an escape, themselves escaped
        raise BadRequest("The body holds a NUL character.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
