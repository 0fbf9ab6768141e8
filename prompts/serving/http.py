"""Answers of the API: JSON, errors as ``{"error", "message"}``, entity tags."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from audits.identity.errors import GovernedError

JSON = "application/json"


class BadRequest(GovernedError):
    """The request itself is faulty: its body, a parameter or its encoding."""

    code = "invalid_request"
    status = 400


class TooLarge(GovernedError):
    """The body is larger than what is taken, packed or unpacked."""

    code = "too_large"
    status = 413


def encode(value: Any) -> bytes:
    """Compact JSON as UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(value: Any, status: int = 200) -> HttpResponse:
    """``value`` as JSON."""
    return HttpResponse(encode(value), status=status, content_type=JSON)


def tagged(request: HttpRequest, body: bytes, content_type: str = JSON) -> HttpResponse:
    """``body`` with its entity tag, or 304 where the asker holds that very one."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if (known := request.META.get("HTTP_IF_NONE_MATCH")) and matches(known, tag):
        response = HttpResponse(status=304, content_type=content_type)
    else:
        response = HttpResponse(body, content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def matches(known: str, tag: str) -> bool:
    """Weak comparison of an ``If-None-Match`` header with one tag (RFC 9110, section 13.1.2)."""
    return known.strip() == "*" or any(part.strip().removeprefix("W/") == tag for part in known.split(","))


def problem(
    code: str, message: str, status: int, extra: Mapping[str, Any] | None = None, headers: Iterable = ()
) -> HttpResponse:
    """An error."""
    response = answer({"error": code, "message": message, **(extra or {})}, status)
    for name, value in headers:
        response[name] = value
    return response


def refusal(error: GovernedError) -> HttpResponse:
    """The answer to an expected failure of a verb; a shut gate tells its verdict."""
    extra: dict[str, Any] = {}
    if error.field:
        extra["field"] = error.field
    verdict = getattr(error, "verdict", None)
    if verdict is not None:
        extra["verdict"] = verdict if isinstance(verdict, dict) else verdict.as_dict()
    return problem(error.code, error.message, error.status, extra)


def nothing_here(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Every address below ``/api/`` that is none."""
    return problem("not_found", "There is no such address.", 404)
