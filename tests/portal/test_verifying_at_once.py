"""Records that come, or change, while a verification compares records are no fault, on PostgreSQL."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from audits.ledger.services import integrate
from audits.ledger.verification import verify
from prompts.registry.models import Comment
from prompts.registry.services.comments import write_comment
from tests.factories import Factory
from tests.ledger.helpers import behind_the_back
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


def test_a_row_that_an_entry_tells_of_right_after_its_commit_is_no_fault(people: People) -> None:
    """What writes rows without a verb has its entry in a transaction of its own, a moment later."""
    group = Group.objects.create(name="before")
    integrate()
    committed, go_on = threading.Event(), threading.Event()

    def between() -> None:
        committed.set()
        go_on.wait(20)

    def write() -> None:
        try:
            with transaction.atomic():
                transaction.on_commit(between)  # runs before the notes of rows do
                group.name = "after"
                group.save()
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    committed.wait(20)
    threading.Timer(0.5, go_on.set).start()
    assert verify().first_bad is None
    writer.join(20)
    behind_the_back("UPDATE auth_group SET name = 'forged' WHERE id = %s", group.pk)
    bad = verify().first_bad
    assert bad is not None
    assert bad.reason == "name is not what was recorded"
