"""Who sets what gates ask, and who must agree."""

from django.db.models import Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ADMINISTRATOR, AUDITOR, CONFIRMERS, ETHICS_OFFICER, STEWARD
from prompts.evaluations.models import Case, Suite
from prompts.registry.models import Prompt
from prompts.registry.policies import PromptPolicy
from prompts.releases.models import GateChange, GateSuite


def second_people(actor_pk: int) -> QuerySet[User]:
    """Who could confirm what this person proposes."""
    rows = User.objects.filter(is_active=True, groups__name__in=CONFIRMERS)
    return rows.exclude(pk=actor_pk).distinct()


class GatePolicyRules(ConfigurationPolicy):
    """Administrators propose what gates ask, stewards for their own prompts; a second person confirms.

    A steward may add and raise demands on his prompts alone, since that lets nothing through.
    """

    READERS = (ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD)

    def why_not_set_alone(self, obj: object = None) -> str:
        """The shell, the set-up, and an administrator with nobody beside him."""
        if reason := self.why_not_configure():
            return reason
        if self.actor.user is None or not second_people(self.actor.user.pk).exists():
            return ""
        return "This takes two people: propose it, and somebody else confirms."

    def why_not_tighten(self, prompt: Prompt | None) -> str:
        if not self.why_not_configure():
            return ""
        if prompt is None or not self.actor.has_role(STEWARD):
            return "Only an administrator sets this; a steward may add suites for his own prompts."
        return PromptPolicy(self.actor).why_not("write", prompt)

    def why_not_propose(self, prompt: Prompt | None = None) -> str:
        if self.actor.user is None:
            return "A change of a gate is proposed by a person."
        return self.why_not_tighten(prompt)

    def why_not_confirm(self, change: GateChange) -> str:
        if self.actor.user is None or not self.actor.has_role(*CONFIRMERS):
            return "An administrator, an ethics officer or a steward confirms."
        if change.proposed_by_id == self.actor.user.pk:
            return "You proposed it: somebody else confirms."
        if self.actor.name in writers_of_cases(change):
            return "You wrote cases that it takes in: somebody else confirms."
        return self._why_not_see(change)

    def why_not_refuse(self, change: GateChange) -> str:
        """Whoever could confirm it, and whoever proposed it."""
        mine = self.actor.user is not None and change.proposed_by_id == self.actor.user.pk
        if mine:
            return ""
        if self.actor.user is None or not self.actor.has_role(*CONFIRMERS):
            return "An administrator, an ethics officer or a steward decides."
        return self._why_not_see(change)

    def _why_not_see(self, change: GateChange) -> str:
        """A change about one prompt is decided by who may see it, with the suite that it takes in."""
        return (
            "" if seen_changes(self.actor).filter(pk=change.pk).exists() else "You may not see all of this."
        )


def seen_changes(actor: Actor) -> QuerySet[GateChange]:
    """Changes of gates but for those about a prompt or a suite that the actor may not see."""
    prompts, suites = Prompt.objects.visible_to(actor), Suite.objects.visible_to(actor)
    return GateChange.objects.filter(
        Q(prompt__isnull=True) | Q(prompt__in=prompts.values("pk")),
        Q(suite__isnull=True) | Q(suite__in=suites.values("pk")),
    )


def writers_of_cases(change: GateChange) -> set[str]:
    """Who wrote or took away cases of the suite since the gate last took them in; none for other changes."""
    if change.kind != GateChange.Kind.SUITE or change.suite_id is None:
        return set()
    rows = Case.history.filter(suite=change.suite_id)
    bound = GateSuite.objects.filter(
        suite=change.suite_id,
        prompt=change.prompt_id,
        policy__environment=change.environment_id,
        policy__risk_tier=change.risk_tier,
    ).first()
    if bound is not None:
        rows = rows.filter(history_date__gt=bound.pinned_at)
    return set(rows.values_list("history_actor", flat=True).distinct())
