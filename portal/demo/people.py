"""Make the demo's people and teams."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.models import Team, User
from audits.identity.services.people import create_team, create_user
from portal.demo import logins
from portal.demo.script import Person, read_people


class RealPeople(Conflict):
    """The database belongs to an organisation: the demo stays out."""


def refuse_among_real_people() -> None:
    """Raises ``RealPeople`` when anybody is there who is not of the demo."""
    other = User.objects.filter(is_demo=False).first()
    if other is not None:
        raise RealPeople(
            f"This database has people of its own ({other.username}); the demo is not put among them."
        )


def make_people(actor: Actor) -> tuple[dict[str, list[dict[str, str]]], dict[str, Team]]:
    """Makes who is missing; returns the log-ins and the teams by slug of their collection."""
    people, titles = read_people()
    passwords = logins.read()
    users = {}
    for person in people:
        users[person.username] = _person(actor, person, passwords)
    told = logins.write(people, passwords)
    teams = {}
    for slug, title in titles.items():
        members = [users[person.username] for person in people if slug in person.teams]
        teams[slug] = Team.objects.filter(name=title).first() or create_team(
            actor=actor, name=title, members=members
        )
    return told, teams


def _person(actor: Actor, person: Person, passwords: dict[str, str]) -> User:
    """The user, with a password that we know: a new one where the file of log-ins was lost."""
    known = passwords.get(person.username)
    user = User.objects.filter(username=person.username).first()
    if user is None:
        passwords[person.username] = known or logins.new_password()
        return create_user(
            actor=actor,
            username=person.username,
            full_name=person.full_name,
            email=f"{person.username}@demo.example",
            password=passwords[person.username],
            roles=() if person.role == "stranger" else (person.role,),
            is_demo=True,
        )
    if known is None:
        passwords[person.username] = logins.new_password()
        user.set_password(passwords[person.username])
        user.save(update_fields=["password"])
    return user
