"""Acts in words: whole sentences, with their subjects, in the trail and on a prompt's page."""

import pytest

from audits.ledger.events import kinds
from audits.ledger.models import Event
from portal.selectors.timeline import happenings
from portal.selectors.trail_entry import told
from portal.selectors.trail_rows import Choices


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_act_is_told_with_its_subject(kind):
    found = told(Event(event=kind, actor="selma", subject_type="x", subject="the-subject"), "Selma Marchetti")
    words = f"{found.before} {found.subject} {found.after}"
    assert "{" not in words
    assert ("the-subject" in words) == ("{subject}" in kinds()[kind].sentence)


def test_the_version_of_a_subject_is_told_in_words():
    signed = Event(
        event="lifecycle.version.signed", actor="ada", subject_type="version", subject="clinic/triage@3"
    )
    assert (told(signed).before, told(signed).subject) == ("Signed", "clinic/triage, version 3")


def test_a_sentence_that_begins_otherwise_names_its_actor():
    approved = Event(
        event="lifecycle.version.approved", actor="ada", subject_type="version", subject="clinic/triage@3"
    )
    assert told(approved, "Dr Ada Okafor").after == "was approved: Dr Ada Okafor took the last seat"


def test_acts_are_offered_by_room_in_words():
    acts = Choices(kinds=["registry.prompt.created", "evaluations.case.saved"], actors=[]).acts
    assert [(act.room, act.words) for act in acts] == [
        ("Evaluations", "Saved a case of …"),
        ("Registry", "Created the prompt …"),
    ]


def test_the_making_of_a_prompt_is_told_once(factory, people):
    prompt = factory.draft(name="bank/letter", by=people.actor("author")).prompt
    assert happenings(prompt)[-1].told == f"{people.author.full_name} created the prompt"
