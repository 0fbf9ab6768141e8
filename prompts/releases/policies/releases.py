"""Who may release, stop and end a prompt."""

from audits.identity.policies import Policy
from audits.identity.roles import ETHICS_OFFICER, FREEZERS, RELEASERS, STEWARD
from prompts.lifecycle.selectors import policy_for
from prompts.registry.models import Environment, Prompt
from prompts.registry.policies import PromptPolicy
from prompts.releases.models import Freeze, ScheduledRelease
from prompts.releases.selectors.emergencies import unreviewed


class ReleasePolicy(Policy):
    """Role and object right together; what the text itself must fulfil, the gate asks."""

    def why_not_release(self, place: tuple[Prompt, Environment]) -> str:
        prompt, environment = place
        actor = self.actor
        if actor.kind in {"shell", "system"}:
            policy = policy_for(prompt)
            synthetic = actor.kind == "shell" and policy is not None and policy.is_synthetic
            return "" if synthetic else "A release is made by a person or an application, by name."
        if actor.account is not None:
            if not actor.verb("release"):
                return f"The key {actor.name} does not carry the verb release."
            if environment.slug not in actor.account.environments:
                return f"The key {actor.name} is not for {environment.slug}."
        elif not actor.has_role(*RELEASERS):
            return f"{actor.name} has no role that releases prompts."
        return (
            ""
            if PromptPolicy(actor).holds(prompt, "release")
            else f"{actor.name} may not release {prompt.name}."
        )

    def why_not_ask(self, place: tuple[Prompt, Environment]) -> str:
        """Whoever may write the prompt may ask; whoever may release it, too."""
        if self.may("release", place):
            return ""
        return PromptPolicy(self.actor).why_not("write", place[0])

    def why_not_schedule(self, place: tuple[Prompt, Environment]) -> str:
        """A person, by name: when the moment comes the release is made in that name."""
        if self.actor.user is None:
            return "A release is scheduled by a person."
        return self.why_not_release(place)

    def why_not_cancel(self, schedule: ScheduledRelease) -> str:
        """Whoever scheduled it, and whoever may release there."""
        if self.actor.user is not None and schedule.by_id == self.actor.user.pk:
            return ""
        return self.why_not_schedule((schedule.prompt, schedule.environment))

    def why_not_freeze(self, prompt: Prompt) -> str:
        """The portal itself freezes what nobody looked at in time."""
        if self.actor.kind == "system":
            return ""
        if not self.actor.has_role(*FREEZERS):
            return "Only ethics officers and stewards stop a prompt."
        return PromptPolicy(self.actor).why_not("view", prompt)

    def why_not_lift(self, freeze: Freeze) -> str:
        """A freeze by an ethics officer is lifted by one."""
        if ETHICS_OFFICER in freeze.by_role.split(",") and not self.actor.has_role(ETHICS_OFFICER):
            return "An ethics officer froze this prompt; an ethics officer lifts the freeze."
        if self.actor.kind == "system":
            return "A person lifts a freeze."
        if unreviewed(freeze.prompt_id).filter(frozen_at__isnull=False).exists():
            return "It is frozen because nobody looked at an emergency release: look at that first."
        return self.why_not_freeze(freeze.prompt)

    def why_not_retire(self, prompt: Prompt) -> str:
        if not self.actor.has_role(STEWARD):
            return "Only a steward retires a prompt."
        held = PromptPolicy(self.actor).holds(prompt, "release")
        return "" if held else f"{self.actor.name} may not retire {prompt.name}."
