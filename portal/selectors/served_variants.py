"""Variants that go on being served when their base is stopped."""

from audits.identity.actors import Actor
from prompts.registry.family import variants_of
from prompts.registry.models import Prompt
from prompts.releases.models import Freeze, Release
from prompts.releases.selectors import ended


def served_variants(actor: Actor, base: Prompt) -> list[Prompt]:
    """The variants with something live that are neither frozen nor retired, as far as the actor may see
    them; one query.
    """
    live = Release.objects.filter(state=Release.State.LIVE).values("prompt")
    frozen = Freeze.objects.filter(lifted_at__isnull=True).values("prompt")
    rows = variants_of(actor, base).filter(prompt__in=live)
    rows = rows.exclude(prompt__in=frozen).exclude(prompt__in=ended().values("prompt"))
    return [row.prompt for row in rows]
