"""The one guard for outgoing calls of every kind: providers, webhooks, sinks.

A name is resolved once, every address it has is judged, and the connection goes to the very address that was
judged: no second look-up can lead elsewhere. Addresses inside the network are refused unless
``OUTGOING_ALLOWED_NETWORKS`` names them. Redirects are not followed. Proxies of the environment are not used,
since behind one the address could not be judged.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from audits.identity.errors import GovernedError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
INWARD = tuple(
    map(ipaddress.ip_network, ("::/96", "64:ff9b:1::/48", "fec0::/10", "192.0.0.0/24", "5f00::/16"))
)
"""Not for the open network, though Python's table of public addresses has them."""
MAX_BYTES = 16 * 1024 * 1024
DEFAULT_PORTS = {"http": 80, "https": 443}


class OutgoingRefused(GovernedError):
    """The guard does not let this call out; the message says why and what would allow it."""

    code = "outgoing_refused"
    status = 400


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the name as written, and the addresses that were judged."""

    host: str
    port: int
    addresses: tuple[str, ...]


def judged(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv6 one that only wraps it: a private one stays private in any wrapping."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.sixtofour:
            return address.sixtofour
    return address


def is_public(raw: str) -> bool:
    """Whether the address is one of the open network."""
    address = judged(ipaddress.ip_address(raw))
    inward = any(address.version == network.version and address in network for network in INWARD)
    return address.is_global and not address.is_multicast and not inward


def is_allowed(raw: str) -> bool:
    """Whether the address is a public one, or in a network that a setting allows."""
    return _is_within(raw, tuple(settings.OUTGOING_ALLOWED_NETWORKS))


@lru_cache(maxsize=1024)
def _is_within(raw: str, allowed: tuple[str, ...]) -> bool:
    if is_public(raw):
        return True
    address = judged(ipaddress.ip_address(raw))
    networks = [ipaddress.ip_network(network, strict=False) for network in allowed]
    return any(address.version == network.version and address in network for network in networks)


def resolve(url: str, *, own: str = "") -> Target:
    """Judges where ``url`` leads.

    ``own`` is the base URL of a service that the portal itself runs on this machine, such as the local model:
    that very host and port is allowed. Raises ``OutgoingRefused``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        raise OutgoingRefused(f"{url!r} is no address.") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise OutgoingRefused(f"{url!r} is no http or https address.")
    if parts.username or parts.password:
        raise OutgoingRefused("An address must not carry a user name or password.")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutgoingRefused(f"The name {parts.hostname!r} is not known.") from None
    addresses = tuple(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
    if not _is_own(parts.hostname, port, own) and (
        inside := [one for one in addresses if not is_allowed(one)]
    ):
        raise OutgoingRefused(
            f"{parts.hostname} leads to {inside[0]}, an address inside the network; "
            "OUTGOING_ALLOWED_NETWORKS would have to name it."
        )
    return Target(parts.hostname, port, addresses)


def _is_own(host: str, port: int, own: str) -> bool:
    parts = urlsplit(own)
    same = bool(own) and (host, port) == (parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
    return same and host in {"127.0.0.1", "::1", "localhost"}


class AnswerTooLong(httpx2.ReadError):
    """The body does not end within ``MAX_BYTES``: reading it was given up."""


class _Bounded(httpx2.SyncByteStream):
    """A body that ends with an error when it grows too long or takes too long."""

    def __init__(self, stream: httpx2.SyncByteStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BYTES:
                raise AnswerTooLong(f"The answer is longer than {MAX_BYTES} bytes.")
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("The whole answer took too long.")
            yield chunk

    def close(self) -> None:
        self._stream.close()


@lru_cache(maxsize=256)
def _at(url: str, address: str) -> httpx2.URL:
    """The same with an address as its host; a run calls one place ten thousand times."""
    return httpx2.URL(url).copy_with(host=address)


class _OfEachThread(threading.local):
    """A transport for each thread: threads that share one wait for the lock of its connections."""

    def __init__(self, context: ssl.SSLContext, made: list[httpx2.HTTPTransport]) -> None:
        self.transport = httpx2.HTTPTransport(verify=context, trust_env=False)
        made.append(self.transport)


class GuardedTransport(httpx2.BaseTransport):
    """Sends each request to an address that was judged, in the name of the host that was asked for."""

    def __init__(self, *, own: str = "", total_seconds: float = 120.0, plain_inside: bool = False) -> None:
        self._made: list[httpx2.HTTPTransport] = []
        self._inner = _OfEachThread(httpx2.create_ssl_context(trust_env=False), self._made)
        self._own, self._total, self._plain_inside = own, total_seconds, plain_inside

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        deadline = time.monotonic() + self._total
        target = resolve(str(request.url), own=self._own)
        if self._plain_inside and request.url.scheme == "http" and any(map(is_public, target.addresses)):
            raise OutgoingRefused(f"{target.host} is outside of the network: it is called by https:// only.")
        response = self._first_answer(request, target)
        if response.is_redirect:
            response.close()
            raise OutgoingRefused(f"{target.host} answered with a redirect; redirects are not followed.")
        assert isinstance(response.stream, httpx2.SyncByteStream)  # noqa: S101  a sync transport gives no other
        response.stream = _Bounded(response.stream, deadline)
        return response

    def _first_answer(self, request: httpx2.Request, target: Target) -> httpx2.Response:
        """The judged addresses in order, until one can be connected to; nothing was sent before that."""
        for number, address in enumerate(target.addresses, start=1):
            extensions = {**request.extensions, "sni_hostname": target.host}
            pinned = httpx2.Request(
                request.method,
                _at(str(request.url), address),
                headers=request.headers,  # with the Host header of the name
                stream=request.stream,
                extensions=extensions,
            )
            try:
                return self._inner.transport.handle_request(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if number == len(target.addresses):
                    raise
        raise httpx2.ConnectError(f"{target.host} has no address.")

    def close(self) -> None:
        for transport in self._made:
            transport.close()


def guarded_client(
    *, timeout_seconds: float = 60.0, own: str = "", plain_inside: bool = False
) -> httpx2.Client:
    """A client for official SDKs and for our own calls; close it after use.

    ``timeout_seconds`` bounds each silence and, doubled, the whole answer. With ``plain_inside`` an address
    of the open network is called by https alone.
    """
    return httpx2.Client(
        transport=GuardedTransport(own=own, total_seconds=timeout_seconds * 2, plain_inside=plain_inside),
        timeout=httpx2.Timeout(timeout_seconds, connect=min(10.0, timeout_seconds)),
        follow_redirects=False,
        trust_env=False,
    )
