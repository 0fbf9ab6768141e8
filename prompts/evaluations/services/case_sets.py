"""Keep the cases of a suite as a run asks them; a suite that did not change is not written again."""

import hashlib
from collections.abc import Iterator

from django.db import connection

from prompts.evaluations.models import AskedCase, Case, CaseSet, Suite
from prompts.evaluations.selectors import PIECE
from prompts.evaluations.snapshots import digest_of_list


def case_set_of(suite: Suite) -> CaseSet | None:
    """The set of the suite's cases in use; None where there is none. Call it with the suite locked.

    Each case names its words by their digest already, so that none is read: of all cases only the digests are
    in memory at once.
    """
    told, digests = hashlib.sha256(), list[bytes]()
    for case_id, key, digest in _named(suite):
        told.update(f"{case_id}:{key}\n".encode())
        digests.append(bytes.fromhex(digest))
    if not digests:
        return None
    key = told.hexdigest()
    found = CaseSet.objects.filter(key=key).first()
    return found or _written(suite, key, digests)


def _named(suite: Suite) -> Iterator[tuple[int, str, str]]:
    """The cases in use in their order: each with the key and the digest of its words."""
    rows = Case.objects.filter(suite=suite, is_active=True).order_by("position", "pk")
    return rows.values_list("pk", "text__key", "text__digest").iterator(PIECE)


def _written(suite: Suite, key: str, digests: list[bytes]) -> CaseSet:
    digest = digest_of_list(one.hex() for one in sorted(digests))
    made = CaseSet.objects.create(key=key, size=len(digests), case_digest=digest)
    quote = connection.ops.quote_name
    asked, cases = quote(AskedCase._meta.db_table), quote(Case._meta.db_table)
    # In the database alone: a hundred thousand rows that went through here would take many times as long.
    statement = (
        f"INSERT INTO {asked} (case_set_id, place, text_id, case_id) "  # noqa: S608
        f"SELECT %s, ROW_NUMBER() OVER (ORDER BY position, id), text_id, id FROM {cases} "
        f"WHERE suite_id = %s AND is_active ORDER BY position, id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [made.pk, suite.pk])
    return made
