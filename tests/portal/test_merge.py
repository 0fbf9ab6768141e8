"""Near-duplicates merged into a fragment, in the browser and by its verbs."""

import pytest
from django.urls import reverse

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from portal.services.merge_passage import holders, merge_passage, passages_of, take_in
from prompts.registry.models import Prompt, Version
from tests.portal.opening import Desk
from tests.registry.fragments import frozen

SAFETY = "Never promise a refund. Ask for a human when in doubt."
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def twins(people, factory) -> list[int]:
    """Two frozen prompts that say the same in the middle."""
    texts = {"bank/one": f"You help.\n{SAFETY}\nBe kind.", "bank/two": f"Answer. {SAFETY} Bye."}
    rows = [frozen(people, factory.draft(name, text=text)) for name, text in texts.items()]
    return [row.prompt_id for row in rows]


def merged(people, twins) -> Prompt:
    """The fragment, frozen."""
    author = people.actor("author")
    prompt = merge_passage(actor=author, prompt_ids=twins, passage=SAFETY, name="bank/safety")
    frozen(people, prompt.versions.get())
    return prompt


def test_a_passage_becomes_a_fragment_and_then_takes_its_place(people, twins):
    assert passages_of(people.actor("author"), twins) == [SAFETY]
    fragment = merged(people, twins)
    assert (fragment.kind, fragment.versions.get().text) == ("fragment", SAFETY)
    event = Event.objects.get(event="portal.passage.merged")
    assert '"from":["bank/one@1","bank/two@1"]' in event.payload
    done = take_in(actor=people.actor("author"), fragment_id=fragment.pk, prompt_ids=twins)
    assert [row.draft.text for row in done] == [
        "You help.\n{{> bank/safety}}\n\nBe kind.",
        "Answer. {{> bank/safety}} Bye.",
    ]
    pinned = frozen(people, done[0].draft)
    assert pinned.fragments[0]["name"] == "bank/safety"
    told = Event.objects.get(event="portal.fragment.taken_in")
    assert '"drafts":["bank/one@2","bank/two@2"]' in told.payload


def test_the_fragment_has_the_highest_tier(people, factory, twins):
    high = frozen(people, factory.draft("bank/three", text=f"X. {SAFETY}", risk_tier="high"))
    fragment = merged(people, [*twins, high.prompt_id])
    assert fragment.risk_tier == "high"


def test_nobody_takes_in_what_he_may_not_write_or_what_is_a_draft(people, factory, twins):
    fragment = merged(people, twins)
    expert = people.actor("expert")
    assert all("no role that writes" in row[2] for row in holders(expert, fragment)[1])
    done = take_in(actor=expert, fragment_id=fragment.pk, prompt_ids=twins)
    assert [row.draft for row in done] == [None, None]
    factory.next_draft(Prompt.objects.get(pk=twins[0]), text=f"Now. {SAFETY}")
    done = take_in(actor=people.actor("author"), fragment_id=fragment.pk, prompt_ids=twins)
    assert [bool(row.draft) for row in done] == [False, True]
    assert "draft already" in done[0].why_not
    with pytest.raises(Conflict):
        take_in(actor=people.actor("author"), fragment_id=fragment.pk, prompt_ids=[999])


def test_what_one_may_not_see_is_neither_merged_nor_named(people, twins):
    fragment = merged(people, twins)
    with pytest.raises(Unacceptable, match="that you may see"):
        passages_of(people.actor("stranger"), twins)
    assert holders(people.actor("stranger"), fragment)[1] == []


def test_a_passage_that_is_not_there_and_a_foreign_collection_are_refused(people, twins):
    author = people.actor("author")
    with pytest.raises(Unacceptable, match="look again"):
        merge_passage(actor=author, prompt_ids=twins, passage="Be kind.", name="bank/safety")
    with pytest.raises(Refused):
        merge_passage(actor=people.actor("expert"), prompt_ids=twins, passage=SAFETY, name="bank/safety")
    with pytest.raises(Unacceptable, match="2 to 10"):
        passages_of(author, twins[:1])
    assert not Prompt.objects.filter(kind="fragment").exists()


def test_by_clicks(people, desk, twins):
    page = desk.text("author", "merge", prompt=twins)
    assert "Never promise a refund." in page
    address = reverse("admin:merge")
    bad = desk.browser("author").post(address, {"prompt": twins, "passage": "0", "name": "x"})
    assert bad.status_code == 400
    sent = desk.browser("author").post(address, {"prompt": twins, "passage": "0", "name": "bank/safety"})
    draft = Version.objects.get(prompt__name="bank/safety")
    assert sent.url == reverse("admin:draft", args=[draft.pk])
    assert "No version of this fragment is frozen yet" in desk.text(
        "author", "fragment-put-in", draft.prompt_id
    )
    frozen(people, draft)
    assert "would say" in desk.text("author", "fragment-put-in", draft.prompt_id)
    after = desk.post("author", "fragment-put-in", draft.prompt_id, prompt=twins)
    assert "was begun" in after.content.decode()
    assert Prompt.objects.get(pk=twins[0]).versions.count() == 2
    assert desk.get("stranger", "fragment-put-in", draft.prompt_id).status_code == 404
