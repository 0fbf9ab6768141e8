"""Create and change people and teams."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.text import slugify

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.events import ACCESS_ENDED, TEAM_CHANGED, TEAM_CREATED, USER_CHANGED, USER_CREATED
from audits.identity.models import OpenSession, Team, User, UserName
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import AUDITOR, CONFIRMERS, ROLES
from audits.identity.services.keys import live_keys, resume_keys, suspend_keys
from audits.identity.services.open_sessions import end_sessions
from audits.identity.services.roles import second_people, set_roles
from audits.identity.usernames import folded, why_not
from audits.identity.verbs import verb
from audits.ledger.services import record


def role_groups(roles: Sequence[str]) -> list[Group]:
    """The groups of these roles; raises ``Unacceptable`` for a word that is no role."""
    if unknown := [role for role in roles if role not in ROLES]:
        raise Unacceptable(f"There is no role {unknown[0]!r}.", field="roles")
    return list(Group.objects.filter(name__in=roles))


def give_name(user: User) -> None:
    """Writes the name into the list of names that are never given out again."""
    UserName.objects.create(folded=folded(user.username), name=user.username, user=user)


def check_name(username: str) -> None:
    """Raises ``Unacceptable`` for what is no name, ``Conflict`` for one that was given out before."""
    if reason := why_not(username):
        raise Unacceptable(reason, field="username")
    same = UserName.objects.filter(folded=folded(username)).exists()
    if same or User.objects.filter(username__iexact=username).exists():
        raise Conflict(
            f"The user name {username!r} is taken, or looks like one that was; names are never given out "
            "twice.",
            field="username",
        )


@verb
def create_user(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    email: str = "",
    password: str | None = None,
    roles: Sequence[str] = (),
    access_ends_at: datetime | None = None,
    is_demo: bool = False,
) -> User:
    """Creates a person who may sign in; roles that take two people come to wait where there are two.

    Raises ``Conflict`` where the name was ever given out, or one that looks the same.
    """
    ConfigurationPolicy(actor).require("configure")
    check_name(username)
    role_groups(roles)
    check_end(roles, access_ends_at)
    user = User(username=username, full_name=full_name, email=email, is_staff=True, is_demo=is_demo)
    user.access_ends_at = access_ends_at
    user.set_password(password)
    user.save()
    give_name(user)
    _, given = set_roles(actor, user, roles)
    payload = {"roles": given, "ends": _day(access_ends_at)}
    record(event=USER_CREATED, actor=actor, subject_type="user", subject=username, payload=payload)
    return user


@verb
def set_user(
    *,
    actor: Actor,
    user: User,
    roles: Sequence[str],
    is_active: bool = True,
    access_ends_at: datetime | None = None,
    stop_keys: bool = False,
) -> User:
    """Sets a person's roles and until when the account is in use; team memberships stay.

    Whoever is taken out of use loses his sessions. Raises ``Conflict`` where he owns keys that live, unless
    they are to be stopped with him.
    """
    ConfigurationPolicy(actor).require("configure")
    role_groups(roles)
    check_end(roles, access_ends_at)
    had_second = _others_confirm(actor)
    leaves = user.is_active and not is_active
    if leaves and not stop_keys and (names := live_keys(user)):
        raise Conflict(
            f"{user} owns keys that are in use: {', '.join(names[:10])}. Hand them over first, or tick that "
            "they stop as well.",
            field="stop_keys",
        )
    before, after = set_roles(actor, user, roles)
    payload = {
        "roles": [before, after],
        "active": [user.is_active, is_active],
        "ends": [_day(user.access_ends_at), _day(access_ends_at)],
    }
    user.is_active, user.access_ends_at = is_active, access_ends_at
    user.save(update_fields=["is_active", "access_ends_at"])
    if had_second and not _others_confirm(actor):
        raise Conflict(
            "Then nobody would be left who confirms what you do. Let somebody else do this, or name another "
            "administrator, ethics officer or steward first.",
            field="is_active" if user.groups.filter(name__in=CONFIRMERS).exists() else "roles",
        )
    record(event=USER_CHANGED, actor=actor, subject_type="user", subject=user.username, payload=payload)
    if not user.is_let_in:
        shut_out(actor, user)
    else:
        resume_keys(user)
    return user


def _others_confirm(actor: Actor) -> bool:
    """Whether somebody is there for good who confirms what this person does: else he could act alone."""
    if actor.kind != "person" or actor.user is None:
        return False
    return second_people(actor, actor.user).filter(access_ends_at=None).exists()


def check_end(roles: Sequence[str], access_ends_at: datetime | None) -> None:
    """Raises ``Unacceptable`` where an auditor's access has to end (``AUDITORS_NEED_END``) and does not."""
    if settings.AUDITORS_NEED_END and AUDITOR in roles and access_ends_at is None:
        raise Unacceptable("An auditor's access has to end some day; give the date.", field="access_ends_at")


def shut_out(actor: Actor, user: User) -> None:
    """Ends the sessions of somebody who left and suspends what keys of his live. Part of a verb."""
    if OpenSession.objects.filter(user=user, ended_at__isnull=True).exists():
        end_sessions(actor=actor, user=user, reason="access ended")
    suspend_keys(actor, user)


@verb
def end_access(*, actor: Actor) -> int:
    """Shuts out, once each, everybody whose access has ended; says how many there were."""
    ConfigurationPolicy(actor).require("configure")
    due = User.objects.select_for_update().filter(is_active=True, access_ends_at__lte=timezone.now())
    rows = list(due)
    for user in rows:
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(
            event=ACCESS_ENDED,
            actor=actor,
            subject_type="user",
            subject=user.username,
            payload={"ended": _day(user.access_ends_at)},
        )
        shut_out(actor, user)
    return len(rows)


def _day(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


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
