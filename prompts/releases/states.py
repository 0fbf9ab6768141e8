"""The one word for where a version or a prompt stands. Pure."""

from dataclasses import dataclass

DRAFT, AWAITING, APPROVED = "draft", "awaiting approval", "approved"
RELEASED, SUPERSEDED, RETIRED, FROZEN = "released", "superseded", "retired", "frozen"
INHERITED = "inherited"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is on its way beside the version that the first word is about."""

    state: str
    version: int


@dataclass(frozen=True, slots=True)
class PromptState:
    """``state`` is about ``version`` (None: of a retired prompt or one without versions)."""

    state: str
    version: int | None
    under_way: UnderWay | None = None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What decides a version's word."""

    number: int
    is_live: bool = False
    was_live: bool = False
    is_approved: bool = False
    is_open: bool = False


def version_word(facts: VersionFacts) -> str:
    """Live before asked about before approved before once live; all else is on its author's desk."""
    if facts.is_live:
        return RELEASED
    if facts.is_open:
        return AWAITING
    if facts.was_live:
        return SUPERSEDED
    return APPROVED if facts.is_approved else DRAFT


def prompt_state(
    *,
    newest: VersionFacts | None,
    live: int | None,
    is_frozen: bool,
    is_retired: bool,
    is_inherited: bool = False,
) -> PromptState:
    """``live`` is the version in the highest environment, inherited or not; a newer version shows beside
    it.
    """
    if newest is None:
        return PromptState(RETIRED if is_retired else FROZEN if is_frozen else DRAFT, None)
    if is_retired:
        return PromptState(RETIRED, live)
    if live is None and not is_frozen:
        return PromptState(version_word(newest), newest.number)
    under_way = None
    if newest.number != live and version_word(newest) in {DRAFT, AWAITING, APPROVED, RELEASED}:
        under_way = UnderWay(version_word(newest), newest.number)
    state = INHERITED if is_inherited else RELEASED
    return PromptState(FROZEN if is_frozen else state, live, under_way)
