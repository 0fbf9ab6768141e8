"""The tab of variants: for a base all of them and who would answer; for a variant its place and its diff."""

from typing import Any

from audits.identity.actors import Actor
from portal.selectors.diff_parts import Side, changed_lines, parts_between
from prompts.registry.family import answering, compared_of, drift_of, family_of, variants_of
from prompts.registry.models import Dimension, Environment, Prompt, Variant
from prompts.registry.selectors import newest_version
from prompts.registry.variants import written
from prompts.releases.models import Freeze
from prompts.releases.selectors import live_releases, state_of


def variants_tab(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """What the tab shows: a variant is told from its base, every other prompt may be one."""
    row = Variant.objects.filter(prompt=prompt).select_related("base").first()
    return _of_variant(actor, row) if row is not None else _of_base(actor, prompt, values)


def _of_variant(actor: Actor, row: Variant) -> dict[str, Any]:
    """The difference to the base by newest texts; a base that the reader may not see is not told."""
    base = Prompt.objects.visible_to(actor).filter(pk=row.base_id).first()
    if base is None:
        return {"variant": row, "base": None}
    compared = compared_of([base, row.prompt])
    old, new = newest_version(base), newest_version(row.prompt)
    parts = parts_between(Side.of_version(old), Side.of_version(new)) if old and new else None
    return {
        "variant": row,
        "base": base,
        "written": written(row.dimensions),
        "old": old,
        "new": new,
        "parts": parts,
        "lines": changed_lines(parts),
        "drift": drift_of([row]).get(row.prompt_id, []),
        "compared": (compared.get(base.pk), compared.get(row.prompt_id)),
    }


def _of_base(actor: Actor, prompt: Prompt, values: Any) -> dict[str, Any]:
    family = family_of(actor, prompt)
    keys = [member.variant.prompt_id for member in family.members]
    states, live = state_of(keys), live_releases(keys)
    dimensions = list(Dimension.objects.order_by("rank"))
    return {
        "variant": None,
        "rows": [
            (member, states.get(member.variant.prompt_id), live.get(member.variant.prompt_id, []))
            for member in family.members
        ],
        "compared": family.compared,
        "clauses": family.clauses,
        "clauses_text": "\n\n".join("\n".join(wordings) for wordings in family.clauses),
        "dimensions": [(row, _chosen(values, row)) for row in dimensions],
        "tried": _tried(actor, prompt, dimensions, values),
    }


def _chosen(values: Any, dimension: Dimension) -> str:
    value = str(values.get(f"d-{dimension.slug}", ""))
    return value if value in dimension.values else ""


def _tried(actor: Actor, base: Prompt, dimensions: list[Dimension], values: Any) -> dict[str, Any] | None:
    """Who answers for the chosen values in the highest environment where the base is live, and who is asked
    before; in the highest of all where the base is live nowhere.
    """
    asked = {row.slug: value for row in dimensions if (value := _chosen(values, row))}
    if not asked:
        return None
    candidates = answering(asked, base, list(variants_of(actor, base)))
    keys = [prompt.pk for prompt in candidates]
    live = live_releases(keys)
    frozen = set(
        Freeze.objects.filter(prompt__in=keys, lifted_at__isnull=True).values_list("prompt", flat=True)
    )
    own = live.get(base.pk, [])
    place = own[-1].environment if own else Environment.objects.order_by("-rank").first()
    steps, answer = [], None
    for prompt in candidates:
        release = next((row for row in live.get(prompt.pk, []) if row.environment == place), None)
        if answer is None and release is not None:
            answer = prompt
        steps.append((prompt, release, prompt.pk in frozen, prompt is answer))
    return {"asked": written(asked), "steps": steps, "answer": answer, "place": place}
