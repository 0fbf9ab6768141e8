"""What policies and gates ask, and who holds which role: each by two people."""

from audits.identity.actors import Actor
from audits.identity.models import AccessProposal, User
from audits.identity.roles import ROLES
from audits.identity.services.people import set_user
from audits.identity.services.roles import confirm_proposal
from prompts.lifecycle.models import ApprovalPolicy, PolicyProposal
from prompts.lifecycle.services.propose_policy import confirm_policy, propose_policy, refuse_policy
from prompts.releases.demands import GateDemands
from prompts.releases.models import GateChange, GatePolicy, GateSuite
from prompts.releases.services.gate_changes import (
    confirm_gate_change,
    propose_gate,
    propose_gate_suite,
    propose_new_cases,
    propose_removal,
    refuse_gate_change,
)
from tests.flows.acts.world import PLACES, World

EXPERT, ETHICS, STEWARD = "domain-expert", "ethics-officer", "steward"
ASKED = (
    [{"role": STEWARD, "count": 1}],
    [{"role": EXPERT, "count": 1}, {"role": ETHICS, "count": 1, "step": 2}],
    [{"role": EXPERT, "count": 1}],
    [{"role": ETHICS, "count": 1}, {"role": STEWARD, "count": 1}],
    [{"role": EXPERT, "count": 1, "people": ["dora", "leo"]}, {"role": STEWARD, "count": 1, "step": 2}],
    [{"role": STEWARD, "count": 2}],
)
WHY = "It is safer."


class Ruling(World):
    """An administrator proposes, somebody else confirms; both may be the wrong ones."""

    def propose_policy(self, actor: Actor, pick: int, twist: int) -> None:
        policy = self.one(ApprovalPolicy.objects.filter(is_synthetic=False), pick)
        demands = {"seats": ASKED[twist % 6], "validity_days": 2 + twist, "waiting_hours": 5 * (twist > 8)}
        told = {"name": policy.name, "risk_tier": policy.risk_tier, "base_version": policy.version}
        propose_policy(actor=actor, demands=demands, reason=WHY, **told)

    def confirm_policy(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(PolicyProposal.objects.filter(state="open"), pick)
        if twist == 11:
            refuse_policy(actor=actor, pk=row.pk, reason=WHY)
        else:
            confirm_policy(actor=actor, pk=row.pk)

    def propose_gate(self, actor: Actor, pick: int, twist: int) -> None:
        bound = GateSuite.objects.all()
        if twist == 10:
            propose_removal(actor=actor, gate_suite_id=self.one(bound, pick).pk, reason=WHY)
        elif twist == 9:
            propose_new_cases(actor=actor, gate_suite_id=self.one(bound, pick).pk, reason=WHY)
        elif twist > 3:
            rate = ("1", "0.5", "0")[twist % 3]
            told = {"environment": PLACES[max(pick % 5, 1) // 2], "least_pass_rate": rate}
            prompt = self.prompt(pick) if twist % 2 else None
            told |= {"prompt": prompt, "allows_recorded": twist != 8, "max_age_days": twist // 2}
            propose_gate_suite(actor=actor, suite=self.suite, reason=WHY, **told)
        else:
            gate = self.one(GatePolicy.objects.all(), pick)
            demands = GateDemands.of(gate).as_dict()
            demands["requires_approval"] = twist != 1
            demands["requires_documentation"] = ["purpose"] if twist % 2 else []
            demands["requires_settled_comments"] = twist == 3
            told = {"environment": gate.environment, "risk_tier": gate.risk_tier}
            propose_gate(actor=actor, reason=WHY, **told, **demands)

    def confirm_gate(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(GateChange.objects.filter(state="open"), pick)
        if twist == 11:
            refuse_gate_change(actor=actor, change_id=row.pk, reason=WHY)
        else:
            confirm_gate_change(actor=actor, change_id=row.pk)

    def change_person(self, actor: Actor, pick: int, twist: int) -> None:
        """One role given or taken, or the leaver comes back, or somebody leaves."""
        names = ("leaver", "engineer", "expert", "documentarian", "steward", "author")
        user = User.objects.get(pk=getattr(self.people, names[pick % 6]).pk)
        role = ROLES[twist % len(ROLES)]
        held = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
        set_user(actor=actor, user=user, roles=sorted(held ^ {role}), is_active=twist != 11)

    def confirm_person(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(AccessProposal.objects.filter(state="open"), pick)
        confirm_proposal(actor=actor, pk=row.pk)
