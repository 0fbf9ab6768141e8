"""Beginning, editing and discarding drafts."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.errors import FrozenVersion, StaleDraft
from prompts.registry.models import Version
from prompts.registry.search import search_prompts
from prompts.registry.services.drafts import create_draft, discard_draft, edit_draft
from prompts.registry.services.freeze import freeze_version


def told(text: str) -> dict[str, object]:
    """The change that replaces the text."""
    return {"messages": [{"role": "text", "content": text}]}


def test_a_draft_starts_from_the_newest_text_with_the_next_number(people, factory) -> None:
    prompt = factory.draft(text="one").prompt
    version = create_draft(actor=people.actor("engineer"), prompt_id=prompt.pk, change_note="n")
    assert (version.number, version.text, version.change_note) == (2, "one", "n")
    assert version.author == people.engineer


def test_an_old_text_comes_back_as_a_new_draft(people, factory) -> None:
    prompt = factory.draft(text="one").prompt
    factory.next_draft(prompt, text="two")
    version = create_draft(actor=people.actor("author"), prompt_id=prompt.pk, from_version=1)
    assert (version.number, version.text) == (3, "one")


def test_an_edit_counts_up_and_its_writer_becomes_an_author(people, factory) -> None:
    version = factory.draft("bank/a", text="one")
    edited = edit_draft(
        actor=people.actor("engineer"), version_id=version.pk, seen_revision=1, changes=told("zebra")
    )
    assert (edited.revision, edited.text) == (2, "zebra")
    assert {row.name for row in edited.authors.all()} == {"ada", "emil"}
    assert [row.name for row in search_prompts(people.actor("author"), "zebra")] == ["bank/a"]
    assert Event.objects.filter(event="registry.draft.edited", subject="bank/a@1").count() == 1


def test_an_edit_of_what_was_saved_since_overwrites_nothing_and_says_who_and_when(people, factory) -> None:
    version = factory.draft(text="one")
    edit_draft(actor=people.actor("engineer"), version_id=version.pk, seen_revision=1, changes=told("two"))
    with pytest.raises(StaleDraft) as stale:
        edit_draft(actor=people.actor("author"), version_id=version.pk, seen_revision=1, changes=told("mine"))
    now = Version.objects.get(pk=version.pk)
    assert (stale.value.who, stale.value.when, stale.value.revision) == ("emil", now.updated_at, 2)
    assert now.text == "two"


def test_an_edit_that_changes_nothing_leaves_the_revision(people, factory) -> None:
    version = factory.draft(text="one")
    edit_draft(actor=people.actor("author"), version_id=version.pk, seen_revision=1, changes=told("one"))
    assert Version.objects.get(pk=version.pk).revision == 1


@pytest.mark.parametrize(
    ("who", "error"), [("stranger", NotThere), ("expert", Refused), ("auditor", Refused)]
)
def test_who_may_not_write_changes_no_draft(people, factory, who: str, error: type[Exception]) -> None:
    version = factory.draft(text="one")
    with pytest.raises(error):
        edit_draft(actor=people.actor(who), version_id=version.pk, seen_revision=1, changes=told("two"))
    assert Version.objects.get(pk=version.pk).text == "one"


def test_a_fault_in_the_template_is_told_with_its_place(people, factory) -> None:
    version = factory.draft(text="one")
    with pytest.raises(Unacceptable, match=r"messages\[0\]\.content, line 2, column 3"):
        edit_draft(
            actor=people.actor("author"), version_id=version.pk, seen_revision=1, changes=told("a\nb {{#x}}")
        )


def test_a_draft_can_be_discarded_but_not_the_only_version(people, factory) -> None:
    version, author = factory.draft(text="one"), people.actor("author")
    second = factory.next_draft(version.prompt, text="two")
    discard_draft(actor=author, version_id=second.pk)
    assert list(version.prompt.versions.all()) == [version]
    assert Event.objects.filter(event="registry.draft.discarded").exists()
    with pytest.raises(Conflict):
        discard_draft(actor=author, version_id=version.pk)


def test_a_frozen_version_is_neither_edited_nor_discarded(people, factory) -> None:
    version, author = factory.draft(text="one"), people.actor("author")
    freeze_version(actor=author, version_id=version.pk)
    with pytest.raises(FrozenVersion):
        edit_draft(actor=author, version_id=version.pk, seen_revision=1, changes=told("two"))
    with pytest.raises(FrozenVersion):
        discard_draft(actor=author, version_id=version.pk)
