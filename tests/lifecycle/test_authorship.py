"""Separation of duties: who counts as an author."""

import pytest

from audits.adminkit.history import acting
from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.services.keys import create_key, move_key
from audits.identity.services.people import set_user
from portal.services.merge_passage import merge_passage, passages_of
from prompts.lifecycle.selectors import authors_of, requests_waiting_for, why_not_sign
from prompts.lifecycle.services.requests import submit_version
from prompts.registry.models import Prompt
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.drafts import create_draft, discard_draft, edit_draft
from prompts.registry.services.variants import create_variant
from tests.people import SHELL


def message(text):
    return [{"role": "text", "content": text}]


def submit(people, version):
    return submit_version(actor=people.actor("author"), version_id=version.pk, why="It is needed.")


@pytest.mark.requirement("nist-ai-rmf/measure-1-3")
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


@pytest.mark.requirement("nist-ai-rmf/measure-1-3")
def test_who_wrote_a_pinned_fragment_counts(people, factory):
    fragment = factory.draft("bank/tone", by=people.actor("steward"), text="Be kind.", kind="fragment")
    submit(people, fragment)
    request = submit(people, factory.draft(text="{{> bank/tone}} Explain {{it}}."))
    assert request.version.fragments[0]["name"] == "bank/tone"
    assert authors_of(request.version).include(people.steward)


@pytest.mark.requirement("nist-ai-rmf/measure-1-3")
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


def test_handing_a_key_over_frees_neither_who_owned_it_nor_who_made_it(people, factory):
    maker = people.actor("administrator")
    pair = create_key(
        actor=maker, name="pipeline", collections=["bank"], environments=[], verbs=["read", "write"]
    )
    move_key(actor=maker, account=pair.account, owner=people.steward)
    draft = factory.draft(by=Actor.for_account(pair.account))
    move_key(actor=maker, account=pair.account, owner=people.engineer)
    for who in (people.administrator, people.steward, people.engineer):
        assert authors_of(draft).include(who)


def test_who_wrote_a_first_draft_that_was_thrown_away_is_not_forgotten(people, factory):
    first = factory.draft(by=people.actor("steward"))
    kept = factory.next_draft(first.prompt, text="Other {{words}}.")
    discard_draft(actor=people.actor("steward"), version_id=first.pk)
    assert authors_of(kept).include(people.steward)


def test_who_wrote_the_text_that_a_variant_began_with_counts(people, factory):
    set_dimension(actor=SHELL, slug="language", title="Language", values=["de"])
    base = factory.draft(by=people.actor("steward"))
    made = create_variant(
        actor=people.actor("author"), base_id=base.prompt_id, dimensions={"language": "de"}, name="bank/de"
    )
    assert authors_of(made.prompt.versions.get()).include(people.steward)


def test_who_wrote_a_passage_that_was_merged_into_a_fragment_counts(people, factory):
    passage = "Be kind to everybody who writes, and answer in short and plain sentences. " * 3
    rows = [factory.draft(by=people.actor("steward"), text=f"{passage}{end}") for end in ("First.", "Then.")]
    keys = [row.prompt_id for row in rows]
    actor = people.actor("author")
    found = passages_of(actor, keys)[0]
    fragment = merge_passage(actor=actor, prompt_ids=keys, passage=found, name="bank/kind")
    assert authors_of(fragment.versions.get()).include(people.steward)


def test_who_changed_a_fragment_counts_though_it_was_approved_on_its_own_in_between(people, factory, desk):
    def fragment(text, by):
        kind = {"kind": "fragment"}
        prompt = Prompt.objects.filter(name="bank/tone").first()
        draft = (
            factory.draft("bank/tone", by=by, text=text, **kind)
            if prompt is None
            else factory.next_draft(prompt, text=text, by=by)
        )
        desk.sign(submit(people, draft), "expert", "steward")

    set_user(actor=SHELL, user=people.expert, roles=["steward"])
    author = people.actor("author")
    fragment("Be kind.", author)
    first = factory.draft(text="{{> bank/tone}} Explain {{it}}.")
    desk.sign(submit(people, first), "expert", "steward")
    fragment("Be kind and short.", people.actor("steward"))
    fragment("Be kind, short and clear.", author)
    second = factory.next_draft(first.prompt, text="{{> bank/tone}} Explain {{it}} well.")
    request = submit(people, second)
    assert authors_of(request.version).include(people.steward)
