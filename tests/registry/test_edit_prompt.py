"""Describing and archiving a prompt."""

import pytest

from audits.identity.errors import Conflict, Refused
from audits.ledger.models import Event
from prompts.registry.search import search_prompts
from prompts.registry.services.prompts import archive_prompt, edit_prompt, unarchive_prompt


def test_a_change_stands_in_the_row_the_history_and_the_ledger(people, factory) -> None:
    prompt = factory.draft("bank/a").prompt
    changes = {"purpose": "New.", "owner": people.steward, "tags": ["x"], "stewards": [people.steward]}
    edit_prompt(actor=people.actor("steward"), prompt_id=prompt.pk, changes=changes)
    prompt.refresh_from_db()
    assert (prompt.purpose, prompt.owner) == ("New.", people.steward)
    assert [row.name for row in prompt.tag_rows.all()] == ["x"]
    assert [row.user for row in prompt.stewards.all()] == [people.steward]
    assert prompt.history.first().history_actor == "sten"
    assert Event.objects.filter(event="registry.prompt.changed", actor="sten").count() == 1


def test_what_is_equal_already_leaves_no_trace(people, factory) -> None:
    prompt = factory.draft("bank/a").prompt
    edit_prompt(actor=people.actor("author"), prompt_id=prompt.pk, changes={"purpose": prompt.purpose})
    assert not Event.objects.filter(event="registry.prompt.changed").exists()


def test_the_documentation_specialist_documents_but_does_not_appoint(people, factory) -> None:
    prompt, actor = factory.draft("bank/a").prompt, people.actor("documentarian")
    edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"explanation": "It explains."})
    with pytest.raises(Refused):
        edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"risk_tier": "minimal"})


def test_an_archived_prompt_is_out_of_lists_until_it_is_taken_back(people, factory) -> None:
    prompt, actor = factory.draft("bank/zebra").prompt, people.actor("steward")
    archive_prompt(actor=actor, prompt_id=prompt.pk, reason="Not used.")
    assert not search_prompts(actor, "zebra").exists()
    with pytest.raises(Conflict):
        archive_prompt(actor=actor, prompt_id=prompt.pk, reason="Again.")
    unarchive_prompt(actor=actor, prompt_id=prompt.pk, reason="Used after all.")
    assert search_prompts(actor, "zebra").exists()
