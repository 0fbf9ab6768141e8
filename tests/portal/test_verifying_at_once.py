"""Records that come while a verification compares records are no fault, on PostgreSQL."""

import threading
from typing import Any

import pytest
from django.db import connection

from audits.ledger.services import integrate
from audits.ledger.verification import verify
from prompts.registry.models import Comment
from prompts.registry.services.comments import write_comment
from tests.factories import Factory
from tests.people import People

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the other connection needs a database that several can open")


def test_a_comment_that_is_written_meanwhile_was_not_slipped_in(people: People, factory: Factory) -> None:
    version = factory.approved()
    integrate()
    written: list[str] = []

    def write() -> None:
        try:
            actor = people.actor("author")
            write_comment(actor=actor, prompt_id=version.prompt_id, text="Meanwhile.")
        finally:
            connection.close()

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """Before the comments are read, after their entries were."""
        if 'FROM "registry_comment"' in sql and not written:
            written.append(sql)
            thread = threading.Thread(target=write)
            thread.start()
            thread.join(20)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert verify().first_bad is None
    assert Comment.objects.count() == 1
    assert verify().first_bad is None
