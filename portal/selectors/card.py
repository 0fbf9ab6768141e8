"""What a prompt card says: everything about one version that an outsider asks, as of one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from audits.identity.actors import Actor
from audits.ledger.models import Checkpoint
from audits.ledger.selectors import newest_checkpoint
from portal.selectors.policy_rows import Words
from prompts.evaluations.selectors import evidence_of
from prompts.lifecycle.models import ApprovalPolicy, DocumentationSignature, SignOff
from prompts.lifecycle.policies import DocumentationPolicy
from prompts.lifecycle.selectors import approvals_of, policy_for, signed_documentation
from prompts.observability.models import Call
from prompts.registry.documentation import SECTIONS, Standard, completeness, documentation_digest
from prompts.registry.models import Prompt, Version
from prompts.registry.selectors import documentation_of, sections_of, standard_of
from prompts.releases.models import Release
from prompts.releases.selectors import state_of

USE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its field, title and text, and what is wrong with it by the standard."""

    name: str
    title: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one version (None: the prompt has none yet), for one reader."""

    prompt: Prompt
    version: Version | None
    state: Any
    stewards: list[str]
    live: list[Release]
    parts: list[Part]
    standard: Standard
    digest: str
    policy: ApprovalPolicy | None
    demands: str
    approval: Any
    signs: list[SignOff]
    documentation: Any
    signed_by_reader: bool
    why_not_sign: str
    evidence: list[dict[str, Any]]
    use: list[Any]
    at: datetime
    checkpoint: Checkpoint | None

    @property
    def missing(self) -> list[Part]:
        """The sections below the standard."""
        return [part for part in self.parts if part.why]


def card_of(actor: Actor, prompt: Prompt, version: Version | None) -> Card:
    """Reads it all; the number of queries does not grow with versions, signatures or calls."""
    standard, policy = standard_of(prompt), policy_for(prompt)
    live = Release.objects.filter(prompt=prompt, state="live").select_related("version", "environment")
    at = timezone.now()
    calls = Call.objects.filter(prompt=prompt, started_at__gte=at - timedelta(days=USE_DAYS)).order_by()
    signed = signed_documentation(version) if version else None
    digest = documentation_digest(documentation_of(prompt))
    return Card(
        prompt=prompt,
        version=version,
        state=state_of([prompt.pk]).get(prompt.pk),
        stewards=[str(row.user) for row in prompt.stewards.select_related("user")],
        live=list(live.order_by("environment__rank")),
        parts=_parts(prompt, standard),
        standard=standard,
        digest=digest,
        policy=policy,
        demands=Words([policy.demands]).of(policy.demands) if policy else "",
        approval=approvals_of([version]).get(version.pk) if version else None,
        signs=list(
            SignOff.objects.filter(version=version).select_related("request").order_by("signed_at", "pk")
        )
        if version
        else [],
        documentation=signed,
        signed_by_reader=bool(version)
        and DocumentationSignature.objects.filter(
            version=version, signer=actor.user, documentation_digest=digest
        ).exists(),
        why_not_sign=DocumentationPolicy(actor).why_not("sign", version)
        if version
        else "There is no text yet.",
        evidence=_evidence(version) if version and version.is_frozen else [],
        use=list(calls.values("environment", "account").annotate(calls=Count("pk")).order_by("-calls")[:12]),
        at=at,
        checkpoint=newest_checkpoint(),
    )


def _evidence(version: Version) -> list[dict[str, Any]]:
    """The newest run of each suite, with its end as a moment."""
    return [
        {**run, "finished": datetime.fromisoformat(run["finished_at"]) if run["finished_at"] else None}
        for run in evidence_of(version)
    ]


def _parts(prompt: Prompt, standard: Standard) -> list[Part]:
    values = sections_of(prompt)
    wrong = {name: why for name, _, why in completeness(standard, values).missing}
    if prompt.owner:
        values["owner"] = f"{prompt.owner} ({prompt.owner.username})"
    return [Part(name, words, values[name], wrong.get(name, "")) for name, words in SECTIONS.items()]


def version_to_show(prompt: Prompt) -> Version | None:
    """What is live in the highest environment, else the newest frozen version, else the newest draft."""
    live = Release.objects.filter(prompt=prompt, state="live").select_related("version")
    release = live.order_by("-environment__rank").first()
    frozen = None if release else prompt.versions.frozen().order_by("-number").first()
    version = release.version if release else frozen or prompt.versions.order_by("-number").first()
    if version is not None:
        version.prompt = prompt
    return version
