"""Bring a database to the state in which a portal starts: safe to run at every start."""

from audits.identity.actors import Actor
from audits.identity.services.make_roles import make_roles
from audits.ledger.services import take_in_rows
from portal.services.beat import ensure_beat_rows
from prompts.evaluations.services.providers import ensure_local_provider
from prompts.lifecycle.services.ensure_policies import ensure_default_policies
from prompts.registry.models import Environment
from prompts.registry.services.environments import create_environment
from prompts.registry.services.lint_policies import ensure_default_lint_policy
from prompts.registry.services.standards import ensure_default_standards
from prompts.releases.services.ensure_gates import ensure_default_gates

ENVIRONMENTS = (
    ("development", "Development", 1, False),
    ("staging", "Staging", 2, False),
    ("production", "Production", 3, True),
)


def setup_portal(*, actor: Actor) -> None:
    """Makes what is missing of roles, places, standards, policies, gates, the local provider, timed work.

    Rows that the log does not know yet are taken in first.

    Nothing that people have changed since is touched. Raises ``Refused`` for an actor who may not configure.
    """
    take_in_rows(actor=actor)
    make_roles(actor=actor)
    there = set(Environment.objects.values_list("slug", flat=True))
    for slug, title, rank, is_protected in ENVIRONMENTS:
        if not there:
            create_environment(actor=actor, slug=slug, title=title, rank=rank, is_protected=is_protected)
    ensure_default_standards(actor=actor)
    ensure_default_lint_policy(actor=actor)
    ensure_default_policies(actor=actor)
    ensure_default_gates(actor=actor)
    ensure_local_provider(actor=actor)
    ensure_beat_rows()


def ensure_portal() -> None:
    """For commands that may be the first on a fresh database: sets the portal up if nobody has yet."""
    if not Environment.objects.exists():
        setup_portal(actor=Actor.shell())
