"""Take on texts that ran before the portal was there: one person proposes, another one confirms."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, GovernedError, NotThere, Refused, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.selectors import label_of
from prompts.registry.services.freeze import freeze_version
from prompts.releases.errors import PromptFrozen, PromptRetired, shut
from prompts.releases.events import ADOPTION_PROPOSED, ADOPTION_REFUSED, RELEASE_INHERITED
from prompts.releases.gates import Verdict
from prompts.releases.models import AdoptedText, Adoption, Release
from prompts.releases.moments import in_time
from prompts.releases.policies import AdoptionPolicy
from prompts.releases.selectors import live_release, text_is_intact, verdict_of
from prompts.releases.services.common import locked_prompt, place, told
from prompts.releases.services.release import note, put_live

LONGEST = timedelta(days=180)
MOST = 1000
STATE = Adoption.State


@verb
def propose_adoption(
    *,
    actor: Actor,
    prompt_ids: Iterable[int],
    environment: Environment | str,
    reason: str,
    recertify_by: datetime,
) -> tuple[Adoption, list[tuple[str, str]]]:
    """Proposes to take on the newest text of each prompt; gives the rest as (name, why it is left out).

    Drafts are frozen by this, so that the second person confirms exactly these digests. Left out are prompts
    that were ever released in the environment or submitted for approval, and texts that cannot be frozen.
    ``recertify_by`` is at most 180 days ahead. Raises ``Unacceptable`` where nothing is left; then nothing
    was frozen either.
    """
    where, now = place(environment), timezone.now()
    due = in_time(recertify_by, now, LONGEST)
    reason = told(reason)
    keys = sorted(set(prompt_ids))
    if not keys or len(keys) > MOST:
        raise Unacceptable(f"Choose prompts, at most {MOST} at once.", field="prompt")
    if actor.user is None:
        raise Refused("A steward proposes what is taken on.")
    chosen = list(Prompt.objects.visible_to(actor).filter(pk__in=keys).order_by("pk"))
    for prompt in chosen:
        AdoptionPolicy(actor).require("propose", prompt)
    texts, left_out = _texts(actor, chosen, where)
    if not texts:
        why = f" {left_out[0][0]}: {left_out[0][1]}" if left_out else ""
        raise Unacceptable(f"None of these can be taken on.{why}", field="prompt")
    adoption = Adoption.objects.create(
        environment=where, reason=reason, recertify_by=due, proposed_by=actor.user, proposed_at=now
    )
    AdoptedText.objects.bulk_create(
        AdoptedText(adoption=adoption, prompt=version.prompt, version=version, digest=version.digest)
        for version in texts
    )
    _record(actor, adoption, texts)
    return adoption, left_out


def _texts(
    actor: Actor, chosen: Sequence[Prompt], where: Environment
) -> tuple[list[Version], list[tuple[str, str]]]:
    texts, left_out = [], []
    for prompt in chosen:
        try:
            with transaction.atomic():
                texts.append(_text(actor, prompt, where))
        except GovernedError as error:
            left_out.append((prompt.name, error.message))
    return texts, left_out


def _text(actor: Actor, prompt: Prompt, where: Environment) -> Version:
    """The newest version of the prompt, frozen."""
    prompt = locked_prompt(actor, prompt.pk)
    _require_inheritable(prompt, where)
    waiting = AdoptedText.objects.filter(
        prompt=prompt, adoption__environment=where, adoption__state=STATE.OPEN
    )
    if waiting.exists():
        raise Conflict("It waits for a second person already.")
    version = prompt.versions.order_by("-number").first()
    if version is None:
        raise Conflict("It has no text.")
    if not version.is_frozen:
        version = freeze_version(actor=actor, version_id=version.pk)
    version.prompt = prompt
    _passable(version, where)
    return version


def _record(actor: Actor, adoption: Adoption, texts: Sequence[Version]) -> None:
    payload = {
        "adoption": adoption.pk,
        "environment": adoption.environment.slug,
        "recertify_by": adoption.recertify_by.isoformat(),
        "texts": [{"version": label_of(version), "digest": version.digest} for version in texts],
    }
    record(
        event=ADOPTION_PROPOSED,
        actor=actor,
        subject_type="adoption",
        subject=str(adoption),
        reason=adoption.reason,
        payload=payload,
    )


@verb
def confirm_adoption(*, actor: Actor, adoption_id: int) -> tuple[list[Release], list[tuple[str, str]]]:
    """The second person says yes: each text is live at once, as inherited; gives the rest as (name, why not).

    A text is left out where something else was released meanwhile, or the prompt was frozen or retired.
    """
    adoption = _open(adoption_id)
    AdoptionPolicy(actor).require("confirm", adoption)
    proposer = AdoptionPolicy(Actor.for_user(adoption.proposed_by))
    if any(proposer.why_not("propose", text.prompt) for text in adoption.texts.select_related("prompt")):
        raise Conflict("Whoever proposed it is no longer here, or may no longer; refuse it.")
    if adoption.recertify_by <= timezone.now():
        raise Conflict("The date to recertify has passed; refuse it and propose it anew.")
    made, left_out = [], []
    rows = adoption.texts.select_related("version__prompt", "prompt").order_by("prompt")
    for text in rows:
        try:
            with transaction.atomic():
                text.release = _take_on(actor, adoption, text)
        except GovernedError as error:
            text.outcome = error.message[:500]
            left_out.append((text.prompt.name, error.message))
        else:
            made.append(text.release)
        text.save(update_fields=["release", "outcome"])
    _decide(actor, adoption, STATE.CONFIRMED, "")
    return made, left_out


@verb
def refuse_adoption(*, actor: Actor, adoption_id: int, reason: str) -> Adoption:
    """Says no; whoever proposed it takes it back by this. The frozen texts stay, and nothing is served."""
    adoption = _open(adoption_id)
    AdoptionPolicy(actor).require("refuse", adoption)
    _decide(actor, adoption, STATE.REFUSED, told(reason))
    record(
        event=ADOPTION_REFUSED,
        actor=actor,
        subject_type="adoption",
        subject=str(adoption),
        reason=adoption.decision_reason,
        payload={"proposed_by": adoption.proposed_by.username, "texts": adoption.texts.count()},
    )
    return adoption


def _take_on(actor: Actor, adoption: Adoption, text: AdoptedText) -> Release:
    prompt, where, version = locked_prompt(actor, text.prompt_id), adoption.environment, text.version
    version.prompt = prompt
    _require_inheritable(prompt, where)
    if version.digest != text.digest or not text_is_intact(version):
        raise Conflict("The stored text is not the one that was proposed.")
    verdict = _passable(version, where)
    release = put_live(
        actor,
        version,
        where,
        adoption.reason,
        before=None,
        verdict=verdict,
        columns={"inherited": True, "recertify_by": adoption.recertify_by},
    )
    more = {
        "adoption": adoption.pk,
        "proposed_by": adoption.proposed_by.username,
        "recertify_by": adoption.recertify_by.isoformat(),
        "missing": [check.code for check in verdict.failed],
    }
    note(actor, RELEASE_INHERITED, release, None, verdict, more)
    return release


def _passable(version: Version, where: Environment) -> Verdict:
    """The verdict, whatever it says of approval and evidence; a freeze and an end stand against it."""
    verdict = verdict_of(version, where)
    if {"not_frozen", "not_retired"} & {check.code for check in verdict.failed}:
        error = shut(verdict)
        if isinstance(error, PromptFrozen | PromptRetired):
            raise error
    return verdict


def _require_inheritable(prompt: Prompt, where: Environment) -> None:
    """Only what ran before the portal was there is inherited; nothing comes in past the desk by it.

    Neither an emergency that is over, nor a text that the desk was asked about and did not let through, nor
    the next version of an inherited one.
    """
    live = live_release(prompt, where)
    if live is not None:
        raise Conflict(f"Version {live.version.number} is live in {where.slug} already.")
    if Release.objects.filter(prompt=prompt, environment=where).exists():
        raise Conflict(f"It was released to {where.slug} by this portal before: it passes the gate now.")
    if ApprovalRequest.objects.filter(prompt=prompt).exists():
        raise Conflict("It was submitted for approval: it passes the desk and the gate now.")


def _open(adoption_id: int) -> Adoption:
    rows = Adoption.objects.select_related("environment", "proposed_by", "decided_by")
    adoption = rows.select_for_update(of=("self",)).filter(pk=adoption_id).first()
    if adoption is None:
        raise NotThere("There is no such proposal.")
    if adoption.state != STATE.OPEN:
        raise Conflict(f"{adoption.decided_by} has {adoption.get_state_display().lower()} it already.")
    return adoption


def _decide(actor: Actor, adoption: Adoption, state: Adoption.State, reason: str) -> None:
    adoption.state, adoption.decision_reason = state, reason
    adoption.decided_by, adoption.decided_at = actor.user, timezone.now()
    adoption.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])
