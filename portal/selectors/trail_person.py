"""One person or application in the audit trail: what it did, what it was allowed, since when."""

from dataclasses import dataclass, field
from datetime import datetime

from audits.identity.memberships import Membership, memberships
from audits.identity.models import RoleGrant, ServiceAccount, User
from audits.identity.roles import title
from audits.identity.services.roles import roles_since

PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("All acts", ()),
    "signed": (
        "Signed and decided",
        (
            "lifecycle.version.signed",
            "lifecycle.documentation.signed",
            "lifecycle.delegation.signed",
            "lifecycle.request.returned",
            "lifecycle.request.rejected",
            "identity.form.signed",
        ),
    ),
    "sessions": (
        "Sign-ins",
        (
            "identity.session",
            "identity.password",
            "identity.factor",
            "identity.code",
            "identity.codes",
            "identity.sso",
        ),
    ),
    "refused": (
        "Refused",
        (
            "identity.act.refused",
            "identity.session.refused",
            "identity.factor.refused",
            "identity.password.refused",
            "lifecycle.signature.refused",
        ),
    ),
    "account": ("About the account", ()),
}
"""Parts of the list: their words, and the kinds of entries (or their beginnings) in them."""

SUBJECTS = {"person": "user", "service": "key"}
"""As what the log speaks of an actor of that kind when others act on it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the organisation lets a person or an application do, and let it do before.

    ``unread`` counts entries about teams whose content is erased: what they changed cannot be told.
    """

    person: User | None = None
    key: ServiceAccount | None = None
    held: list[tuple[str, datetime]] = field(default_factory=list)
    roles: list[tuple[str, RoleGrant]] = field(default_factory=list)
    teams: list[Membership] = field(default_factory=list)
    unread: int = 0


def filter_of(kind: str, name: str, part: str) -> dict[str, str]:
    """The part of somebody's page as values of the trail's filter."""
    if part == "account":
        return {"subject": name, "subject_type": SUBJECTS.get(kind, kind)}
    return {"actor": name, "actor_type": kind, "event": ",".join(PARTS[part][1])}


def standing_of(kind: str, name: str) -> Standing:
    """Roles and memberships over time, or a key's row; empty for parts of the portal and for shells."""
    if kind == "service":
        return Standing(key=ServiceAccount.objects.filter(name=name).select_related("owner").first())
    person = User.objects.filter(username=name).first() if kind == "person" else None
    if person is None:
        return Standing()
    teams, unread = memberships(name)
    held = sorted(roles_since(person).items(), key=lambda row: row[1])
    return Standing(
        person=person,
        held=[(title(role), since) for role, since in held],
        roles=[(title(row.role), row) for row in person.role_grants.order_by("-since", "-pk")],
        teams=teams,
        unread=unread,
    )
