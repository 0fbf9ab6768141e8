"""Who may tell of calls and scores."""

from typing import Any

from audits.identity.policies import Policy


class CallPolicy(Policy):
    """Keys tell of calls and scores, each with its own verb; the portal's parts may as well."""

    def why_not_ingest(self, _: Any = None) -> str:
        return self._why_not("ingest")

    def why_not_score(self, _: Any = None) -> str:
        return self._why_not("score")

    def _why_not(self, name: str) -> str:
        if self.actor.kind in {"shell", "system"} or self.actor.verb(name):
            return ""
        return f"{self.actor.name} has no key with the verb {name}."
