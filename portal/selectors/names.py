"""Printed names for the user names that records keep."""

from collections.abc import Iterable

from audits.identity.models import User


def printed(usernames: Iterable[str]) -> dict[str, str]:
    """Printed names by user name, one query; a name of no person stands as it is."""
    wanted = {name for name in usernames if name}
    known = dict(User.objects.filter(username__in=wanted).values_list("username", "full_name"))
    return {name: known.get(name) or name for name in wanted}
