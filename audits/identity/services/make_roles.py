"""Make the role groups; safe to run again."""

from django.contrib.auth.models import Group

from audits.identity.actors import Actor
from audits.identity.events import ROLES_MADE
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ROLES
from audits.identity.verbs import verb
from audits.ledger.services import record


@verb
def make_roles(*, actor: Actor) -> list[str]:
    """Creates the groups that are missing and returns their names; says nothing when all are there."""
    ConfigurationPolicy(actor).require("configure")
    there = set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    made = [name for name in ROLES if name not in there]
    for name in made:
        Group.objects.create(name=name)
    if made:
        record(event=ROLES_MADE, actor=actor, subject_type="role", subject=",".join(made))
    return made
