"""Writing in a draft leaves alone what somebody else may be changing of the prompt at the same moment."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from prompts.registry.models import Prompt
from prompts.registry.services.drafts import edit_draft
from prompts.registry.services.freeze import freeze_version


def columns(queries):
    """What was set in the prompts' table, by column."""
    table = Prompt._meta.db_table
    told = [row["sql"] for row in queries if row["sql"].startswith(f'UPDATE "{table}"')]
    assert told
    return {
        name for name in ("risk_tier", "owner_id", "name", "kind") for sql in told if f'"{name}" =' in sql
    }


def test_an_edit_writes_no_risk_tier_owner_or_name(people, factory):
    version = factory.draft()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        edit_draft(
            actor=people.actor("author"),
            version_id=version.pk,
            seen_revision=version.revision,
            changes={"messages": [{"role": "text", "content": "Others."}]},
        )
    assert columns(queries) == set()


def test_a_freeze_writes_no_risk_tier_owner_or_name(people, factory):
    version = factory.draft()
    with CaptureQueriesContext(connection) as queries:
        freeze_version(actor=people.actor("author"), version_id=version.pk)
    assert columns(queries) == set()
