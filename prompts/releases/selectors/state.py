"""The states of many prompts, in a number of queries that does not grow with them."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import approvals_of
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors.standing import ended
from prompts.releases.states import PromptState, VersionFacts, prompt_state, version_word

HEAVY = ("canonical", "messages", "variables", "config", "tools", "output_schema", "fragments")


def state_of(prompt_ids: Iterable[int]) -> dict[int, PromptState]:
    """The state of each prompt by its key."""
    keys = list(prompt_ids)
    newest = {version.prompt_id: version for version in _newest(keys)}
    facts = _facts(newest.values())
    live = _highest_live(keys)
    freezes = set(
        Freeze.objects.filter(prompt__in=keys, lifted_at__isnull=True).values_list("prompt", flat=True)
    )
    retired = set(ended().filter(prompt__in=keys).values_list("prompt", flat=True))
    return {
        key: prompt_state(
            newest=facts.get(newest[key].pk) if key in newest else None,
            live=live[key][0] if key in live else None,
            is_inherited=key in live and live[key][1],
            is_frozen=key in freezes,
            is_retired=key in retired,
        )
        for key in keys
    }


def version_states(prompt: Prompt) -> dict[int, str]:
    """The word for each version of a prompt, by version key."""
    rows = Version.objects.filter(prompt=prompt).select_related("prompt").defer(*HEAVY)
    return {key: version_word(facts) for key, facts in _facts(rows).items()}


def _newest(prompt_ids: list[int]) -> list[Version]:
    last = Version.objects.filter(prompt=OuterRef("prompt")).order_by("-number").values("number")[:1]
    rows = Version.objects.filter(prompt__in=prompt_ids, number=Subquery(last))
    return list(rows.select_related("prompt").defer(*HEAVY))


def _facts(versions: Iterable[Version]) -> dict[int, VersionFacts]:
    rows = {version.pk: version for version in versions}
    released = Release.objects.filter(version__in=rows).values_list("version", "state")
    states: dict[int, set[str]] = {}
    for key, state in released:
        states.setdefault(key, set()).add(state)
    waiting = ApprovalRequest.objects.filter(version__in=rows, state="open").values_list("version", flat=True)
    opened = set(waiting)
    now = timezone.now()
    approved = {key for key, told in approvals_of(rows.values()).items() if told.is_valid(now)}
    return {
        key: VersionFacts(
            number=version.number,
            is_live=Release.State.LIVE in states.get(key, set()),
            was_live=key in states,
            is_approved=key in approved,
            is_open=key in opened,
        )
        for key, version in rows.items()
    }


def _highest_live(prompt_ids: list[int]) -> dict[int, tuple[int, bool]]:
    """The version that is live in the highest environment, and whether it is inherited, by prompt key."""
    rows = Release.objects.filter(prompt__in=prompt_ids, state=Release.State.LIVE)
    ordered = rows.order_by("environment__rank").values_list("prompt", "version__number", "inherited")
    return {prompt: (number, inherited) for prompt, number, inherited in ordered}
