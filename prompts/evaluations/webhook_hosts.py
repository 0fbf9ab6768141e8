"""Where webhook assertions may send outputs: to hosts that whoever runs the portal has named."""

from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from audits.identity.errors import Unacceptable


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


def check_hosts(assertions: list[dict[str, Any]], field: str = "assertions") -> None:
    """Raises ``Unacceptable`` at the first webhook whose host is not named; sets are looked into.

    An address with variables is judged when it is filled in.
    """
    for number, assertion in enumerate(assertions):
        place, kind = f"{field}[{number}]", assertion["type"].removeprefix("not-")
        if kind == "assert-set":
            check_hosts(assertion["assert"], f"{place}.assert")
        address = assertion.get("value")
        if (
            kind == "webhook"
            and isinstance(address, str)
            and "{{" not in address
            and (words := host_fault(address))
        ):
            raise Unacceptable(f"{place}: {words}.", field=place)
