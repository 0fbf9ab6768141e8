"""Policies as pages show them: in plain words, with what waits and whom a change touches."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.identity.actors import Actor
from audits.identity.models import RequiredForm, User
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.models import ApprovalPolicy, PolicyProposal
from prompts.lifecycle.selectors.impact import Impact, impact_of
from prompts.lifecycle.services.propose_policy import why_not_confirm
from prompts.lifecycle.wording import Difference, differences, in_words
from prompts.registry.models import Version
from prompts.releases.models import Release


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in words; ``waits`` is the proposal that waits for it."""

    policy: ApprovalPolicy
    words: str
    waits: PolicyProposal | None


@dataclass(frozen=True, slots=True)
class ProposalCase:
    """A proposal with everything that a decision needs. ``live``: releases whose approval ends."""

    row: PolicyProposal
    words: str
    before: str
    changes: list[Difference]
    impact: Impact
    live: list["LiveVersion"]
    why_not: str
    mine: bool


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version and the environments in which it is live."""

    version: Version
    environments: list[str]


class Words:
    """Says demands in words, with printed names of people and titles of forms: two queries in all."""

    def __init__(self, asked: Iterable[Demands]) -> None:
        rows = list(asked)
        names = {name for told in rows for seat in told.seats for name in seat.people}
        forms = {name for told in rows for name in told.forms}
        self.names = dict(User.objects.filter(username__in=names).values_list("username", "full_name"))
        self.forms = dict(RequiredForm.objects.filter(slug__in=forms).values_list("slug", "title"))

    def of(self, asked: Demands) -> str:
        """The sentences."""
        return in_words(asked, self.names, self.forms)

    def between(self, before: Demands | None, after: Demands) -> list[Difference]:
        """What the second asks otherwise than the first."""
        return differences(before, after, self.names, self.forms)


def policy_rows() -> list[PolicyRow]:
    """All policies, general ones first."""
    rows = list(
        ApprovalPolicy.objects.select_related("collection").order_by("collection__slug", "risk_tier", "name")
    )
    rows.sort(key=lambda row: (row.is_synthetic, row.collection_id is not None))
    waiting = {row.name: row for row in PolicyProposal.objects.filter(state="open")}
    words = Words(row.demands for row in rows)
    return [PolicyRow(row, words.of(row.demands), waiting.get(row.name)) for row in rows]


def proposal_case(actor: Actor, row: PolicyProposal) -> ProposalCase:
    """What it would alter, for whom; of prompts, only what this reader may see is named."""
    is_open = row.state == PolicyProposal.State.OPEN
    before = row.policy.demands if is_open and row.policy and row.base_version else None
    words = Words([row.demands, *([before] if before else [])])
    changes = words.between(before, row.demands)
    if is_open and row.policy and row.policy.place != row.as_policy.place:
        changes.insert(0, Difference("Covers", row.policy.place, row.as_policy.place))
    impact = impact_of(actor, row.as_policy) if is_open else Impact([], [], 0, True)
    return ProposalCase(
        row=row,
        words=words.of(row.demands),
        before=words.of(before) if before else "",
        changes=changes,
        impact=impact,
        live=_live([touched.version for touched in impact.lost]),
        why_not=why_not_confirm(actor, row),
        mine=row.proposed_by == actor.name,
    )


def _live(versions: list[Version]) -> list[LiveVersion]:
    """Those of these versions that are live somewhere."""
    rows = Release.objects.filter(state="live", version__in=[version.pk for version in versions])
    where: dict[int, list[str]] = {}
    for version, slug in rows.order_by("environment__rank").values_list("version", "environment__slug"):
        where.setdefault(version, []).append(slug)
    return [LiveVersion(version, where[version.pk]) for version in versions if version.pk in where]
