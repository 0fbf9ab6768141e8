"""No entry, no act: where the log cannot be written, nothing else is."""

import pytest

from audits.ledger.models import Event
from audits.ledger.services import record_event
from prompts.registry.models import Prompt
from prompts.registry.services.prompts import edit_prompt


@pytest.mark.requirement("owasp-asvs/16-5-3", "21-cfr-11/10-e")
def test_without_its_entry_an_act_does_not_happen(people, factory, monkeypatch):
    letter = factory.draft("bank/letter")

    def full(_: object) -> bytes:
        raise OSError("the disk is full")

    before = (Event.objects.count(), letter.prompt.history.count())
    monkeypatch.setattr(record_event, "canonical_json", full)
    with pytest.raises(OSError, match="full"):
        edit_prompt(
            actor=people.actor("author"),
            prompt_id=letter.prompt_id,
            changes={"purpose": "Something else."},
        )
    assert Prompt.objects.get(pk=letter.prompt_id).purpose != "Something else."
    assert (Event.objects.count(), letter.prompt.history.count()) == before
