"""Querysets of tables that only grow."""

from typing import Any, NoReturn

from audits.adminkit.querysets import RecordedQuerySet


class AppendOnlyQuerySet(RecordedQuerySet):
    """Refuses to change or delete rows; the database's triggers refuse it once more."""

    class Refused(RuntimeError):
        """Somebody tried to change what is only ever added to."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise self.Refused("Rows of this table are never changed.")

    def delete(self) -> NoReturn:
        raise self.Refused("Rows of this table are never deleted.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise self.Refused("Rows of this table are never changed.")
