"""Who may do what to prompts, collections and environments."""

from typing import Any

from audits.identity.policies import ConfigurationPolicy, Policy
from audits.identity.roles import ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, EVALUATORS, STEWARD, WRITERS
from prompts.registry.models import Collection, Comment, Prompt
from prompts.registry.querysets import collections_with


class PromptPolicy(Policy):
    """Role and object permission together; separation of duties is asked where one signs."""

    def holds(self, prompt: Prompt, right: str) -> bool:
        """Whether the actor holds the right on the prompt or its collection."""
        return Prompt.objects.filter(pk=prompt.pk).with_right(self.actor, right).exists()

    def why_not_view(self, prompt: Prompt) -> str:
        return "" if self.holds(prompt, "view") else f"{self.actor.name} may not see this prompt."

    def why_not_write(self, prompt: Prompt) -> str:
        if not self._writes_at_all():
            return f"{self.actor.name} has no role that writes prompts."
        return "" if self.holds(prompt, "write") else f"{self.actor.name} may not write {prompt.name}."

    def why_not_create(self, collection: Collection) -> str:
        if not self._writes_at_all():
            return f"{self.actor.name} has no role that writes prompts."
        allowed = collections_with(self.actor, "write").filter(pk=collection.pk).exists()
        return "" if allowed else f"{self.actor.name} may not write in {collection.slug}."

    def why_not_evaluate(self, prompt: Prompt) -> str:
        if self.actor.kind == "system" or self.actor.verb("evaluate") or self.actor.has_role(*EVALUATORS):
            return self.why_not_view(prompt)
        return f"{self.actor.name} has no role that starts evaluations."

    def why_not_document(self, prompt: Prompt) -> str:
        """Purpose, owner, tags and the like: writers, stewards and the documentation specialist."""
        if self.actor.has_role("documentation-specialist"):
            return self.why_not_view(prompt)
        return self.why_not_write(prompt)

    def why_not_grant(self, prompt: Prompt) -> str:
        return why_not_grant(self)

    def why_not_mark_sensitive(self, prompt: Prompt) -> str:
        """Ethics officers and administrators who see it, and stewards who may write it."""
        if self.actor.kind in {"shell", "system"} or self.actor.has_role(ETHICS_OFFICER, ADMINISTRATOR):
            return self.why_not_view(prompt)
        if self.actor.has_role(STEWARD):
            return self.why_not_write(prompt)
        return "Ethics officers, administrators and stewards mark prompts as sensitive."

    def why_not_comment(self, prompt: Prompt) -> str:
        """Every person who sees the prompt, except those whose only role is to audit."""
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only people comment, by name."
        if {role for role in self.actor.roles if not role.startswith("team:")} == {AUDITOR}:
            return "Auditors read and change nothing; what they find goes into their report."
        return self.why_not_view(prompt)

    def why_not_resolve(self, comment: Comment) -> str:
        """Who wrote it, and whoever writes the prompt."""
        if self.actor.user is not None and comment.author_id == self.actor.user.pk:
            return self.why_not_comment(comment.prompt)
        return self.why_not_write(comment.prompt)

    def _writes_at_all(self) -> bool:
        actor = self.actor
        return actor.kind in {"shell", "system"} or actor.verb("write") or actor.has_role(*WRITERS)


class CollectionPolicy(ConfigurationPolicy):
    """Collections are configuration; seeing one follows its grants."""

    def why_not_view(self, collection: Collection) -> str:
        seen = collections_with(self.actor, "view").filter(pk=collection.pk).exists()
        return "" if seen else f"{self.actor.name} may not see this collection."

    def why_not_grant(self, collection: Collection) -> str:
        return why_not_grant(self)

    def why_not_mark_sensitive(self, collection: Collection) -> str:
        """Ethics officers, and administrators."""
        if self.actor.has_role(ETHICS_OFFICER):
            return ""
        return self.why_not_configure(collection)


def why_not_grant(policy: Policy) -> str:
    """Rights on objects are given by administrators: whoever may write a prompt cannot let others in."""
    return ConfigurationPolicy(policy.actor).why_not("configure", None)


def environment_policy(actor: Any) -> ConfigurationPolicy:
    """Environments are configuration."""
    return ConfigurationPolicy(actor)
