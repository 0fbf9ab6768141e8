"""Roles given and taken, each with who and since when; those that sign or configure take two people."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.identity import events
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import AccessProposal, RoleGrant, User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ADMINISTRATOR, AUDITOR, CONFIRMERS, ROLES, SIGNERS
from audits.identity.services.passwords import issue
from audits.identity.verbs import verb
from audits.ledger.services import record

GUARDED = SIGNERS | {ADMINISTRATOR}
"""Roles that no single person gives."""


def roles_since(user: User) -> dict[str, datetime]:
    """The roles that the person holds, each with the moment from which it counts."""
    held = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    return {row.role: row.since for row in user.role_grants.filter(ended_at__isnull=True) if row.role in held}


def second_people(actor: Actor, user: User) -> QuerySet[User]:
    """Who could confirm what ``actor`` proposes for ``user``."""
    here = Q(access_ends_at=None) | Q(access_ends_at__gt=timezone.now())
    rows = User.objects.filter(here, is_active=True, groups__name__in=CONFIRMERS).exclude(pk=user.pk)
    return rows.exclude(pk=actor.user.pk if actor.user else 0).distinct()


def needs_second(actor: Actor, user: User) -> bool:
    """Whether a second person has to say yes.

    Not for the shell and the set-up. An administrator with nobody beside him gives others their roles alone,
    or no portal could ever begin; himself he gives none.
    """
    if actor.kind != "person":
        return False
    if second_people(actor, user).exists():
        return True
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Nobody gives himself such a role: there has to be a second person first.")
    return False


def set_roles(actor: Actor, user: User, roles: Iterable[str]) -> tuple[list[str], list[str]]:
    """Takes and gives until the person holds ``roles``; guarded ones may come to wait. Says before and after.

    Part of a verb, in its transaction.
    """
    wanted = set(roles)
    before = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    added = wanted - before
    waits = added & GUARDED
    if waits and not needs_second(actor, user):
        waits = set()
    take(actor, user, before - wanted)
    give(actor, user, added - waits)
    if waits:
        propose(actor, user, AccessProposal.Kind.ROLES, sorted(waits))
    return sorted(before), sorted(wanted - waits)


def follow_groups(actor: Actor, user: User, wanted: set[str]) -> None:
    """Gives what groups of the provider give and takes what they gave before. Part of a verb.

    The provider's groups are the organisation's act: no second person is asked. Roles that were given here
    stay. An auditor whose access has to end (``AUDITORS_NEED_END``) gets the role when an end was set.
    """
    before = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    theirs = user.role_grants.filter(ended_at__isnull=True, source=RoleGrant.Source.PROVIDER)
    if settings.AUDITORS_NEED_END and user.access_ends_at is None:
        wanted = wanted - {AUDITOR}
    given, taken = wanted - before, set(theirs.values_list("role", flat=True)) - wanted
    if not given and not taken:
        return
    take(actor, user, taken)
    give(actor, user, given, source=RoleGrant.Source.PROVIDER)
    record(
        event=events.ROLES_FOLLOWED,
        actor=actor,
        subject_type="user",
        subject=user.username,
        payload={"source": "sso", "roles": [sorted(before), sorted((before | given) - taken)]},
    )


def give(
    actor: Actor,
    user: User,
    roles: Iterable[str],
    *,
    by: str = "",
    confirmed_by: str = "",
    source: RoleGrant.Source = RoleGrant.Source.PORTAL,
) -> None:
    """Adds groups and the rows that say since when."""
    names, now = set(roles), timezone.now()
    user.groups.add(*Group.objects.filter(name__in=names))
    held = set(user.role_grants.filter(ended_at__isnull=True).values_list("role", flat=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=user,
            role=role,
            since=now,
            given_by=by or actor.name,
            confirmed_by=confirmed_by,
            source=source,
        )
        for role in sorted(names - held)
    )


def take(actor: Actor, user: User, roles: Iterable[str]) -> None:
    """Removes groups and closes the rows; one person suffices to take."""
    names = set(roles)
    user.groups.remove(*Group.objects.filter(name__in=names))
    rows = user.role_grants.filter(role__in=names, ended_at__isnull=True)
    rows.update(ended_at=timezone.now(), ended_by=actor.name)


@verb
def ask_password(*, actor: Actor, user: User, reason: str = "") -> str:
    """The pair for the one-time address; empty where a second person has to confirm it first.

    That is so for whoever signs or configures: who can set such a person's password could sign as him.
    """
    ConfigurationPolicy(actor).require("configure")
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Change your own password on your account page.")
    if user.groups.filter(name__in=GUARDED).exists() and needs_second(actor, user):
        if not reason.strip() or "\0" in reason:
            raise Unacceptable("Say why, and how you made sure who asks.", field="reason")
        propose(actor, user, AccessProposal.Kind.PASSWORD, [], reason.strip()[:500])
        return ""
    return issue(actor, user, reason.replace("\0", "")[:500])


def propose(
    actor: Actor, user: User, kind: AccessProposal.Kind, roles: list[str], reason: str = ""
) -> AccessProposal:
    """Writes what waits, in place of what waited before. Part of a verb."""
    old = AccessProposal.objects.select_for_update().filter(user=user, kind=kind, state="open").first()
    if old is not None:
        if old.roles == roles and old.proposed_by == actor.name:
            return old
        _decide(actor, old, AccessProposal.State.REFUSED)
    row = AccessProposal.objects.create(
        user=user, kind=kind, roles=roles, reason=reason, proposed_by=actor.name
    )
    event = events.ROLES_PROPOSED if kind == AccessProposal.Kind.ROLES else events.PASSWORD_PROPOSED
    record(
        event=event,
        actor=actor,
        subject_type="user",
        subject=user.username,
        reason=reason,
        payload={"roles": roles},
    )
    return row


def why_not_confirm(actor: Actor, row: AccessProposal) -> str:
    """Why this person may not say yes; empty where he may."""
    if actor.user is None or not actor.has_role(*CONFIRMERS):
        return "An administrator, an ethics officer or a steward confirms."
    if row.proposed_by == actor.name:
        return "You proposed it: somebody else confirms."
    return "It is about you: somebody else confirms." if row.user_id == actor.user.pk else ""


@verb
def confirm_proposal(*, actor: Actor, pk: int) -> str:
    """Says yes: roles are given; for a password the one-time address is made and returned.

    Raises ``NotThere``, ``Refused`` for whoever proposed it or is its subject, ``Conflict`` where the
    proposer has left.
    """
    row = _open(pk)
    if reason := why_not_confirm(actor, row):
        raise Refused(reason)
    proposer = User.objects.filter(username=row.proposed_by).first()
    if proposer is None or ConfigurationPolicy(Actor.for_user(proposer)).why_not("configure"):
        raise Conflict("Whoever proposed it is no longer here, or may no longer; refuse it.")
    if row.kind == AccessProposal.Kind.ROLES:
        give(actor, row.user, row.roles, by=row.proposed_by, confirmed_by=actor.name)
    _decide(actor, row, AccessProposal.State.CONFIRMED)
    return issue(actor, row.user, row.reason) if row.kind == AccessProposal.Kind.PASSWORD else ""


@verb
def refuse_proposal(*, actor: Actor, pk: int, reason: str) -> None:
    """Says no, with a reason; whoever proposed it takes it back by this."""
    row = _open(pk)
    if actor.name != row.proposed_by and (why := why_not_confirm(actor, row)):
        raise Refused(why)
    if not reason.strip() or "\0" in reason:
        raise Unacceptable("Say why.", field="reason")
    _decide(actor, row, AccessProposal.State.REFUSED, reason.strip()[:500])


def _open(pk: int) -> AccessProposal:
    row = AccessProposal.objects.select_for_update().filter(pk=pk, state="open").first()
    if row is None:
        raise NotThere("Nothing of this kind waits any more.")
    return row


def _decide(actor: Actor, row: AccessProposal, state: AccessProposal.State, reason: str = "") -> None:
    row.state, row.decided_by, row.decided_at = state, actor.name, timezone.now()
    row.save()
    yes = state == AccessProposal.State.CONFIRMED
    record(
        event=events.PROPOSAL_CONFIRMED if yes else events.PROPOSAL_REFUSED,
        actor=actor,
        subject_type="user",
        subject=row.user.username,
        reason=reason,
        payload={"kind": row.kind, "roles": row.roles, "proposed_by": row.proposed_by},
    )
