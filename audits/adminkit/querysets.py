"""The queryset of recorded tables: what is written many rows at a time is noted as well."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import connection, models, transaction

from audits.adminkit.bulk import update_row
from audits.adminkit.noting import NOTED, note
from audits.adminkit.recorded import table_of

PIECE = 500


class RecordedQuerySet(models.QuerySet[Any]):
    """Notes the keys of what it writes. Deleting goes row by row, with a signal for each (noting.py)."""

    def update(self, **kwargs: Any) -> int:
        table = table_of(self.model)
        if table is None or not table.concerns(kwargs):
            return super().update(**kwargs)
        changed = 0
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            keys = self._locked()
            for start in range(0, len(keys), PIECE):
                piece = keys[start : start + PIECE]
                found = models.QuerySet.update(self.filter(pk__in=piece), **kwargs)
                if found:
                    note(table, piece)
                changed += found
        return changed

    def _locked(self) -> list[Any]:
        """The keys of the rows, which nobody else can write now: only such rows may be noted."""
        rows = self.model._base_manager.filter(pk__in=self.order_by().values("pk"))
        return list(rows.select_for_update().values_list("pk", flat=True))

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        table = table_of(self.model)
        if table is None:
            return super().bulk_create(objs, *args, **kwargs)
        if kwargs.get("ignore_conflicts") or kwargs.get("update_conflicts"):
            raise TypeError(f"{table.name} is recorded: say which rows are new, so that they can be noted.")
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            if made:
                note(table, [row.pk for row in made])
        return made


class Recorded(models.Model):
    """The base of models whose rows are recorded."""

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def _do_update(  # type: ignore[override]  # the stubs are those of the next release
        self, base_qs: Any, using: str, pk_val: Any, values: Any, update_fields: Any, forced_update: bool
    ) -> bool:
        """What ``save`` does to a row that is there: here the statement gives the row back for its mark.

        Django's long-term release has no door of its own for this. Anything but plain values of plain fields,
        in a transaction, goes Django's way; the row is read again then.
        """
        table = table_of(type(self))
        plain = [(field, value) for field, _, value in values]
        if (
            table is None
            or not plain
            or base_qs.model is not table.model
            or using != connection.alias
            or not connection.in_atomic_block
            or self._meta.select_on_save
            or not all(_is_plain(field, value) for field, value in plain)
            or (update_fields and not table.concerns({field.attname: value for field, value in plain}))
        ):
            return bool(
                super()._do_update(  # type: ignore[call-arg]
                    base_qs, using, pk_val, values, update_fields, forced_update
                )
            )
        mark = update_row(table, pk_val, plain)
        if mark:
            note(table, {pk_val: mark})
            self.__dict__[NOTED] = True
        return bool(mark)


def _is_plain(field: Any, value: Any) -> bool:
    return not hasattr(value, "resolve_expression") and not hasattr(field, "get_placeholder")
