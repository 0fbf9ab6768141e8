"""Set what findings of the lint do."""

from collections.abc import Mapping

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.events import LINT_POLICY_SET
from prompts.registry.lint.levels import CODES, DEFAULTS, LEVELS
from prompts.registry.models import LintPolicy, RiskTier
from prompts.registry.texts import check_choice


@verb
def set_lint_policy(*, actor: Actor, risk_tier: str, levels: Mapping[str, str]) -> LintPolicy:
    """Sets the levels of a tier's rules; rules that are not given keep theirs. A change is a new version.

    Raises ``Unacceptable`` for a tier, a rule or a level that there is not.
    """
    ConfigurationPolicy(actor).require("configure")
    check_choice(risk_tier, "risk_tier", RiskTier.values)
    if unknown := sorted(str(code)[:60] for code in levels if code not in CODES):
        raise Unacceptable(f"There is no rule {unknown[0]!r}; there are {', '.join(CODES)}.", field="levels")
    given = {code: check_choice(level, "levels", LEVELS) for code, level in levels.items()}
    policy = LintPolicy.objects.select_for_update().filter(risk_tier=risk_tier).first()
    before = policy.levels if policy else {}
    wanted = {**DEFAULTS[risk_tier], **before, **given}
    if policy is not None and wanted == before:
        return policy
    if policy is None:
        policy = LintPolicy(risk_tier=risk_tier, levels=wanted)
    else:
        policy.levels, policy.version = wanted, policy.version + 1
    policy.save()
    changed = {
        code: [before.get(code, ""), wanted[code]] for code in wanted if before.get(code) != wanted[code]
    }
    payload = {"version": policy.version, "risk_tier": risk_tier, "changed": changed}
    record(event=LINT_POLICY_SET, actor=actor, subject_type="policy", subject=str(policy), payload=payload)
    return policy


@verb
def ensure_default_lint_policy(*, actor: Actor) -> list[LintPolicy]:
    """Makes the policies of tiers that have none; those that people changed stay. Returns the new ones."""
    ConfigurationPolicy(actor).require("configure")
    covered = set(LintPolicy.objects.values_list("risk_tier", flat=True))
    return [
        set_lint_policy(actor=actor, risk_tier=tier, levels=levels)
        for tier, levels in DEFAULTS.items()
        if tier not in covered
    ]
