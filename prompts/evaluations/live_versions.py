"""Which version is live is known above this room; whoever knows registers here at start-up."""

from collections.abc import Callable

from audits.identity.errors import Conflict
from prompts.registry.models import Version

Resolver = Callable[[int, str], Version | None]
"""From a prompt's id and an environment's slug to the version live there, None if there is none."""

_resolvers: list[Resolver] = []


def register(resolver: Resolver) -> None:
    """Sets the resolver; a later one replaces an earlier one."""
    _resolvers[:] = [resolver]


def live_version(prompt_id: int, environment: str) -> Version | None:
    """The live version, or None; raises ``Conflict`` where nobody can tell."""
    if not _resolvers:
        raise Conflict("This portal cannot tell what is live.")
    return _resolvers[0](prompt_id, environment)
