"""The base of policies: one object per model answers who may do what to a thing, and why not."""

from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.roles import ADMINISTRATOR


class Policy:
    """Subclasses define ``why_not_<verb>(obj) -> str``: empty when allowed, else the reason."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def why_not(self, verb: str, obj: Any = None) -> str:
        """The reason against, or an empty text."""
        if not self.actor.is_active:
            return f"{self.actor.name} is not active."
        return str(getattr(self, f"why_not_{verb}")(obj))

    def may(self, verb: str, obj: Any = None) -> bool:
        """Whether the actor may."""
        return not self.why_not(verb, obj)

    def require(self, verb: str, obj: Any = None) -> None:
        """Raises ``Refused`` with the reason."""
        if reason := self.why_not(verb, obj):
            raise Refused(reason)


class ConfigurationPolicy(Policy):
    """Who configures the portal: administrators, and the shell at set-up."""

    def why_not_configure(self, obj: Any = None) -> str:
        if self.actor.kind in {"shell", "system"} or self.actor.has_role(ADMINISTRATOR):
            return ""
        return "Only an administrator configures the portal."
