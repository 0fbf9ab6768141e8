"""A file whose download can be taken up where it broke off (RFC 9110 §14)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

PIECE = 1 << 16
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def begins(request: HttpRequest, etag: str) -> bool:
    """Whether this asks for the file from its first byte on, or for its end alone, or is given all of it."""
    found = _asked(request, etag)
    return found is None or not found[1] or int(found[1]) == 0


def _asked(request: HttpRequest, etag: str) -> re.Match[str] | None:
    """The one range that is asked for of this very file, if so."""
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    is_this = request.headers.get("If-Range", f'"{etag}"') == f'"{etag}"'
    return found if found is not None and any(found.groups()) and is_this else None


def file_answer(
    request: HttpRequest, path: Path, *, etag: str, media_type: str, name: str
) -> HttpResponseBase:
    """The whole file, the one range that was asked for (206), or 416 where there is no such range.

    ``If-Range`` with another ETag gets the whole file, as do several ranges at once.
    """
    size, quoted = path.stat().st_size, f'"{etag}"'
    asked = _asked(request, etag)
    if asked is None:
        start, end, status = 0, size, 200
    else:
        start, end = _span(asked[1], asked[2], size)
        status = 206 if start < end else 416
    response: HttpResponseBase
    if status == 416:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    response = StreamingHttpResponse(_pieces(path, start, end), content_type=media_type, status=status)
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Start and end (exclusive); ``-n`` asks for the last n bytes."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (piece := file.read(min(PIECE, end - start))):
            start += len(piece)
            yield piece
