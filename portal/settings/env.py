"""Typed readers for the environment: a setting is what it says, or start-up stops with its name.

Any value may come from a file named by ``<NAME>_FILE`` (for secrets mounted by an orchestrator).
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The value of ``name``, or of the file that ``<name>_FILE`` names, or ``default``."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}") from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """A yes or no; anything else is refused."""
    raw = text(name, "1" if default else "0").strip().lower()
    if raw in TRUE:
        return True
    if raw in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}; write 1 or 0.")


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number of at least ``least``, and at most ``most`` where that is given."""
    raw = text(name, str(default)).strip()
    if not raw.isdigit() or int(raw) < least or (most is not None and int(raw) > most):
        upto = "" if most is None else f" to {most}"
        raise ImproperlyConfigured(f"{name} is {raw!r}; write a whole number from {least}{upto}.")
    return int(raw)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def encryption_keys(name: str) -> list[str]:
    """Fernet keys separated by commas, newest first; refused where one is none."""
    found = words(name)
    for key in found:
        try:
            fine = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            fine = False
        if not fine:
            raise ImproperlyConfigured(f"{name} holds a key that is not 32 bytes in URL-safe Base64.")
    return found


def database(url: str, sqlite_path: Path) -> dict[str, object]:
    """Django's database entry for ``DATABASE_URL``; SQLite in ``sqlite_path`` when it is empty.

    SQLite runs in WAL mode with immediate transactions: a deferred one that turns into a writer fails
    at once under load, an immediate one waits its turn.
    """
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        path = unquote(parts.path) if url else str(sqlite_path)
        pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
            # Opening the file and setting its pragmas costs more than a query; a file has no idle limit.
            "CONN_MAX_AGE": None,
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL has the scheme {parts.scheme!r}; use postgresql:// or sqlite:///."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


@dataclass(frozen=True, slots=True)
class Mail:
    """Where e-mail is handed over; without a host none is sent."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    sender: str = ""


def mail(url: str, sender: str) -> Mail:
    """The mail server of ``EMAIL_URL`` with ``EMAIL_FROM``.

    ``smtp://`` is unencrypted, ``smtp+tls://`` uses STARTTLS, ``smtps://`` is encrypted from the first byte.
    """
    if not url:
        return Mail()
    try:
        parts = urlsplit(url)
        port = parts.port or MAIL_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL is no address: {error}") from error
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL is smtp://, smtp+tls:// or smtps:// with a host.")
    if "@" not in sender or not sender.isprintable():
        raise ImproperlyConfigured("EMAIL_FROM must be the address that e-mails come from.")
    return Mail(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        tls=parts.scheme == "smtps",
        sender=sender,
    )
