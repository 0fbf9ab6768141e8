"""Who takes part in acts that need two people, and who looks at them afterwards."""

from audits.identity.policies import Policy
from audits.identity.roles import DOMAIN_EXPERT, ETHICS_OFFICER, STEWARD, title
from prompts.lifecycle.selectors.authorship import authors_of, authors_of_all
from prompts.registry.models import Environment, Prompt
from prompts.registry.policies import PromptPolicy
from prompts.releases.models import Adoption, Emergency, GatePolicy

REVIEWERS = (ETHICS_OFFICER, STEWARD, DOMAIN_EXPERT)
"""Who may look at an emergency release afterwards."""
ADOPTERS = (STEWARD, ETHICS_OFFICER)
"""Who may be the second person of an adoption."""


class EmergencyPolicy(Policy):
    """Two people of the two roles that the gate names; a key, the shell and the portal itself never."""

    def role_in(self, gate: GatePolicy | None, *, other_than: str = "") -> str:
        """The role in which the actor takes part; empty where there is none."""
        roles = [role for role in (gate.emergency_roles if gate else []) if role != other_than]
        return next((role for role in roles if self.actor.has_role(role)), "")

    def why_not_ask(self, place: tuple[Prompt, Environment, GatePolicy | None]) -> str:
        prompt, environment, gate = place
        if self.actor.user is None:
            return "The glass is broken by people, by name."
        if gate is None or not gate.emergency_hours:
            return f"The gate of {environment.slug} lets nobody pass in an emergency."
        if not self.role_in(gate):
            return f"This takes {' and '.join(title(role).lower() for role in gate.emergency_roles)}."
        return PromptPolicy(self.actor).why_not("view", prompt)

    def why_not_confirm(self, asked: tuple[Emergency, GatePolicy | None]) -> str:
        emergency, gate = asked
        if reason := self.why_not_ask((emergency.prompt, emergency.environment, gate)):
            return reason
        if self.actor.user is not None and emergency.asked_by_id == self.actor.user.pk:
            return "You asked for it: somebody else confirms."
        if not self.role_in(gate, other_than=emergency.asked_role):
            return f"It was asked for as {title(emergency.asked_role).lower()}; the other role confirms."
        if self.actor.user is not None and authors_of(emergency.version).include(self.actor.user):
            return "You wrote in this text: somebody else confirms."
        return ""

    def why_not_refuse(self, asked: tuple[Emergency, GatePolicy | None]) -> str:
        """Whoever could confirm it, and whoever asked."""
        emergency, gate = asked
        if self.actor.user is not None and emergency.asked_by_id == self.actor.user.pk:
            return ""
        return self.why_not_ask((emergency.prompt, emergency.environment, gate))

    def why_not_review(self, emergency: Emergency) -> str:
        if self.actor.user is None or not self.actor.has_role(*REVIEWERS):
            return "An ethics officer, a steward or a domain expert looks at it."
        if self.actor.user.pk in {emergency.asked_by_id, emergency.confirmed_by_id}:
            return "You took part in it: a third person looks at it."
        if authors_of(emergency.version).include(self.actor.user):
            return "You wrote in this text: somebody else looks at it."
        return PromptPolicy(self.actor).why_not("view", emergency.prompt)


class AdoptionPolicy(Policy):
    """A steward who may release proposes; another steward or an ethics officer, who sees it, confirms."""

    def why_not_propose(self, prompt: Prompt) -> str:
        if self.actor.user is None or not self.actor.has_role(STEWARD):
            return "A steward proposes what is taken on."
        held = PromptPolicy(self.actor).holds(prompt, "release")
        return "" if held else f"{self.actor.name} may not release {prompt.name}."

    def why_not_confirm(self, adoption: Adoption) -> str:
        if self.actor.user is None or not self.actor.has_role(*ADOPTERS):
            return "A steward or an ethics officer confirms."
        if adoption.proposed_by_id == self.actor.user.pk:
            return "You proposed it: somebody else confirms."
        return self._why_not_see(adoption) or self._why_not_foreign(adoption)

    def why_not_refuse(self, adoption: Adoption) -> str:
        """Whoever could confirm it, and whoever proposed it."""
        if self.actor.user is not None and adoption.proposed_by_id == self.actor.user.pk:
            return ""
        if self.actor.user is None or not self.actor.has_role(*ADOPTERS):
            return "A steward or an ethics officer decides."
        return self._why_not_see(adoption)

    def _why_not_foreign(self, adoption: Adoption) -> str:
        """Nobody lets in what he wrote."""
        versions = [text.version for text in adoption.texts.select_related("version__prompt")]
        wrote = authors_of_all(versions)
        user = self.actor.user
        own = next((row for row in versions if user is not None and wrote[row.pk].include(user)), None)
        return f"You wrote in {own.prompt.name}: somebody else confirms." if own is not None else ""

    def _why_not_see(self, adoption: Adoption) -> str:
        """Only who sees all of it decides about all of it."""
        seen = Prompt.objects.visible_to(self.actor).filter(adopted_texts__adoption=adoption).distinct()
        return "" if seen.count() == adoption.texts.count() else "You may not see all of these prompts."
