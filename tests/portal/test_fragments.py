"""Pages of fragments: who uses them, the graph, and new versions proposed in one go."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.identity.errors import Conflict
from audits.ledger.models import Event
from portal.selectors.fragment_graph import graph_of, wrapped
from portal.services.propose_versions import propose_versions
from prompts.registry.models import Version
from prompts.registry.search import search_prompts
from prompts.releases.services.retire import retire_prompt
from tests.people import SHELL
from tests.portal.opening import Desk
from tests.registry.fragments import again, fragment, frozen


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def tone(people, factory) -> Version:
    """Version 2 of a fragment whose version 1 two prompts use."""
    first = fragment(people, "bank/tone", "Kind.")
    frozen(people, factory.draft("bank/a", text="{{> bank/tone}} A"))
    frozen(people, factory.draft("bank/b", text="B\n{{> bank/tone@1}} of bank/tone@1"))
    return again(people, first, "Kinder.")


def _propose(people, tone, who="author", names=("bank/a", "bank/b")):
    keys = Version.objects.filter(prompt__name__in=names).values_list("prompt", flat=True)
    return propose_versions(actor=people.actor(who), fragment_id=tone.prompt_id, prompt_ids=list(keys))


def test_one_draft_per_chosen_prompt_takes_the_newest_version(people, tone):
    done = _propose(people, tone)
    assert [(row.prompt.name, row.draft.number) for row in done] == [("bank/a", 2), ("bank/b", 2)]
    assert done[1].draft.text == "B\n{{> bank/tone@2}} of bank/tone@1"
    pins = [frozen(people, row.draft).fragments[0]["version"] for row in done]
    assert pins == [2, 2]
    event = Event.objects.get(event="portal.versions.proposed")
    assert event.subject == "bank/tone"
    assert '"drafts":["bank/a@2","bank/b@2"]' in event.payload


def test_a_prompt_with_a_draft_is_skipped_and_that_is_said(people, factory, tone):
    draft = factory.next_draft(Version.objects.get(prompt__name="bank/a").prompt, text="{{> bank/tone}} A2")
    done = _propose(people, tone)
    assert [row.draft is None for row in done] == [True, False]
    assert "Version 2 is a draft already" in done[0].why_not
    assert Version.objects.filter(prompt=draft.prompt).count() == 2


@pytest.mark.parametrize("who", ["expert", "auditor", "ethics_officer", "documentarian"])
def test_whoever_may_not_write_is_refused_row_by_row(people, tone, who):
    done = _propose(people, tone, who)
    assert {row.why_not for row in done} == {"You may not write it."}
    assert Version.objects.filter(prompt__name="bank/a").count() == 1


def test_who_includes_it_through_another_is_sent_there_first(people, factory, tone):
    fragment(people, "bank/outer", "{{> bank/tone@1}}")
    frozen(people, factory.draft("bank/c", text="{{> bank/outer}}"))
    [row] = _propose(people, tone, names=("bank/c",))
    assert "through another one" in row.why_not


def test_a_retired_prompt_gets_no_new_version(people, tone):
    user = Version.objects.get(prompt__name="bank/a").prompt
    retire_prompt(actor=people.actor("steward"), prompt_id=user.pk, reason="Ended.")
    [row] = _propose(people, tone, names=("bank/a",))
    assert row.why_not == "It is retired."


def test_nobody_behind_is_a_conflict(people, tone):
    with pytest.raises(Conflict):
        _propose(people, tone, names=())


def test_a_fragment_in_live_versions_is_not_retired(people, factory):
    first = fragment(people, "bank/tone", "Kind.")
    factory.released(factory.draft("bank/user", text="{{> bank/tone}}"), environment="development")
    with pytest.raises(Conflict, match="live: bank/user@1"):
        retire_prompt(actor=people.actor("steward"), prompt_id=first.prompt_id, reason="Old.")


def test_the_page_of_a_fragment_names_its_users_and_where_they_are_live(desk, people, factory):
    first = fragment(people, "bank/tone", "Kind.")
    factory.released(factory.draft("bank/user", text="{{> bank/tone}}"), environment="development")
    text = desk.text("author", "prompt", first.prompt_id)
    assert "bank/user" in text
    assert "live in development" in text


def test_users_that_one_may_not_see_are_neither_named_nor_counted(desk, people, tone):
    from prompts.registry.services.grants import grant_right

    grant_right(actor=SHELL, user_or_group=people.stranger, right="view", on=tone.prompt)
    for name, args in (
        ("prompt", [tone.prompt_id]),
        ("fragment-propose", [tone.prompt_id]),
        ("fragments", []),
    ):
        text = desk.text("stranger", name, *args)
        assert "bank/a" not in text.replace("bank/access", "")
        assert "2 prompts" not in text
    assert not search_prompts(people.actor("stranger"), "uses:bank/tone").exists()


def test_the_editor_tells_what_a_change_touches(desk, people, factory, tone):
    draft = factory.next_draft(tone.prompt, text="Kindest.")
    text = desk.text("author", "draft", draft.pk)
    assert "What this touches" in text
    assert "bank/a" in text
    plain = factory.draft("bank/plain")
    assert "What this touches" not in desk.text("author", "draft", plain.pk)


def test_the_form_begins_drafts_and_tells_what_became_of_each(desk, people, factory, tone):
    user = Version.objects.get(prompt__name="bank/a").prompt
    assert "can be proposed" in desk.text("author", "fragment-propose", tone.prompt_id)
    answer = desk.post(
        "author", "fragment-propose", tone.prompt_id, prompt=[user.pk, "x", "99999999999999999"]
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Draft of version 2" in text
    assert Version.objects.filter(prompt=user).count() == 2


def test_a_prompt_that_is_no_fragment_has_no_such_page(desk, factory):
    assert desk.get("author", "fragment-propose", factory.draft().prompt_id).status_code == 404


def test_the_graph_shows_fragments_users_and_who_is_behind(people, desk, factory, tone):
    fragment(people, "bank/outer", "{{> bank/tone}}")
    frozen(people, factory.draft("bank/c", text="{{> bank/outer}}"))
    graph = graph_of(people.actor("author"))
    columns = {node.name: node.column for node in graph.nodes}
    assert columns == {"bank/tone": 0, "bank/a": 1, "bank/b": 1, "bank/outer": 1, "bank/c": 2}
    behind = {(edge.user.name, edge.is_behind) for edge in graph.edges}
    assert behind == {("bank/a", True), ("bank/b", True), ("bank/outer", False), ("bank/c", False)}
    text = desk.text("author", "fragments")
    assert "<svg" in text
    assert "<table" in text


def test_a_circle_of_names_is_drawn_all_the_same(people, factory):
    factory.draft("bank/x", kind="fragment", text="{{> bank/y}}")
    factory.draft("bank/y", kind="fragment", text="{{> bank/x}}")
    assert len(graph_of(people.actor("author")).edges) == 2


def test_one_fragment_alone_has_a_graph_of_its_own(people, desk, factory, tone):
    fragment(people, "bank/other", "O")
    frozen(people, factory.draft("bank/c", text="{{> bank/other}}"))
    text = desk.text("author", "fragments", of=tone.prompt_id)
    assert "bank/a" in text
    assert "bank/c" not in text
    assert desk.get("author", "fragments", of=99999).status_code == 404


def test_a_long_name_is_wrapped_and_not_cut():
    name = "bank/" + "a" * 80 + "/" + "b" * 20
    assert "".join(wrapped(name)) == name
    assert max(map(len, wrapped(name))) <= 28


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("uses:bank/tone", ["bank/a", "bank/b"]),
        ("uses:bank/tone@1", ["bank/a", "bank/b"]),
        ("uses:bank/tone@2", []),
        ("uses:bank/none", []),
        ('uses:"bank/tone" tag:x', []),
    ],
)
def test_the_search_finds_prompts_by_what_they_use(people, tone, query, names):
    assert sorted(row.name for row in search_prompts(people.actor("author"), query)) == names


@pytest.mark.parametrize("page", ["prompt", "fragment-propose", "fragments"])
def test_queries_do_not_grow_with_users(desk, people, factory, tone, page):
    browser = desk.browser("author")
    address = reverse(f"admin:{page}", args=[] if page == "fragments" else [tone.prompt_id])
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for number in range(4):
        frozen(people, factory.draft(f"bank/more-{number}", text="{{> bank/tone@1}}"))
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) <= len(few)
