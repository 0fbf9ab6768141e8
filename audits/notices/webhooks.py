"""Webhooks as Standard Webhooks 1.0 has them (https://www.standardwebhooks.com): secrets, headers, a call."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2
from standardwebhooks import Webhook

from audits.identity.errors import GovernedError
from audits.identity.sealing import Seal
from audits.notices.models import Delivery, Endpoint
from audits.notices.outgoing import guarded_client
from audits.notices.retries import retry_after

SEAL = Seal("webhook.key")
SECRET_BYTES = 32
TIMEOUT_SECONDS = 15.0
EXCERPT = 500
"""Characters of an answer that are kept."""
MOST_BYTES = 20_000
"""A body is smaller (Standard Webhooks, "Payload size")."""


def new_secret() -> str:
    """A fresh secret as receivers enter it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def secrets_of(endpoint: Endpoint) -> list[str]:
    """The secrets that sign now, the newest first; raises ``sealing.Unreadable``."""
    stored = [endpoint.encrypted_secret, *([endpoint.encrypted_older] if endpoint.is_rotating else [])]
    return [SEAL.decrypt(one) for one in stored if one]


def headers_of(delivery: Delivery, signing: list[str], now: datetime) -> dict[str, str]:
    """The headers of one try; one signature per secret."""
    # The package takes the time as naive UTC.
    stamp = now.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    signatures = [Webhook(one).sign(delivery.message_id, stamp, delivery.body) for one in signing]
    return {
        "content-type": "application/json",
        "user-agent": "Imprimatur-Webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: status (None without an answer), its beginning or the fault, how long to wait."""

    status: int | None
    answer: str
    wait: timedelta | None = None

    @property
    def is_fine(self) -> bool:
        """Only 2xx counts."""
        return self.status is not None and 200 <= self.status < 300


def client_for_webhooks() -> httpx2.Client:
    """A guarded client for any number of calls; close it after use."""
    return guarded_client(timeout_seconds=TIMEOUT_SECONDS, plain_inside=True)


def call(client: httpx2.Client, endpoint: Endpoint, delivery: Delivery, now: datetime) -> Outcome:
    """Sends the delivery once; every expected failure is an outcome."""
    try:
        headers = headers_of(delivery, secrets_of(endpoint), now)
        body = delivery.body.encode()
        with client.stream("POST", endpoint.url, content=body, headers=headers) as response:
            wait = retry_after(response.headers.get("retry-after", ""), now)
            return Outcome(response.status_code, _beginning(response), wait)
    except GovernedError as error:
        return Outcome(None, excerpt(error.message))
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
        return Outcome(None, excerpt(f"{type(error).__name__}: {error}"))


def _beginning(response: httpx2.Response) -> str:
    """The first words of the answer; the rest is not read."""
    found = b""
    try:
        for piece in response.iter_bytes(1024):
            found += piece
            if len(found) >= EXCERPT * 4:
                break
    except httpx2.HTTPError as error:
        found += f" … {type(error).__name__}".encode()
    return excerpt(found.decode("utf-8", "replace"))


def excerpt(text: str) -> str:
    """What a row keeps of a text from outside: one line without control characters, bounded."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:EXCERPT]
