"""Secrets that would stand in clear among a provider's settings, which pages and histories show. Pure."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from prompts.evaluations.providers.templates import PLACEHOLDER
from prompts.registry.lint import find_sensitive

ALONE = {
    "authorization", "cookie", "cookies", "token", "secret", "password", "passwd", "passphrase", "pwd",
    "credential", "credentials", "jwt", "bearer", "apikey", "authkey", "accesskey", "secretkey", "authtoken",
    "accesstoken", "apitoken",
}  # fmt: skip
SENT = {"auth", "key", "session", "sessionid", "sig", "signature"}
"""What is a secret as the name of a header or in an address, and any word elsewhere."""
OF_TOKENS = {
    "access", "api", "app", "auth", "bearer", "client", "csrf", "id", "personal", "private", "refresh",
    "secret", "security", "session", "user", "x", "xsrf",
}  # fmt: skip
OF_KEYS = OF_TOKENS | {
    "account", "admin", "function", "functions", "license", "master", "service", "shared", "subscription",
}  # fmt: skip
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
QUERY = re.compile(r"(?:^|[?&#;])([\w.~-]{1,100})=([^&#;\s]{1,2000})")
AROUND = re.compile(r"(?:[^A-Za-z0-9]{0,4}[A-Za-z_-]{1,24}){0,3}[^A-Za-z0-9]{0,4}")
"""What may stand around ``{{key}}``: ``Bearer``, ``Token token="…"``, ``session=…``."""
RULES = {"secret", "entropy"}


def secret_in(settings: dict[str, Any]) -> str:
    """The place of the first secret in the settings, as a path such as ``headers.Authorization``; else empty.

    A secret is what a name calls one, in a header, in the body or in a query, unless the key is filled in
    there, and what looks like one wherever it stands.
    """
    return next(
        (place for place, name, text in _texts(settings) if _named(place, name, text) or _looks(name, text)),
        "",
    )


def secret_in_text(text: str) -> bool:
    """Whether an address or a note holds one."""
    return _in_query(text) or _looks("", text)


def _texts(value: Any, place: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Place, nearest name and text of each value; whoever calls has bounded the depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{place}.{key}" if place else str(key), str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{place}.{number}", name)
    elif value is not None and not isinstance(value, bool):
        yield place, name, str(value)


def _named(place: str, name: str, text: str) -> bool:
    sent = place.startswith("headers.")
    return (_is_secret(name, sent) and _in_clear(text)) or _in_query(text)


def _in_query(text: str) -> bool:
    return any(
        _is_secret(found[1], text[found.start()] in "?&#;") and _in_clear(unquote(found[2]))
        for found in QUERY.finditer(text)
    )


def _is_secret(name: str, sent: bool) -> bool:
    words = [word.lower() for word in WORD.findall(name)] or [""]
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "token":
        return sent or not before or before in OF_TOKENS
    if last == "key":
        return before in OF_KEYS or (sent and not before)
    return last in ALONE or (sent and last in SENT)


def _in_clear(text: str) -> bool:
    """Whether anything stands there that is neither filled in nor a mere word beside the key."""
    rest = PLACEHOLDER.sub("", text).strip()
    filled = any(name.partition(".")[0] == "key" for name in PLACEHOLDER.findall(text))
    return bool(rest) and not (filled and AROUND.fullmatch(rest))


def _looks(name: str, text: str) -> bool:
    return any(found.code in RULES for found in find_sensitive({"settings": {name: text}}))
