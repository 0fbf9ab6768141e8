"""Near-duplicates: kept when texts are written, narrowed to what the reader may see."""

import io

import pytest
from django.core.management import call_command

from prompts.registry.duplicates import duplicate_groups, near_duplicates
from prompts.registry.models import LikePair, TextBand, TextSignature
from prompts.registry.services.drafts import discard_draft, edit_draft
from prompts.registry.services.prompts import archive_prompt
from tests.people import SHELL

LETTER = (
    "Explain the decision to the customer in plain words. Name the rule that was applied, the amounts that "
    "count, what can be done against it and until when. Never promise what only a person may promise."
)
OTHER = "Sort each request by how urgent it is and say which ward has to be told about it first of all."


@pytest.fixture
def pair(factory):
    """A letter and its near copy in the bank."""
    one = factory.draft(name="bank/letter", text=LETTER)
    return one, factory.draft(name="bank/copy", text=LETTER.replace("plain", "simple"))


def names(actor, version) -> list[str]:
    """The near-duplicates by name."""
    return [prompt.name for prompt, _ in near_duplicates(actor, version.prompt)]


def test_a_near_copy_is_found_from_both_sides(people, pair) -> None:
    one, copy = pair
    found = near_duplicates(people.actor("author"), copy.prompt)
    assert [(prompt.name, 900 < alike < 1000) for prompt, alike in found] == [("bank/letter", True)]
    assert names(people.actor("author"), one) == ["bank/copy"]


def test_another_text_is_not(people, factory, pair) -> None:
    assert names(people.actor("author"), factory.draft(text=OTHER)) == []


def test_what_the_reader_may_not_see_is_not_told(people, factory, pair) -> None:
    mine = factory.draft(name="elsewhere/copy", text=LETTER, by=SHELL)
    assert names(people.actor("stranger"), mine) == []
    assert duplicate_groups(people.actor("stranger")) == []
    assert set(names(people.actor("auditor"), mine)) == {"bank/letter", "bank/copy"}


@pytest.mark.parametrize("text", [OTHER, "{{ x }}"])
def test_an_edit_takes_the_pair_away(people, pair, text) -> None:
    one, copy = pair
    messages = [{"role": "text", "content": text}]
    edit_draft(
        actor=people.actor("author"), version_id=copy.pk, seen_revision=1, changes={"messages": messages}
    )
    assert names(people.actor("author"), one) == []


def test_only_the_newest_text_counts_and_a_discarded_one_no_longer(people, factory, pair) -> None:
    one, copy = pair
    draft = factory.next_draft(copy.prompt, text=OTHER)
    assert names(people.actor("author"), one) == []
    discard_draft(actor=people.actor("author"), version_id=draft.pk)
    assert names(people.actor("author"), one) == ["bank/copy"]


def test_an_archived_prompt_is_left_out(people, pair) -> None:
    one, copy = pair
    archive_prompt(actor=people.actor("author"), prompt_id=copy.prompt_id, reason="Doubled.")
    assert names(people.actor("author"), one) == []
    assert duplicate_groups(people.actor("author")) == []


def test_groups_come_biggest_first(people, factory, pair) -> None:
    for number in range(3):
        factory.draft(name=f"bank/sort-{number}", text=OTHER)
    groups = duplicate_groups(people.actor("author"))
    assert [len(group.prompts) for group in groups] == [3, 2]
    assert (groups[0].likest, groups[1].likest < 1000) == (1000, True)


def test_the_whole_library_can_be_compared_anew(people, pair) -> None:
    before = list(LikePair.objects.values_list("one", "other", "likeness"))
    for table in (LikePair, TextBand, TextSignature):
        table.objects.all().delete()
    out = io.StringIO()
    call_command("rebuild_similarity", stdout=out)
    assert list(LikePair.objects.values_list("one", "other", "likeness")) == before
    assert "2 prompts: 1 pairs" in out.getvalue()


def test_an_import_finds_doubles_within_itself(house, tmp_path) -> None:
    path = tmp_path / "library.csv"
    path.write_text(f'name,prompt\na,"{LETTER}"\nb,"{LETTER} Be brief."\nc,"{OTHER}"\n')
    call_command("import_prompts", str(path), "--json", stdout=io.StringIO())
    assert [(pair.one.name, pair.other.name) for pair in LikePair.objects.all()] == [
        ("imported/a", "imported/b")
    ]


def test_a_text_that_many_share_costs_no_more_queries(
    people, factory, pair, django_assert_max_num_queries
) -> None:
    actor = people.actor("author")
    with django_assert_max_num_queries(20) as few:
        near_duplicates(actor, pair[0].prompt)
    for _ in range(12):
        factory.draft(text=LETTER)
    with django_assert_max_num_queries(len(few)):
        assert len(near_duplicates(actor, pair[0].prompt)) == 10


def test_of_very_many_like_texts_so_many_are_kept(people, factory, pair, monkeypatch) -> None:
    monkeypatch.setattr("prompts.registry.duplicates.KEPT", 1)
    factory.draft(text=LETTER)
    assert LikePair.objects.count() == 2
