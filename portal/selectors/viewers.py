"""Everyone who could see a prompt at a moment, and why; with what cannot be told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.identity.memberships import members_at
from audits.identity.models import RoleGrant, User
from audits.identity.roles import ROLES, SEES_EVERYTHING, title
from portal.selectors.key_viewers import keys_at, served_then
from portal.selectors.past_accounts import let_in_at
from portal.selectors.past_grants import Held, grants_at
from prompts.registry.models import Kind, Prompt
from prompts.registry.watching import who_sees

TEAM = "team:"
BEFORE_GRANTS = "before grants were kept"
"""Who gave a role that was held before the portal wrote down who gives them (a migration's words)."""
ALWAYS_UNTOLD = (
    "Whoever runs the portal's machine, its database or a copy of it reads everything, and no entry says so.",
    "Exports, evidence packs and answers of models leave the portal: who read them there is not known here.",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody could see it; ``by`` gave it. ``unsure`` says what about it cannot be told."""

    words: str
    since: datetime | None
    by: str
    unsure: str = ""


@dataclass(slots=True)
class Viewer:
    """A person (by user name) or a key, with every reason."""

    kind: str
    name: str
    printed: str
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Viewers:
    """The answer for one moment; ``untold`` says in sentences what cannot be told."""

    at: datetime
    people: list[Viewer]
    keys: list[Viewer]
    untold: list[str]
    over: str = ""


def viewers_at(prompt: Prompt, at: datetime | None = None) -> Viewers:
    """Told from the log's entries, role grants and the history of keys; for today held against the rights
    that are stored. A dozen queries and one for each team with a right.
    """
    now = timezone.now()
    people, untold = _people(prompt, now)
    doubts = _held_against_today(prompt, people, now)
    if at is not None and at < now:
        people, untold = _people(prompt, at)
    else:
        at = now
    if at < prompt.created_at:
        return Viewers(at, [], [], ["The prompt was not there yet."])
    keys = [
        Viewer("key", row.name, row.name, [Reason(reads, row.created_at, row.created_by)])
        for row, reads in keys_at(prompt, at)
    ]
    return Viewers(
        at=at,
        people=sorted(people.values(), key=lambda one: one.printed.lower()),
        keys=keys,
        untold=[*untold, *doubts, *_always(prompt)],
        over=served_then(prompt, at),
    )


def _people(prompt: Prompt, at: datetime) -> tuple[dict[str, Viewer], list[str]]:
    """Those who were let in and had a reason, by user name."""
    grants, hidden = grants_at(prompt, at)
    untold = []
    if hidden:
        entries = "1 entry" if hidden == 1 else f"{hidden} entries"
        untold.append(f"The content of {entries} about rights is erased: what was given or taken is unknown.")
    reasons: dict[str, list[Reason]] = {}
    for name, reason in [*_by_role(at), *_by_grants(grants, at, untold)]:
        reasons.setdefault(name, []).append(reason)
    users = {user.username: user for user in User.objects.filter(username__in=reasons)}
    let_in, unknown = let_in_at(users.values(), at)
    untold += [
        f"Whether {users[name]} was let in cannot be told: an entry about the account is erased."
        for name in sorted(unknown)
    ]
    found = {
        name: Viewer("person", name, str(users[name]), told)
        for name, told in reasons.items()
        if name in let_in | unknown
    }
    return found, untold


def _by_role(at: datetime) -> Iterator[tuple[str, Reason]]:
    for row in _roles_at(at).filter(role__in=SEES_EVERYTHING).select_related("user"):
        unsure = "since when and by whom was not kept then" if row.given_by == BEFORE_GRANTS else ""
        words = f"the role {title(row.role)}, which reads everything"
        yield row.user.username, Reason(words, row.since, row.given_by, unsure)


def _roles_at(at: datetime) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), since__lte=at)


def _by_grants(grants: list[Held], at: datetime, untold: list[str]) -> Iterator[tuple[str, Reason]]:
    teams = {held.name.removeprefix(TEAM) for held in grants if held.name.startswith(TEAM)}
    members = members_at(sorted(teams), at)
    for held in grants:
        on = f"granted on {held.where}"
        if held.kind == "user":
            yield held.name, Reason(f"a right {on}", held.since, held.by)
        elif held.name.startswith(TEAM):
            team = held.name.removeprefix(TEAM)
            inside = members[team]
            if inside is None:
                untold.append(f"Who was in the team {team} cannot be told: its entry is erased.")
            for name in sorted(inside or ()):
                yield name, Reason(f"in the team {team}, whose right was {on}", held.since, held.by)
        elif held.name in ROLES:
            for row in _roles_at(at).filter(role=held.name).select_related("user"):
                words = f"the role {title(held.name)}, whose right was {on}"
                yield row.user.username, Reason(words, held.since, held.by)
        else:
            untold.append(f"A right was {on} to the group {held.name}: its members are not told over time.")


def _held_against_today(prompt: Prompt, told: dict[str, Viewer], now: datetime) -> list[str]:
    """Where the entries and the stored rights of today differ: sentences. ``told`` is set right."""
    seeing = {user.username: user for user in User.objects.filter(pk__in=who_sees([prompt])[prompt.pk])}
    doubts = []
    for name in sorted(set(seeing) - set(told)):
        doubts.append(f"{seeing[name]} sees it today and no entry says why: since when cannot be told.")
        why = Reason("rights that are stored, of which no entry tells", None, "", "since when is not known")
        told[name] = Viewer("person", name, str(seeing[name]), [why])
    for name in sorted(set(told) - set(seeing)):
        doubts.append(
            f"By the entries {told[name].printed} sees it today, by the stored rights not: since when cannot "
            "be told."
        )
        del told[name]
    return doubts


def _always(prompt: Prompt) -> list[str]:
    told = list(ALWAYS_UNTOLD)
    if prompt.kind == Kind.FRAGMENT:
        told.append("A fragment's text also stands in the prompts that include it: see who could see those.")
    powerful = User.objects.filter(is_superuser=True, is_active=True).order_by("username")
    if names := [str(user) for user in powerful]:
        told.append(f"{', '.join(names)}: superuser of the framework, which here opens no prompt by itself.")
    return told
