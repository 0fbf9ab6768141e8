"""Making variants, linking, taking apart; clauses; the tier; what the ledger and the search say."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.family import drift_of, family_of
from prompts.registry.models import Dimension, Prompt, RequiredClauses, Variant, Version
from prompts.registry.search import search_prompts
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import archive_prompt, create_prompt, edit_prompt
from prompts.registry.services.variants import create_variant, link_variant, set_clauses, unlink_variant
from tests.people import SHELL

pytestmark = pytest.mark.django_db


@pytest.fixture
def dimensions(people):
    """Channel before language."""
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=["sms", "chat"])
    set_dimension(actor=SHELL, slug="language", title="Language", values=["de", "de-AT", "en"])


@pytest.fixture
def base(factory, dimensions) -> Prompt:
    """A prompt that other tests make variants of."""
    text = "Hello {{name}}. Never promise a refund."
    return factory.draft("bank/hello", text=text, risk_tier="limited", tags=["shop"]).prompt


def make(people, base, who="author", name="", **dims) -> Variant:
    return create_variant(actor=people.actor(who), base_id=base.pk, dimensions=dims, name=name)


def test_a_variant_begins_with_what_its_base_has(people, base):
    row = make(people, base, channel="sms", language="de")
    prompt = row.prompt
    assert (prompt.name, row.key) == ("bank/hello-sms-de", "channel=sms,language=de")
    assert (prompt.tags, prompt.purpose, prompt.risk_tier) == (["shop"], base.purpose, "limited")
    version = Version.objects.get(prompt=prompt)
    assert (version.text, version.is_frozen) == ("Hello {{name}}. Never promise a refund.", False)
    event = Event.objects.get(event="registry.variant.linked")
    assert (event.subject, '"base":"bank/hello"' in event.payload) == ("bank/hello-sms-de", True)
    assert row.history.count() == 1


def test_one_variant_per_dimensions(people, base):
    make(people, base, channel="sms")
    with pytest.raises(Conflict, match="channel=sms: bank/hello-sms"):
        make(people, base, name="bank/other", channel="sms")
    assert Variant.objects.count() == 1
    assert not Prompt.objects.filter(name="bank/other").exists()


@pytest.mark.parametrize("dims", [{}, {"channel": "fax"}, {"tone": "warm"}])
def test_only_declared_dimensions(people, base, dims):
    with pytest.raises(Unacceptable):
        make(people, base, **dims)


def test_a_variant_has_no_variants_and_a_fragment_none(people, base, factory):
    row = make(people, base, channel="sms")
    with pytest.raises(Conflict, match="one base"):
        make(people, row.prompt, language="de")
    fragment = factory.draft("bank/tone", kind="fragment", text="Kind.").prompt
    with pytest.raises(Unacceptable, match="Fragments"):
        make(people, fragment, language="de")


@pytest.mark.parametrize("who", ["expert", "auditor", "ethics_officer", "documentarian"])
def test_whoever_may_not_write_is_refused(people, base, who):
    with pytest.raises((Refused, NotThere)):
        make(people, base, who, channel="sms")


def test_a_stranger_does_not_learn_of_the_base(people, base):
    with pytest.raises(NotThere):
        make(people, base, "stranger", channel="sms")


def test_an_existing_prompt_is_linked_and_taken_apart(people, base, factory):
    other = factory.draft("bank/kurz").prompt
    author = people.actor("author")
    link_variant(actor=author, prompt_id=other.pk, base_id=base.pk, dimensions={"channel": "sms"})
    with pytest.raises(Conflict, match="already"):
        link_variant(actor=author, prompt_id=other.pk, base_id=base.pk, dimensions={"channel": "chat"})
    unlink_variant(actor=author, prompt_id=other.pk, reason="It serves others.")
    assert not Variant.objects.exists()
    assert Event.objects.get(event="registry.variant.unlinked").reason == "It serves others."


def test_what_is_live_is_neither_linked_nor_taken_apart(people, base, factory):
    author = people.actor("author")
    live = factory.released(name="bank/live").prompt
    with pytest.raises(Conflict, match="without a gate"):
        link_variant(actor=author, prompt_id=live.pk, base_id=base.pk, dimensions={"channel": "sms"})
    row = make(people, base, channel="chat")
    factory.released(row.prompt.versions.get())
    with pytest.raises(Conflict, match="without a gate"):
        unlink_variant(actor=author, prompt_id=row.prompt_id, reason="x")


def test_a_prompt_with_variants_becomes_none(people, base, factory):
    make(people, base, channel="sms")
    other = factory.draft("bank/other").prompt
    with pytest.raises(Conflict, match="variants of its own"):
        link_variant(
            actor=people.actor("author"), prompt_id=base.pk, base_id=other.pk, dimensions={"channel": "chat"}
        )


def test_no_variant_has_an_easier_way_than_its_base(people, base, factory):
    low = factory.draft("bank/low", risk_tier="minimal").prompt
    steward = people.actor("steward")
    with pytest.raises(Unacceptable, match="no lower one"):
        link_variant(actor=steward, prompt_id=low.pk, base_id=base.pk, dimensions={"channel": "sms"})
    row = make(people, base, channel="sms")
    with pytest.raises(Unacceptable, match="no lower one"):
        edit_prompt(actor=steward, prompt_id=row.prompt_id, changes={"risk_tier": "minimal"})
    edit_prompt(actor=steward, prompt_id=base.pk, changes={"risk_tier": "high"})
    row.prompt.refresh_from_db()
    assert row.prompt.risk_tier == "high"
    told = Event.objects.filter(event="registry.prompt.changed", subject="bank/hello-sms").get()
    assert "base bank/hello" in told.reason


def test_dimensions_keep_what_variants_have(people, base):
    make(people, base, channel="sms")
    again = {"actor": SHELL, "slug": "channel", "title": "Channel"}
    with pytest.raises(Conflict, match="the value stays"):
        set_dimension(**again, values=["chat"])
    with pytest.raises(Conflict, match="its place stays"):
        set_dimension(**again, values=["sms", "chat"], rank=9)
    assert set_dimension(**again, values=["chat", "sms", "letter"]).values == ["chat", "sms", "letter"]
    assert Event.objects.filter(event="registry.dimension.set").count() == 3
    set_dimension(**again, values=["chat", "sms", "letter"])
    assert Event.objects.filter(event="registry.dimension.set").count() == 3


@pytest.mark.parametrize(
    "fields", [{"slug": "Ä"}, {"title": ""}, {"values": []}, {"rank": 0}, {"values": ["a b"]}]
)
def test_a_dimension_of_another_shape_is_refused(people, fields):
    with pytest.raises(Unacceptable):
        set_dimension(**{"actor": SHELL, "slug": "tone", "title": "Tone", "values": ["warm"], **fields})


def test_a_place_is_taken_once_and_only_administrators_declare(people, dimensions):
    with pytest.raises(Conflict):
        set_dimension(actor=SHELL, slug="tone", title="Tone", values=["a"], rank=1)
    with pytest.raises(Refused):
        set_dimension(actor=people.actor("steward"), slug="tone", title="Tone", values=["a"])
    assert Dimension.objects.count() == 2


def test_clauses_are_set_once_and_missing_ones_found(people, base):
    author = people.actor("author")
    for _ in range(2):
        set_clauses(actor=author, base_id=base.pk, clauses=[["Never promise a refund."]])
    assert Event.objects.filter(event="registry.clauses.set").count() == 1
    row = make(people, base, channel="sms")
    assert drift_of([row]) == {row.prompt_id: []}
    messages = [{"role": "text", "content": "Hi {{name}}."}]
    version = row.prompt.versions.get()
    version.messages = messages
    version.save()
    found = [(each.code, each.level) for each in drift_of([row])[row.prompt_id]]
    assert found == [("clause", "missing")]
    with pytest.raises(Conflict, match="its base says"):
        set_clauses(actor=author, base_id=row.prompt_id, clauses=[])
    assert RequiredClauses.objects.get().clauses == [["Never promise a refund."]]


def test_a_base_that_moved_on_is_told(people, factory, base):
    row = make(people, base, channel="sms")
    factory.submitted(row.prompt.versions.get())
    factory.submitted(base.versions.get())
    assert [each.code for each in drift_of([row])[row.prompt_id]] == ["base-moved"]


def test_a_family_shows_what_the_reader_may_see_and_is_used(people, base, django_assert_num_queries):
    for number, dims in enumerate([{"channel": "sms"}, {"channel": "chat"}, {"language": "de"}]):
        make(people, base, name=f"bank/v{number}", **dims)
    author = people.actor("author")
    gone = Prompt.objects.get(name="bank/v2")
    archive_prompt(actor=author, prompt_id=gone.pk, reason="Not used.")
    family = family_of(author, base)
    assert [member.variant.prompt.name for member in family.members] == ["bank/v1", "bank/v0"]
    assert family_of(people.actor("stranger"), base).members == []


def test_the_search_finds_by_base(people, base):
    make(people, base, channel="sms")
    found = search_prompts(people.actor("author"), "base:bank/hello")
    assert [prompt.name for prompt in found] == ["bank/hello-sms"]


def test_a_name_that_is_taken_leaves_nothing(people, base):
    create_prompt(actor=people.actor("author"), name="bank/hello-sms", text="x")
    with pytest.raises(Conflict, match="taken"):
        make(people, base, channel="sms")
    assert not Variant.objects.exists()


def test_editing_a_variant_never_touches_its_base(people, base):
    row = make(people, base, channel="sms")
    before = list(base.versions.values())
    create_draft(
        actor=people.actor("author"), prompt_id=row.prompt_id, messages=[{"role": "text", "content": "x"}]
    )
    assert list(base.versions.values()) == before
