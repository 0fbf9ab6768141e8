"""What stands around every page: the sidebar of the person's roles, the name, the newest checkpoint."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.roles import title
from portal.frame_address import address
from portal.selectors.inbox_rows import unread_count
from portal.settings.navigation import FIRST, NAVIGATION, NOBODY, Entry, Group
from portal.waiting import newest_checkpoint, waiting

MOST_GROUPS, MOST_ENTRIES = 3, 7


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the sidebar shows it."""

    title: str
    icon: str
    url: str
    waiting: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A titled group of entries."""

    title: str
    entries: list[Line]


def layout(actor: Actor) -> list[Group]:
    """The groups of the actor's first role, with what his other roles add: at most three groups of seven."""
    roles = [role for role in FIRST if actor.has_role(role)]
    groups: list[list[Any]] = [list(group) for group in (NAVIGATION[roles[0]] if roles else NOBODY)]
    for role in roles[1:]:
        for name, entries in NAVIGATION[role]:
            home = next((group for group in groups if group[0] == name), None)
            if home is None and len(groups) < MOST_GROUPS:
                home = [name, ()]
                groups.append(home)
            _add(groups, home, entries)
    return [(str(name), tuple(entries)) for name, entries in groups if entries]


def _add(groups: list[list[Any]], home: list[Any] | None, entries: tuple[Entry, ...]) -> None:
    there = {entry.to for group in groups for entry in group[1]}
    for entry in (entry for entry in entries if entry.to not in there):
        room = next((group for group in [home, *groups] if group and len(group[1]) < MOST_ENTRIES), None)
        if room is not None:
            room[1] = (*room[1], entry)


def sidebar(actor: Actor, path: str) -> list[Block]:
    """The groups with addresses, what waits, and the entry that ``path`` belongs to."""
    counts = waiting(actor)
    groups = [Block(name, lines) for name, entries in layout(actor) if (lines := _lines(entries, counts))]
    home = reverse("admin:index")
    here = max(
        (
            line
            for group in groups
            for line in group.entries
            if path == line.url or (line.url != home and path.startswith(line.url))
        ),
        key=lambda line: len(line.url),
        default=None,
    )
    if here is None:
        return groups

    return [Block(g.title, [replace(line, current=line is here) for line in g.entries]) for g in groups]


def _lines(entries: tuple[Entry, ...], counts: dict[str, int]) -> list[Line]:
    return [
        Line(entry.title, entry.icon, url, counts.get(entry.waits, 0))
        for entry in entries
        if (url := address(entry.to))
    ]


def initials(name: str) -> str:
    """Up to two capitals for the disc beside the name."""
    words = [word for word in name.replace(".", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def frame(request: HttpRequest) -> dict[str, Any]:
    """All of it, for the templates of the frame; empty for somebody who is not signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_active:
        return {}
    name = str(actor.user)
    role = next((role for role in FIRST if actor.has_role(role)), "")
    return {
        "groups": sidebar(actor, request.path),
        "name": name,
        "initials": initials(name),
        "role": title(role).lower() if role else "",
        "checkpoint": newest_checkpoint(),
        "find_url": address("admin:prompts"),
        "inbox_url": address("admin:inbox"),
        "unread": unread_count(actor),
    }
