"""Which prompt answers where somebody asks for a base in some dimensions."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.registry.family import answering
from prompts.registry.models import Prompt, Variant
from prompts.releases.models import Release
from prompts.serving.selectors.hot import Served, live_under
from prompts.serving.selectors.reach import LATEST, find, nothing, reach_of


@dataclass(frozen=True, slots=True)
class Answering:
    """What is served, and what the variant is for (empty: the base itself answers)."""

    found: Served
    dimensions: Mapping[str, str]


def find_in_family(actor: Actor, name: str, asked: Mapping[str, str], label: str) -> Answering:
    """The most special variant that is live under the label, else the base; raises ``NotThere``.

    Only what is live under the label counts, so a variant that is being written, or was retired, leaves the
    answer to the more general one. A frozen variant does not: it was stopped, and ``frozen`` is the answer,
    unless a safe version was named.
    """
    base = Prompt.objects.visible_to(actor).filter(name=name).first()
    if base is None:
        raise nothing(name)
    rows = Variant.objects.filter(
        base=base, prompt__in=Prompt.objects.visible_to(actor).in_use().values("pk")
    )
    if label != LATEST:
        live = Release.objects.filter(
            prompt=OuterRef("prompt"), environment__slug=label, state=Release.State.LIVE
        )
        rows = rows.filter(Exists(live))
    variants = list(rows.select_related("prompt"))
    known = {row.prompt_id: row.dimensions for row in variants}
    reach = reach_of(actor)
    for prompt in answering(asked, base, variants):
        found = live_under(prompt.name, label, reach.environments) if label != LATEST else None
        try:
            return Answering(found or find(actor, prompt.name, label=label), known.get(prompt.pk, {}))
        except NotThere as reason:
            if prompt.pk == base.pk or reason.code == "frozen":
                raise
    raise nothing(name)
