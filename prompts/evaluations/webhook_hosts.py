"""Where webhook assertions may send outputs: to hosts that whoever runs the portal has named."""

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from django.conf import settings


def host_fault(url: str) -> str:
    """Why outputs are not sent to that address, in words; empty where they may be."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        host = ""
    if not host:
        return f"{url[:80]!r} is no address"
    if any(fnmatchcase(host, allowed.lower()) for allowed in settings.WEBHOOK_HOSTS):
        return ""
    return (
        f"outputs are not sent to {host[:80]}: WEBHOOK_HOSTS, which administrators set, would have to name it"
    )
