"""The gates that a new portal starts with."""

from audits.identity.actors import Actor
from audits.identity.verbs import verb
from prompts.registry.models import Environment
from prompts.releases.models import GatePolicy
from prompts.releases.policies import GatePolicyRules
from prompts.releases.services.gate_policies import set_gate

DEFAULTS = (
    ("development", "", {"requires_approval": False}),
    ("staging", "", {"requires_approval": False, "requires_runs": True}),
    ("production", "", {"requires_approval": True}),
    (
        "production",
        "high",
        {
            "requires_approval": True,
            "requires_documentation": ("purpose", "excluded_use"),
            "requires_calibration": True,
        },
    ),
)
"""Environment, tier (empty: all), demands. Suites are bound prompt by prompt."""


@verb
def ensure_default_gates(*, actor: Actor) -> list[GatePolicy]:
    """Makes the gates of environments that have none; gates that people set stay. Returns the new ones."""
    GatePolicyRules(actor).require("configure")
    guarded = set(GatePolicy.objects.values_list("environment__slug", flat=True))
    there = set(Environment.objects.values_list("slug", flat=True)) - guarded
    return [
        set_gate(actor=actor, environment=slug, risk_tier=tier, **demands)  # type: ignore[arg-type]
        for slug, tier, demands in DEFAULTS
        if slug in there
    ]
