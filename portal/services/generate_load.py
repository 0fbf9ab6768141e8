"""Synthetic bulk data for measurements, in a database that holds nothing else.

Rows are written in bulk, beside the verbs that people use, but as those would leave them: frozen versions
with their canonical documents, a release with the gate's verdict under the policy ``synthetic``.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from portal.events import LOAD, LOAD_ENTRY, LOAD_GENERATED
from portal.synthetic_texts import text_of
from prompts.lifecycle.selectors import policy_for
from prompts.lifecycle.services.set_policy import set_synthetic_policy
from prompts.observability.models import Call
from prompts.registry.digests import canonical_document, digest_of
from prompts.registry.duplicates import Sketch, keep_sketches
from prompts.registry.models import Collection, Environment, Prompt, PromptTag, PromptText, Version
from prompts.registry.services.collections import create_collection
from prompts.releases.gates import ApprovalFact, GateFacts, judge
from prompts.releases.models import Release
from prompts.releases.selectors import gate_policy_for

MOST = {"prompts": 1_000_000, "versions": 100, "calls": 100_000_000, "entries": 10_000_000}
MODELS = ("small-model", "middle-model", "large-model")
SPREAD = timedelta(days=30)


def check_request(**counts: int) -> None:
    """Counts within bounds, and no real prompt anywhere; raises ``Unacceptable`` or ``Conflict``."""
    for name, count in counts.items():
        if not 0 <= count <= MOST[name] or (name == "versions" and count < 1):
            raise Unacceptable(f"--{name} goes up to {MOST[name]:,}.", field=name)
    real = Prompt.objects.exclude(collection__slug=LOAD).first()
    if real is not None:
        raise Conflict(f"This database holds real prompts, such as {real.name}; bulk data stays out of it.")


@verb
def open_collection(*, actor: Actor) -> Collection:
    """The collection ``load`` under the policy ``synthetic``, made if it is missing."""
    ConfigurationPolicy(actor).require("configure")
    collection = Collection.objects.filter(slug=LOAD).first()
    if collection is None:
        collection = create_collection(actor=actor, slug=LOAD, title="Synthetic load")
    set_synthetic_policy(actor=actor, collection=collection)
    return collection


@verb
def add_prompts(*, actor: Actor, collection: Collection, start: int, stop: int, versions: int) -> int:
    """Adds the missing prompts of these numbers, each with its last version released to production."""
    ConfigurationPolicy(actor).require("configure")
    names = {f"{LOAD}/p{number:06d}": number for number in range(start, stop)}
    there = set(Prompt.objects.filter(name__in=names).values_list("name", flat=True))
    missing = [(name, number) for name, number in names.items() if name not in there]
    if not missing:
        return 0
    now = timezone.now()
    tags = [f"group-{number % 20}" for _, number in missing]
    rows = [
        Prompt(collection=collection, name=name, purpose="Synthetic.", tags=[tag], created_by=actor.name)
        for (name, _), tag in zip(missing, tags, strict=True)
    ]
    prompts = bulk_create_with_history(rows, Prompt, batch_size=500, default_date=now)
    PromptTag.objects.bulk_create(
        [PromptTag(prompt=row, name=row.tags[0]) for row in prompts], batch_size=500
    )
    made = [
        frozen(actor, prompt, number, count, now)
        for prompt, (_, number) in zip(prompts, missing, strict=True)
        for count in range(1, versions + 1)
    ]
    Version.objects.bulk_create(made, batch_size=200)
    last = made[versions - 1 :: versions]
    PromptText.objects.bulk_create([indexed(version) for version in last], batch_size=500)
    keep_sketches([Sketch.of(version.prompt_id, version.text) for version in last])
    Release.objects.bulk_create(releases(actor, last, now), batch_size=200)
    payload = {
        "prompts": len(prompts),
        "versions": len(made),
        "first": prompts[0].name,
        "last": prompts[-1].name,
    }
    record(event=LOAD_GENERATED, actor=actor, subject_type="collection", subject=LOAD, payload=payload)
    return len(prompts)


def frozen(actor: Actor, prompt: Prompt, number: int, count: int, now: datetime) -> Version:
    """One frozen version, not yet written."""
    version = Version(
        prompt=prompt,
        number=count,
        messages=[{"role": "text", "content": text_of(number, count)}],
        change_note=f"Text {count}",
        author_name=actor.name,
        written_at=now,
        frozen_at=now,
    )
    document = canonical_document(version, kind=prompt.kind, fragments=[])
    version.canonical, version.digest = document.decode(), digest_of(document)
    return version


def indexed(version: Version) -> PromptText:
    """What is searched of a prompt."""
    prompt = version.prompt
    return PromptText(
        prompt=prompt, name=prompt.name, tags=prompt.tags[0], purpose=prompt.purpose, body=version.text
    )


def releases(actor: Actor, versions: list[Version], now: datetime) -> Iterator[Release]:
    """Live releases to production, each with the verdict of the gate's own rule on these facts."""
    production = Environment.objects.get(slug="production")
    policy, approval = gate_policy_for(versions[0].prompt, production), policy_for(versions[0].prompt)
    signed = ApprovalFact(
        approval.label if approval else "", (), datetime.max.replace(tzinfo=now.tzinfo), is_valid=True
    )
    for version in versions:
        facts = GateFacts(
            prompt=version.prompt.name,
            version=version.number,
            environment=production.slug,
            digest=version.digest,
            at=now,
            policy_id=policy.pk if policy else None,
            policy_version=policy.version if policy else 0,
            is_frozen_text=True,
            is_intact=True,
            requires_approval=policy is None or policy.requires_approval,
            approval=signed,
            suites=(),
            documentation=(),
            freeze=None,
            retirement=None,
        )
        yield Release(
            prompt=version.prompt,
            version=version,
            environment=production,
            released_by_name=actor.name,
            reason="Synthetic.",
            released_at=now,
            verdict=judge(facts).as_dict(),
        )


def add_calls(*, actor: Actor, count: int, start: int = 0) -> int:
    """Adds calls of the last thirty days, spread evenly over the released versions, with counted ids."""
    ConfigurationPolicy(actor).require("configure")
    live = Release.objects.filter(state=Release.State.LIVE, prompt__collection__slug=LOAD)
    targets = list(
        live.order_by("pk").values_list("prompt_id", "version_id", "prompt__name", "version__number")[:10_000]
    )
    if not targets:
        raise Unacceptable("There is no prompt to tell calls of; give --prompts too.", field="calls")
    now = timezone.now()
    with transaction.atomic():
        rows = (call(number, targets[number % len(targets)], now) for number in range(start, start + count))
        Call.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return count


def call(number: int, target: tuple[int, int, str, int], now: datetime) -> Call:
    """One synthetic call; every fiftieth failed."""
    prompt, version, name, version_number = target
    model = MODELS[number % len(MODELS)]
    values: dict[str, Any] = {"input_tokens": 100 + number % 50, "output_tokens": 150 + number % 70}
    return Call(
        trace_id=f"{number + 1:032x}",
        span_id=f"{number + 1:016x}",
        name="chat",
        provider="synthetic",
        request_model=model,
        response_model=model,
        cost=Decimal(number % 90 + 10) / 100_000,
        latency_ms=float(200 + number % 900),
        finish_reason="stop",
        started_at=now - SPREAD * ((number * 7919 % 1_000_003) / 1_000_003),
        prompt_id=prompt,
        version_id=version,
        prompt_name=name,
        version_number=version_number,
        environment="production",
        user=f"user-{number % 200}",
        error="synthetic failure" if number % 50 == 0 else "",
        account=LOAD,
        **values,
    )


@verb
def add_entries(*, actor: Actor, count: int) -> int:
    """Adds entries to the ledger, written one by one as every entry is."""
    ConfigurationPolicy(actor).require("configure")
    for number in range(count):
        record(
            event=LOAD_ENTRY,
            actor=actor,
            subject_type="load",
            subject=f"entry {number}",
            payload={"n": number},
        )
    return count
