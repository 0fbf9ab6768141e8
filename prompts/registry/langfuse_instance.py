"""Read every prompt of a running Langfuse instance, or of anything that speaks its API, such as this portal.

``GET /api/public/v2/prompts`` lists names with their versions, page by page; each version is then fetched
by its number with ``resolve=false``, so that what it puts together stays visible. All of it through the
guard of outgoing calls. A prompt is given out whole or not at all.
"""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2

from audits.notices.outgoing import OutgoingRefused, guarded_client

PATH = "/api/public/v2/prompts"
PAGE = 100
MOST_PAGES = 10_000
TRIES = 4
LONGEST_WAIT = 30.0
SECONDS = 30.0


class BrokenOff(Exception):
    """The instance can't be read on; what was given out before is whole."""


class Gone(Exception):
    """One prompt could not be read whole; others may be."""


def families(url: str, public_key: str, secret_key: str) -> Iterator[list[dict[str, Any]] | Gone]:
    """All versions of one prompt after the other; ``Gone`` for one that was not whole.

    Raises ``BrokenOff`` with what happened and how far it came.
    """
    base = url.rstrip("/").removesuffix(PATH)
    count = 0
    with guarded_client(timeout_seconds=SECONDS) as client:
        client.auth = httpx2.BasicAuth(public_key, secret_key)
        try:
            for name, numbers in _names(client, base):
                try:
                    yield [_version(client, base, name, number) for number in numbers]
                except Gone as gone:
                    yield gone
                count += 1
        except (httpx2.HTTPError, OutgoingRefused, BrokenOff) as error:
            raise BrokenOff(f"{error} (after {count} whole prompts; run it again to go on)") from None


def _names(client: httpx2.Client, base: str) -> Iterator[tuple[str, list[int]]]:
    """Every name once, with its numbers in order; a list that moves while it is read gives none twice."""
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        told = _get(client, f"{base}{PATH}?page={page}&limit={PAGE}")
        rows = told.get("data") if isinstance(told, dict) else None
        if not isinstance(rows, list):
            raise BrokenOff("The answer is no list of prompts: is this the address of a Langfuse instance?")
        for row in rows:
            name, numbers = (row.get("name"), row.get("versions")) if isinstance(row, dict) else (None, None)
            if isinstance(name, str) and isinstance(numbers, list) and name not in seen:
                seen.add(name)
                yield name, sorted({number for number in numbers if isinstance(number, int)})
        meta = told.get("meta")
        pages = meta.get("totalPages") if isinstance(meta, dict) else None
        if not rows or (isinstance(pages, int) and page >= pages):
            return


def _version(client: httpx2.Client, base: str, name: str, number: int) -> dict[str, Any]:
    told = _get(client, f"{base}{PATH}/{quote(name, safe='')}?version={number}&resolve=false", of=name)
    if not isinstance(told, dict) or told.get("name") != name:
        raise Gone(f"{name}: version {number} came as something else")
    return told


def _get(client: httpx2.Client, address: str, *, of: str = "") -> Any:
    """JSON from there; a busy or failing instance is asked again, as late as it says."""
    for attempt in range(1, TRIES + 1):
        try:
            answer = client.get(address)
        except httpx2.TransportError:
            if attempt == TRIES:
                raise
            time.sleep(_wait("", attempt))
            continue
        if answer.status_code in {401, 403}:
            raise BrokenOff(f"The instance refuses the key ({answer.status_code}).")
        if answer.status_code == 404 and of:
            raise Gone(f"{of}: a version of it was listed and is not there")
        if answer.status_code == 429 or answer.status_code >= 500:
            if attempt == TRIES:
                raise BrokenOff(f"The instance answered {answer.status_code} {TRIES} times.")
            time.sleep(_wait(answer.headers.get("Retry-After", ""), attempt))
            continue
        if answer.status_code != 200:
            raise BrokenOff(f"The instance answered {answer.status_code}.")
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise BrokenOff("The instance answered with something that is no JSON.") from None
    raise BrokenOff("The instance does not answer.")


def _wait(told: str, attempt: int) -> float:
    """Seconds until the next try: what the instance says, within bounds, else twice as long each time."""
    return min(float(told), LONGEST_WAIT) if told.isascii() and told.isdigit() else 0.25 * 2**attempt
