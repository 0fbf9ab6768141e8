"""Everybody on stage: access is tested with all of them.

The bank's team owns the collection ``bank``; the stranger belongs to another team and holds the same roles.
"""

from dataclasses import dataclass

from audits.identity.actors import Actor
from audits.identity.models import ServiceAccount, Team, User
from audits.identity.roles import ROLES
from audits.identity.services.keys import create_key
from audits.identity.services.make_roles import make_roles
from audits.identity.services.people import create_team, create_user

PASSWORD = "correct-horse-battery"
SHELL = Actor.shell()


@dataclass(frozen=True)
class People:
    """``engineer`` and ``steward`` write and release in the bank; the others see it by team or role."""

    author: User
    engineer: User
    steward: User
    expert: User
    ethics_officer: User
    documentarian: User
    auditor: User
    administrator: User
    stranger: User
    leaver: User
    team: Team
    other_team: Team
    service: ServiceAccount
    service_secret: str

    def actor(self, name: str) -> Actor:
        """The actor of that person, or of the key for ``service``."""
        who = getattr(self, name)
        return Actor.for_account(who) if isinstance(who, ServiceAccount) else Actor.for_user(who)

    def everybody(self) -> dict[str, Actor]:
        """All actors by name."""
        names = ("author", "engineer", "steward", "expert", "ethics_officer", "documentarian")
        names += ("auditor", "administrator", "stranger", "leaver", "service")
        return {name: self.actor(name) for name in names}


def _person(username: str, *roles: str) -> User:
    return create_user(
        actor=SHELL, username=username, full_name=username.title(), password=PASSWORD, roles=roles
    )


def make_people() -> People:
    """Makes roles, teams, people and a key for the collection ``bank`` (which the caller makes)."""
    make_roles(actor=SHELL)
    author, engineer = _person("ada", "engineer"), _person("emil", "engineer")
    steward, expert = _person("sten", "steward"), _person("dora", "domain-expert")
    ethics, documentarian = _person("etta", "ethics-officer"), _person("doku", "documentation-specialist")
    leaver = _person("leo", *ROLES)
    leaver.is_active = False
    leaver.save(update_fields=["is_active"])
    members = [author, engineer, steward, expert, documentarian, leaver]
    stranger = _person("stranger", "engineer", "steward", "domain-expert", "documentation-specialist")
    pair = create_key(
        actor=SHELL, name="tests", collections=["bank"], environments=["production"], verbs=["read", "ingest"]
    )
    return People(
        author=author,
        engineer=engineer,
        steward=steward,
        expert=expert,
        ethics_officer=ethics,
        documentarian=documentarian,
        auditor=_person("audra", "auditor"),
        administrator=_person("admin", "administrator"),
        stranger=stranger,
        leaver=leaver,
        team=create_team(actor=SHELL, name="Bank", members=members),
        other_team=create_team(actor=SHELL, name="Elsewhere", members=[stranger]),
        service=pair.account,
        service_secret=pair.secret_key,
    )
