"""The SQL of docs/operations.md makes a role that can record and not rewrite: it is run here as it stands."""

import re
from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction

from audits.identity.actors import Actor
from audits.ledger.models import Event
from audits.ledger.selectors import newest_checkpoint
from audits.ledger.services import integrate
from audits.ledger.services.erase_payloads import erase_payloads
from audits.ledger.verification import verify
from portal.runtime.paths import ROOT
from tests.ledger.helpers import write_events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROLE = "imprimatur_app"
TABLES = ("event", "leaf", "node", "checkpoint", "keychange", "erasure")


def refused():
    """What PostgreSQL says to a role that may not."""
    return pytest.raises(ProgrammingError, match=r"permission denied|must be owner")


def documented() -> str:
    """The block of SQL under the heading about the application's role."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("\n## A role that cannot rewrite\n")[2].partition("\n## ")[0]
    found = re.search(r"```sql\n(.*?)```", section, re.DOTALL)
    assert found, "docs/operations.md has no such block"
    return found[1]


@pytest.fixture
def as_app() -> Iterator[None]:
    """The portal's own connection, as that role."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles: whoever has the file owns it")
    with connection.cursor() as cursor:
        cursor.execute(documented())
    owner = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict |= {"USER": ROLE, "PASSWORD": "change-me"}
    yield
    connection.close()
    connection.settings_dict |= owner
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def test_the_role_records_signs_erases_and_verifies(as_app: None, shell: Actor) -> None:
    write_events(shell, 3)
    assert integrate(wait=True).size == 3
    erase_payloads(actor=shell, positions=[1], reason="Asked.", proposed_by="another", holds={})
    integrate(wait=True)
    assert (verify().ok, newest_checkpoint().size) == (True, 4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (ROLE,)


REMOVING = (
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {} CASCADE",
)
REWRITING = (
    "UPDATE ledger_event SET reason = 'forged'",
    "UPDATE ledger_leaf SET leaf_hash = ''",
    "UPDATE ledger_checkpoint SET root = ''",
    "UPDATE ledger_keychange SET endorsement = ''",
    "SET session_replication_role = replica",
    "DROP FUNCTION imprimatur_append_only_refuse() CASCADE",
)


def test_the_role_removes_rewrites_and_disables_nothing(as_app: None, shell: Actor) -> None:
    write_events(shell, 1)
    statements = [words.format(f"ledger_{table}") for table in TABLES for words in REMOVING]
    for statement in (*statements, *REWRITING):
        with refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.get().reason == "a test"
