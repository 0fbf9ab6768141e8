"""Who uses a fragment, as its page, the editor and the page of proposals show it."""

from dataclasses import dataclass, field

from django.db.models import Max

from audits.identity.actors import Actor
from audits.identity.roles import WRITERS
from prompts.registry.live_versions import served_at
from prompts.registry.models import FragmentUse, Prompt, Version
from prompts.registry.selectors import newest_version
from prompts.registry.uses import uses_of
from prompts.releases.models import Release
from prompts.releases.selectors import ended

SHOWN = 200


@dataclass(slots=True)
class Using:
    """One version that includes the fragment; ``places`` are the environments where it is live."""

    use: FragmentUse
    is_newest: bool
    places: list[str]

    @property
    def version(self) -> Version:
        """The version."""
        return self.use.version


@dataclass(slots=True)
class User:
    """A prompt that uses the fragment, with its versions that count, newest first."""

    prompt: Prompt
    versions: list[Using] = field(default_factory=list)

    @property
    def newest(self) -> Using:
        """The version with the highest number among those that use it."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Users:
    """The users in the order of their names; ``more`` tells that there are others than these."""

    rows: list[User]
    more: bool

    @property
    def live(self) -> int:
        """How many of them are live somewhere."""
        return sum(any(each.places for each in row.versions) for row in self.rows)


def users_of(actor: Actor, fragment: Prompt, shown: int = SHOWN) -> Users:
    """What the actor may see of the fragment's users: three queries, however many there are."""
    uses = list(uses_of(actor, fragment.name).exclude(version__prompt=fragment)[: shown + 1])
    keys = {use.version_id for use in uses[:shown]}
    rows = Release.objects.filter(version__in=keys, state=Release.State.LIVE).order_by("environment__rank")
    places: dict[int, list[str]] = {}
    for version, slug in rows.values_list("version", "environment__slug"):
        places.setdefault(version, []).append(slug)
    prompts = {use.version.prompt_id for use in uses[:shown]}
    newest = _newest(prompts)
    found: dict[int, User] = {}
    for use in uses[:shown]:
        user = found.setdefault(use.version.prompt_id, User(use.version.prompt))
        is_newest = newest.get(use.version.prompt_id) == use.version.number
        user.versions.append(Using(use, is_newest, places.get(use.version_id, [])))
    return Users(list(found.values()), len(uses) > shown)


def _newest(prompts: set[int]) -> dict[int, int]:
    rows = Version.objects.filter(prompt__in=prompts).order_by().values_list("prompt")
    return dict(rows.annotate(newest=Max("number")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user of the fragment, and why no version of it can be proposed (empty: it can)."""

    user: User
    why_not: str

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.user.prompt


def candidates(actor: Actor, fragment: Prompt) -> tuple[Version | None, list[Candidate]]:
    """The fragment's newest frozen version, and every user that does not have it yet."""
    newest = newest_version(fragment, frozen=True)
    if newest is None:
        return None, []
    everyone = users_of(actor, fragment).rows
    served = _served(fragment, everyone)
    users = [row for row in everyone if _is_behind(row, newest, served)]
    keys = [row.prompt.pk for row in users]
    retired = set(ended().filter(prompt__in=keys).values_list("prompt", flat=True))
    writable = set(Prompt.objects.filter(pk__in=keys).with_right(actor, "write").values_list("pk", flat=True))
    told = [Candidate(row, _why_not(actor, row, retired, writable)) for row in users]
    return newest, told


def _served(fragment: Prompt, users: list[User]) -> dict[str, int]:
    """The number that is served by environment, of those environments that the users name."""
    labels = {each.use.label for user in users for each in user.versions if each.use.label}
    keys = served_at({(fragment.name, label) for label in labels})
    numbers = dict(Version.objects.filter(pk__in=keys.values()).values_list("pk", "number")) if keys else {}
    return {label: numbers[key] for (_, label), key in keys.items()}


def _is_behind(user: User, newest: Version, served: dict[str, int]) -> bool:
    """One of its versions pins another version of the fragment than it would get now, or it has a draft."""
    uses = [each.use for each in user.versions]
    return any(
        use.number is None
        or (use.number != served.get(use.label, use.number) if use.label else use.number < newest.number)
        for use in uses
    )


def _why_not(actor: Actor, user: User, retired: set[int], writable: set[int]) -> str:
    using = user.newest
    if not using.is_newest:
        return "Its newest version no longer includes the fragment."
    if not using.version.is_frozen:
        does = "change it there" if using.use.number else "it takes the newest version when it is frozen"
        if using.use.label:
            does = f"it takes what is served in {using.use.label} when it is frozen"
        return f"Version {using.version.number} is a draft already: {does}."
    if user.prompt.pk in retired:
        return "It is retired."
    if not using.use.is_direct:
        return "It includes the fragment through another one: propose that one first."
    if user.prompt.pk not in writable or not actor.has_role(*WRITERS):
        return "You may not write it."
    return ""
