"""The demo's log-ins: made once, kept in a file that only the owner of the process reads."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings

from portal.demo.script import Person

FILE = "demo-logins.json"


def path() -> Path:
    """Where the log-ins lie."""
    return Path(settings.DATA_DIR) / FILE


def read() -> dict[str, str]:
    """Passwords by user name; empty where none were made yet."""
    try:
        rows = json.loads(path().read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError):
        return {}
    return {row["username"]: row["password"] for row in rows}


def new_password() -> str:
    """Three groups of letters and digits, about 70 random bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(3))


def write(people: list[Person], passwords: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Keeps the log-ins (mode 0600, replaced in one step) and returns what was written."""
    rows = [{"username": p.username, "password": passwords[p.username], "role": p.role} for p in people]
    told = {"people": rows}
    fresh = path().with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=2)
    fresh.replace(path())
    return told
