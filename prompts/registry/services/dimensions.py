"""Declare the dimensions by which variants differ."""

from collections.abc import Sequence

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.events import DIMENSION_SET
from prompts.registry.models import Dimension, Variant
from prompts.registry.texts import check_text
from prompts.registry.variants import SLUG, check_values


@verb
def set_dimension(
    *, actor: Actor, slug: str, title: str, values: Sequence[str], rank: int | None = None
) -> Dimension:
    """Creates or changes a dimension; the same again changes nothing. ``rank`` is next to last unless told.

    Values that a variant has, and the place of a dimension that variants have, stay: moving them would
    change what is served. Raises ``Unacceptable`` naming the field, ``Conflict``, ``Refused``.
    """
    ConfigurationPolicy(actor).require("configure")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise Unacceptable("A dimension's name has small letters, digits, _ and -, at most 30.", field="slug")
    check_text(title, "title", longest=80, required=True)
    wanted = check_values(list(values))
    row = Dimension.objects.select_for_update().filter(slug=slug).first()
    place = _place(rank, row)
    before = {"title": row.title, "rank": row.rank, "values": row.values} if row else None
    after = {"title": title, "rank": place, "values": wanted}
    if before == after and row is not None:
        return row
    if row is not None:
        _require_free(row, wanted, place)
    row = row or Dimension(slug=slug)
    row.title, row.rank, row.values = title, place, wanted
    row.save()
    record(
        event=DIMENSION_SET,
        actor=actor,
        subject_type="dimension",
        subject=slug,
        payload={**after, "before": before},
    )
    return row


def _place(rank: int | None, row: Dimension | None) -> int:
    if rank is None:
        last = Dimension.objects.order_by("-rank").values_list("rank", flat=True).first()
        return row.rank if row else (last or 0) + 1
    if not isinstance(rank, int) or not 0 < rank < 1000:
        raise Unacceptable("rank is a number from 1 to 999.", field="rank")
    if Dimension.objects.filter(rank=rank).exclude(slug=row.slug if row else "").exists():
        raise Conflict(f"There is a dimension of rank {rank} already.", field="rank")
    return rank


def _require_free(row: Dimension, values: list[str], rank: int) -> None:
    used = {
        told[row.slug] for told in Variant.objects.values_list("dimensions", flat=True) if row.slug in told
    }
    if gone := sorted(used - set(values)):
        raise Conflict(f"There are variants for {row.slug}={gone[0]}: the value stays.", field="values")
    if used and rank != row.rank:
        raise Conflict(f"There are variants by {row.slug}: its place stays.", field="rank")
