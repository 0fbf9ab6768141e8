"""Who may take the audit trail out of the house."""

from typing import Any

from audits.identity.policies import Policy
from audits.identity.roles import ADMINISTRATOR, AUDITOR, CONFIRMERS, ETHICS_OFFICER, READS_TRAIL, STEWARD

EXPORTS_PACKS = frozenset({AUDITOR, ETHICS_OFFICER, STEWARD, ADMINISTRATOR})
"""Roles that may take the whole life of a prompt out of the house."""


class TrailPolicy(Policy):
    """People export what they may see of the trail; which part that is, the caller's queryset says."""

    def why_not_export(self, obj: Any = None) -> str:
        if self.actor.kind == "person" or self.actor.verb("export"):
            return ""
        if self.actor.kind == "service":
            return f"The key {self.actor.name} does not carry the verb export."
        return "An export is made in a person's name: say who with --as USERNAME."

    def why_not_verify(self, obj: Any = None) -> str:
        if self.actor.has_role(*READS_TRAIL):
            return ""
        return "The whole trail is verified by those who read all of it."


class PackPolicy(Policy):
    """Evidence packs are made by those who answer for prompts or examine them, of what they may see."""

    def why_not_export(self, obj: Any = None) -> str:
        if self.actor.has_role(*EXPORTS_PACKS) or self.actor.verb("export"):
            return ""
        if self.actor.kind == "service":
            return f"The key {self.actor.name} does not carry the verb export."
        if self.actor.kind != "person":
            return "An evidence pack is made in a person's name: say who with --as USERNAME."
        return "Auditors, ethics officers, stewards and administrators make evidence packs."


class SecondPersonPolicy(Policy):
    """What one person proposed, another one confirms or refuses; whoever proposed may take it back."""

    def why_not_confirm(self, obj: Any = None) -> str:
        if self.actor.user is None or not self.actor.has_role(*CONFIRMERS):
            return "An administrator, an ethics officer or a steward confirms."
        return "You proposed it: somebody else confirms." if obj.proposed_by == self.actor.name else ""

    def why_not_refuse(self, obj: Any = None) -> str:
        return "" if obj.proposed_by == self.actor.name else self.why_not_confirm(obj)


class RetentionPolicy(SecondPersonPolicy):
    """An administrator sets how long content is kept; a shorter period takes another person besides."""

    def why_not_set(self, obj: Any = None) -> str:
        if self.actor.user is not None and self.actor.has_role(ADMINISTRATOR):
            return ""
        return "An administrator sets how long content is kept."


class HoldPolicy(Policy):
    """Those who read the whole trail place legal holds; another one of them releases."""

    def why_not_place(self, obj: Any = None) -> str:
        if self.actor.user is not None and self.actor.has_role(*READS_TRAIL):
            return ""
        return "An auditor, an ethics officer or an administrator places legal holds."

    def why_not_release(self, obj: Any = None) -> str:
        if self.actor.user is None or not self.actor.has_role(*READS_TRAIL):
            return "An auditor, an ethics officer or an administrator releases legal holds."
        return "You placed it: somebody else releases it." if obj.placed_by == self.actor.name else ""


class ErasurePolicy(SecondPersonPolicy):
    """The content of entries goes by two people: one who reads the whole trail, and another one."""

    def why_not_propose(self, obj: Any = None) -> str:
        if self.actor.user is not None and self.actor.has_role(*READS_TRAIL):
            return ""
        return "Those who read the whole trail propose erasures."
