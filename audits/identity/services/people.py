"""Create and change people and teams."""

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.utils.text import slugify

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.events import TEAM_CHANGED, TEAM_CREATED, USER_CHANGED, USER_CREATED
from audits.identity.models import Team, User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ROLES
from audits.identity.verbs import verb
from audits.ledger.services import record


def role_groups(roles: Sequence[str]) -> list[Group]:
    """The groups of these roles; raises ``Unacceptable`` for a word that is no role."""
    if unknown := [role for role in roles if role not in ROLES]:
        raise Unacceptable(f"There is no role {unknown[0]!r}.", field="roles")
    return list(Group.objects.filter(name__in=roles))


@verb
def create_user(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    email: str = "",
    password: str | None = None,
    roles: Sequence[str] = (),
    is_demo: bool = False,
) -> User:
    """Creates a person who may sign in. Raises ``Conflict`` where the name is taken in any case."""
    ConfigurationPolicy(actor).require("configure")
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict(
            f"The user name {username!r} is taken; names are never given out twice.", field="username"
        )
    groups = role_groups(roles)
    user = User(username=username, full_name=full_name, email=email, is_staff=True, is_demo=is_demo)
    user.set_password(password)
    user.save()
    user.groups.add(*groups)
    record(
        event=USER_CREATED, actor=actor, subject_type="user", subject=username, payload={"roles": list(roles)}
    )
    return user


@verb
def set_user(*, actor: Actor, user: User, roles: Sequence[str], is_active: bool = True) -> User:
    """Sets a person's roles and whether the account is in use; team memberships stay."""
    ConfigurationPolicy(actor).require("configure")
    before = sorted(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=ROLES))
    user.groups.add(*role_groups(roles))
    was_active, user.is_active = user.is_active, is_active
    user.save(update_fields=["is_active"])
    payload = {"roles": [before, sorted(roles)], "active": [was_active, is_active]}
    record(event=USER_CHANGED, actor=actor, subject_type="user", subject=user.username, payload=payload)
    return user


@verb
def create_team(*, actor: Actor, name: str, members: Sequence[User] = ()) -> Team:
    """Creates a team with its group; raises ``Conflict`` where the name is taken."""
    ConfigurationPolicy(actor).require("configure")
    slug = slugify(name)
    if Team.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a team {name!r} already.", field="name")
    group = Group.objects.create(name=f"team:{slug}")
    group.user_set.add(*members)
    team = Team.objects.create(name=name, slug=slug, group=group)
    payload = {"members": sorted(user.username for user in members)}
    record(event=TEAM_CREATED, actor=actor, subject_type="team", subject=slug, payload=payload)
    return team


@verb
def set_members(*, actor: Actor, team: Team, members: Sequence[User]) -> Team:
    """Replaces the members of a team."""
    ConfigurationPolicy(actor).require("configure")
    before = sorted(team.group.user_set.values_list("username", flat=True))
    team.group.user_set.set(members)
    after = sorted(user.username for user in members)
    payload = {"members": [before, after]}
    record(event=TEAM_CHANGED, actor=actor, subject_type="team", subject=team.slug, payload=payload)
    return team
