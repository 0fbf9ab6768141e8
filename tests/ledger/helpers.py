"""Small things the tests of the ledger do again and again."""

from django.contrib.auth.models import Group
from django.db import connection, transaction

from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event
from audits.ledger.services import record
from tests.fixtures.append_only import triggers_off


def write_events(actor: Actor, count: int, subject: str = "key") -> None:
    """Records ``count`` events, each about ``<subject>-<number>``."""
    for number in range(count):
        with transaction.atomic():
            record(
                event=KEY_CREATED,
                actor=actor,
                subject_type="key",
                subject=f"{subject}-{number}",
                reason="a test",
                payload={"number": number},
            )


def tell() -> Event:
    """Records an entry that tells of the rows that were written before it."""
    return record(event=KEY_CREATED, actor=Actor.shell(), subject_type="key", subject="k")


def rename(group: Group, name: str) -> Event:
    """Saves a recorded row anew, and the entry that tells of it."""
    group.name = name
    group.save()
    return tell()


def behind_the_back(statement: str, *values: object) -> int:
    """Runs SQL as the owner of the database would, past all triggers; the number of rows it hit."""
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
