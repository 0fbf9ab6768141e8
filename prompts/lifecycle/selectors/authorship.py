"""Who wrote a text, in the sense that forbids signing it.

Authors are all who edited any draft of the prompt since its last approved version (also one that was thrown
away: the ledger remembers), who wrote the older text that was brought back in it or the text of another
prompt that it was copied from, who wrote a fragment that is pinned in it (in any version since the one that
was last approved with it), and whoever made or ever owned an application's key that did one of these.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from audits.identity.models import ServiceAccount, User
from prompts.lifecycle.selectors.approval import approvals_of
from prompts.lifecycle.selectors.draft_events import DraftEvents, draft_events
from prompts.registry.former_names import former_names_of
from prompts.registry.models import FormerName, Version, VersionAuthor
from prompts.registry.selectors import label_of

HEAVY = ("canonical", "messages", "variables", "config", "tools", "output_schema", "model_settings")


@dataclass(slots=True)
class Authors:
    """Keys of users, and names as they were written down (case does not matter)."""

    users: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def include(self, user: User) -> bool:
        """Whether this person is among them, by key, user name or printed name."""
        told = {user.username.casefold(), user.full_name.casefold()} - {""}
        return user.pk in self.users or not told.isdisjoint(self.names)


@dataclass(slots=True)
class Sources:
    """Where a text comes from: versions whose authors count as its own, and names out of the ledger.

    ``copied`` are labels of other prompts' versions that it began with, ``before`` the version that was
    approved before it.
    """

    versions: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    copied: set[str] = field(default_factory=set)
    before: Version | None = None


def authors_of(version: Version) -> Authors:
    """The authors of one version."""
    return authors_of_all([version])[version.pk]


def authors_of_all(versions: Iterable[Version]) -> dict[int, Authors]:
    """Authors by version key; the number of queries grows only with the depth of fragments."""
    sources = _sources(versions)
    written = _written({key for told in sources.values() for key in told.versions})
    owners = _owners({name for told in sources.values() for name in told.names})
    found = {}
    for root, told in sources.items():
        authors = Authors(names={name.casefold() for name in told.names})
        authors.users |= {owner for name in told.names for owner in owners.get(name, ())}
        for key in told.versions:
            authors.users |= written[key].users
            authors.names |= written[key].names
        found[root] = authors
    return found


def _sources(versions: Iterable[Version]) -> dict[int, Sources]:
    """Goes down from each version through the fragments it pins, layer by layer."""
    layer = {version.pk: [version] for version in versions}
    found = {root: Sources() for root in layer}
    seen: set[tuple[int, int]] = set()
    while layer:
        everyone = {version.pk: version for rows in layer.values() for version in rows}
        near = _since_approved(list(everyone.values()))
        pinned = _pinned(everyone.values(), {key: told.before for key, told in near.items()})
        copies = _labelled({label for told in near.values() for label in told.copied})
        following: dict[int, list[Version]] = defaultdict(list)
        for root, rows in layer.items():
            for version in rows:
                if (root, version.pk) in seen:
                    continue
                seen.add((root, version.pk))
                found[root].versions |= near[version.pk].versions
                found[root].names |= near[version.pk].names
                following[root] += pinned[version.pk]
                following[root] += [copies[label] for label in near[version.pk].copied if label in copies]
        layer = {root: rows for root, rows in following.items() if rows}
    return found


def _since_approved(rows: list[Version]) -> dict[int, Sources]:
    """The version, the earlier ones back to the last approved one, and older texts brought back in them."""
    family: dict[int, dict[int, Version]] = defaultdict(dict)
    kin = Version.objects.filter(prompt__in={row.prompt_id for row in rows}).select_related("prompt")
    for one in kin.defer(*HEAVY):
        family[one.prompt_id][one.number] = one
    approved = set(approvals_of(one for told in family.values() for one in told.values()))
    spans, before = {}, {}
    for row in rows:
        older = [n for n, one in family[row.prompt_id].items() if n < row.number and one.pk in approved]
        spans[row.pk] = range(max(older, default=0) + 1, row.number + 1)
        before[row.pk] = family[row.prompt_id].get(max(older, default=0))
    former = former_names_of(family)
    names = {row.pk: [row.prompt.name, *former.get(row.prompt_id, [])] for row in rows}
    events = draft_events([(name, spans[row.pk]) for row in rows for name in names[row.pk]])
    found = {}
    for row in rows:
        found[row.pk] = _near(row, spans[row.pk], family[row.prompt_id], approved, events, names[row.pk])
        found[row.pk].before = before[row.pk]
    return found


def _near(
    row: Version,
    span: range,
    family: dict[int, Version],
    approved: set[int],
    events: DraftEvents,
    names: list[str],
) -> Sources:
    found = Sources()
    waiting = list(span) + [n for n, one in family.items() if row.digest and one.digest == row.digest]
    numbers: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in numbers:
            continue
        numbers.add(number)
        found.names |= {writer for name in names for writer in events.writers(name, number)}
        found.copied |= {label for name in names for label in events.copied(name, number)}
        origins = {origin for name in names for origin in events.origins(name, number)}
        waiting += [n for n in origins if n in family and family[n].pk not in approved]
    found.versions = {family[n].pk for n in numbers if n in family}
    return found


def _pinned(versions: Iterable[Version], before: dict[int, Version | None]) -> dict[int, list[Version]]:
    """The fragment versions that each version pins, and those since the one that was approved before it.

    A fragment may have been approved on its own in between; what it changes in this text is new all the same.
    """
    spans = {row.pk: list(_spans(row, before.get(row.pk))) for row in versions}
    names = {name for told in spans.values() for name, _ in told}
    if not names:
        return {key: [] for key in spans}
    rows = Version.objects.filter(prompt__name__in=names).select_related("prompt").defer(*HEAVY)
    by_pin = {(row.prompt.name, row.number): row for row in rows}
    return {
        key: [by_pin[name, n] for name, numbers in told for n in numbers if (name, n) in by_pin]
        for key, told in spans.items()
    }


def _spans(version: Version, before: Version | None) -> Iterable[tuple[str, range]]:
    """For each fragment the numbers that are new in this version; the pinned one where it did not move."""
    old = {pin["name"]: int(pin["version"]) for pin in before.fragments} if before else {}
    for pin in version.fragments:
        name, number = pin["name"], int(pin["version"])
        yield name, range(min(old.get(name, number - 1) + 1, number), number + 1)


def _labelled(labels: set[str]) -> dict[str, Version]:
    """Versions by their labels, also under a name that the prompt had before."""
    names = {label.rpartition("@")[0] for label in labels}
    if not names:
        return {}
    former = dict(FormerName.objects.filter(name__in=names).values_list("name", "prompt"))
    rows = Version.objects.filter(Q(prompt__name__in=names) | Q(prompt__in=set(former.values())))
    found: dict[str, Version] = {}
    for row in rows.select_related("prompt").defer(*HEAVY):
        before = [f"{name}@{row.number}" for name, key in former.items() if key == row.prompt_id]
        found |= {label: row for label in (label_of(row), *before) if label in labels}
    return found


def _written(keys: set[int]) -> dict[int, Authors]:
    """Who is written down as an author of each of these versions."""
    found: dict[int, Authors] = defaultdict(Authors)
    told = list(VersionAuthor.objects.filter(version__in=keys).values_list("version", "user", "name"))
    told += Version.objects.filter(pk__in=keys).values_list("pk", "author", "author_name")
    owners = _owners({name for *_, name in told})
    for version, user, name in told:
        found[version].users |= {key for key in (user, *owners.get(name, ())) if key is not None}
        found[version].names |= {name.casefold()} - {""}
    return found


def _owners(names: set[str]) -> dict[str, set[int]]:
    """Who made or ever owned the applications' keys among these names: handing a key over frees nobody."""
    found: dict[str, set[int]] = defaultdict(set)
    if names:
        past = ServiceAccount.history.filter(name__in=names)
        rows = list(past.values_list("name", "owner_id", "history_type", "history_user_id"))
        for name, owner, act, maker in rows:
            found[name] |= {key for key in (owner, maker if act == "+" else None) if key is not None}
    return found
