"""Separation of duties: who counts as an author."""

import pytest

from audits.adminkit.history import acting
from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.services.keys import create_key
from audits.identity.services.people import set_user
from prompts.lifecycle.selectors import authors_of, requests_waiting_for, why_not_sign
from prompts.lifecycle.services.requests import submit_version
from prompts.registry.services.drafts import create_draft, discard_draft, edit_draft
from tests.people import SHELL


def message(text):
    return [{"role": "text", "content": text}]


def submit(people, version):
    return submit_version(actor=people.actor("author"), version_id=version.pk, why="It is needed.")


def test_whoever_edited_the_draft_is_an_author(people, factory, desk):
    draft = factory.draft()
    steward = people.actor("steward")
    edit_draft(actor=steward, version_id=draft.pk, seen_revision=1, changes={"messages": message("Hi {{a}}")})
    with pytest.raises(Refused, match="You wrote"):
        desk.sign(submit(people, draft), "steward", "steward")


def test_an_author_of_an_earlier_unapproved_draft_counts(people, factory):
    first = factory.draft(by=people.actor("steward"))
    second = factory.next_draft(first.prompt, text="Other {{words}}.")
    assert authors_of(second).include(people.steward)


def test_an_author_of_an_approved_version_is_free_afterwards(people, factory, desk):
    first = factory.draft(by=people.actor("engineer"))
    desk.sign(submit(people, first), "steward", "steward")
    second = factory.next_draft(first.prompt, text="Other {{words}}.")
    assert not authors_of(second).include(people.engineer)
    assert authors_of(second).include(people.author)


def test_who_wrote_in_a_draft_that_was_thrown_away_is_not_forgotten(people, factory):
    first = factory.draft()
    thrown = factory.next_draft(first.prompt, text="By the steward.", by=people.actor("steward"))
    kept = factory.next_draft(first.prompt, text="By the steward.")
    discard_draft(actor=people.actor("steward"), version_id=thrown.pk)
    assert authors_of(kept).include(people.steward)


def test_who_wrote_the_text_that_was_brought_back_counts(people, factory, desk):
    old = factory.draft(by=people.actor("steward"))
    approved = factory.next_draft(old.prompt, text="Other {{words}}.")
    set_user(actor=SHELL, user=people.expert, roles=["steward"])
    desk.sign(submit(people, approved), "expert", "steward")
    back = create_draft(actor=people.actor("author"), prompt_id=old.prompt_id, from_version=1)
    assert authors_of(back).include(people.steward)


def test_who_wrote_a_pinned_fragment_counts(people, factory):
    fragment = factory.draft("bank/tone", by=people.actor("steward"), text="Be kind.", kind="fragment")
    submit(people, fragment)
    request = submit(people, factory.draft(text="{{> bank/tone}} Explain {{it}}."))
    assert request.version.fragments[0]["name"] == "bank/tone"
    assert authors_of(request.version).include(people.steward)


def test_the_owner_of_a_key_that_wrote_counts(people, factory):
    pair = create_key(
        actor=SHELL, name="pipeline", collections=["bank"], environments=[], verbs=["read", "write"]
    )
    pair.account.owner = people.steward
    with acting("tests"):
        pair.account.save()
    draft = factory.draft(by=Actor.for_account(pair.account))
    assert authors_of(draft).include(people.steward)


def test_a_request_waits_only_for_those_who_could_sign_it(people, factory):
    request = factory.submitted()
    waiting = {name for name, actor in people.everybody().items() if requests_waiting_for(actor) == [request]}
    assert waiting == {"steward"}
    assert why_not_sign(people.actor("steward"), request) == ""


def test_what_waits_is_found_in_a_constant_number_of_queries(people, factory, django_assert_max_num_queries):
    for _ in range(6):
        factory.submitted()
    steward = people.actor("steward")
    with django_assert_max_num_queries(20):
        assert len(requests_waiting_for(steward)) == 6
