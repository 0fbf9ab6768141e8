"""The one word for where a prompt stands."""

from prompts.releases.selectors import live_releases, released_versions, state_of, version_states
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.retire import retire_prompt
from prompts.releases.states import PromptState, UnderWay


def state(version):
    return state_of([version.prompt_id])[version.prompt_id]


def test_a_prompt_goes_from_draft_over_approval_to_released(factory, gatehouse):
    draft = factory.draft()
    assert state(draft) == PromptState("draft", 1)
    request = factory.submitted(draft)
    assert state(draft) == PromptState("awaiting approval", 1)
    approved = factory.approved()
    assert state(approved) == PromptState("approved", 1)
    gatehouse.release(approved)
    assert state(approved) == PromptState("released", 1)
    assert request.state == "open"


def test_what_is_under_way_stands_beside_what_is_released(factory):
    version = factory.released()
    draft = factory.next_draft(version.prompt, text="Other.")
    assert state(version) == PromptState("released", 1, UnderWay("draft", 2))
    factory.submitted(draft)
    assert state(version).under_way == UnderWay("awaiting approval", 2)


def test_each_version_has_its_word(factory, gatehouse):
    first = factory.released()
    second = factory.approved(factory.next_draft(first.prompt, text="Other."))
    gatehouse.release(second)
    third = factory.next_draft(first.prompt, text="Third.")
    words = version_states(first.prompt)
    assert words == {first.pk: "superseded", second.pk: "released", third.pk: "draft"}


def test_a_freeze_lies_over_the_release_and_a_retirement_over_both(people, factory):
    version = factory.released()
    freeze_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="It harms.")
    assert state(version) == PromptState("frozen", 1)
    retire_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, reason="Over.")
    assert state(version) == PromptState("retired", None)
    assert not released_versions(version.prompt).exists()


def test_the_highest_environment_speaks(factory, gatehouse):
    first = factory.released()
    second = factory.approved(factory.next_draft(first.prompt, text="Other."))
    gatehouse.release(second, to="staging")
    assert state(first) == PromptState("released", 1, UnderWay("released", 2))
    assert [row.environment.slug for row in live_releases([first.prompt_id])[first.prompt_id]] == [
        "staging",
        "production",
    ]


def test_many_prompts_cost_no_more_queries_than_one(factory, django_assert_max_num_queries):
    keys = [factory.approved().prompt_id for _ in range(4)] + [factory.released().prompt_id]
    with django_assert_max_num_queries(10):
        assert len(state_of(keys)) == 5
