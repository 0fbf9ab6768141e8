"""Fragments included by the environment that serves them: found at the freeze, pinned, and told."""

import pytest
from django.urls import reverse

from portal.selectors.fragment_graph import graph_of
from portal.selectors.fragment_users import candidates
from portal.services.propose_versions import propose_versions
from prompts.registry.errors import FragmentTrouble
from prompts.registry.fragments import newest_fragments
from prompts.registry.inclusion import inclusions
from prompts.registry.models import FragmentUse, Version
from prompts.registry.rendering import render_version
from prompts.registry.search import search_prompts
from prompts.registry.uses import uses_of
from prompts.releases.services.freeze import freeze_prompt
from prompts.serving.fragments import fill, load
from tests.portal.opening import Desk
from tests.registry.fragments import again, fragment, frozen

TAG = "{{> bank/tone@development}}"


@pytest.fixture
def tone(people, factory) -> Version:
    """Version 2 of a fragment whose version 1 is live in development."""
    draft = factory.draft("bank/tone", kind="fragment", text="Kind.")
    return again(people, factory.released(draft, environment="development"), "Kinder.")


def test_the_version_that_is_live_there_is_pinned_and_not_the_newest(people, factory, tone):
    version = frozen(people, factory.draft(text=f"Hello. {TAG}"))
    assert [(pin["name"], pin["version"]) for pin in version.fragments] == [("bank/tone", 1)]
    assert render_version(people.actor("author"), version, {})[0]["content"] == "Hello. Kind."


@pytest.mark.parametrize("format", ["mustache", "handlebars", "jinja2"])
def test_every_language_names_environments(people, factory, format):
    factory.released(
        factory.draft("bank/tone", kind="fragment", text="Kind.", format=format), environment="development"
    )
    text = '{% include "bank/tone@development" %}!' if format == "jinja2" else f"{TAG}!"
    draft = factory.draft(text=text, format=format)
    assert render_version(people.actor("author"), draft, {})[0]["content"] == "Kind.!"
    version = frozen(people, draft)
    assert render_version(people.actor("author"), version, {})[0]["content"] == "Kind.!"


def test_a_later_release_changes_no_frozen_version(people, factory, tone):
    version = frozen(people, factory.draft(text=TAG))
    factory.released(tone, environment="development")
    assert render_version(people.actor("author"), version, {})[0]["content"] == "Kind."


def test_a_fragment_in_a_fragment_is_named_by_environment_too(people, factory, tone):
    fragment(people, "bank/outer", f"[{TAG}]")
    version = frozen(people, factory.draft(text="{{> bank/outer}}"))
    assert render_version(people.actor("author"), version, {})[0]["content"] == "[Kind.]"
    draft = factory.draft(text="{{> bank/outer}}")
    assert render_version(people.actor("author"), draft, {})[0]["content"] == "[Kind.]"


def test_what_is_served_has_the_fragment_put_in(people, factory, tone):
    version = frozen(people, factory.draft(text=f"Hello. {TAG}"))
    texts = load([(pin["name"], pin["version"]) for pin in version.fragments], version.messages)
    assert fill(version.text, version.format, texts) == "Hello. Kind."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Hello.\n{{> bank/tone@production}}",
            "Message 1, line 2: 'bank/tone' is included, but nothing of it is served in production",
        ),
        (
            "{{> bank/tone@moon}}",
            "line 1: 'bank/tone' is included, but there is no environment 'moon'; there are development",
        ),
        ("{{> bank/none@development}}", "'bank/none' is included, but there is no fragment of that name"),
        (TAG + "{{> bank/tone}}", "bank/tone would be included in two versions, 1 and 2: name one of them"),
    ],
)
def test_what_cannot_be_pinned_is_refused_with_its_place(people, factory, tone, text, told):
    with pytest.raises(FragmentTrouble) as refused:
        frozen(people, factory.draft(text=text))
    assert told in refused.value.message


def test_a_frozen_fragment_serves_nothing_to_include(people, factory, tone):
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=tone.prompt_id, reason="Harm.")
    with pytest.raises(FragmentTrouble, match="nothing of it is served in development"):
        frozen(people, factory.draft(text=TAG))


def test_what_one_may_not_see_is_a_fragment_that_is_not_there(people, factory, tone):
    asked = inclusions("mustache", [{"content": TAG}])
    assert newest_fragments(people.actor("stranger"), asked) == {}


def test_the_index_keeps_the_environment_and_the_search_finds_it(people, factory, tone):
    draft = factory.draft("bank/user", text=TAG)
    use = FragmentUse.objects.get(version=draft)
    assert (use.name, use.number, use.label) == ("bank/tone", None, "development")
    use = FragmentUse.objects.get(version=frozen(people, draft))
    assert (use.name, use.number, use.label) == ("bank/tone", 1, "development")
    author = people.actor("author")
    assert [row.version.prompt.name for row in uses_of(author, "bank/tone")] == ["bank/user"]
    for query, found in (("uses:bank/tone@development", True), ("uses:bank/tone@staging", False)):
        assert search_prompts(author, query).exists() == found


def test_users_by_environment_are_behind_only_once_another_version_is_live(people, factory, tone):
    frozen(people, factory.draft("bank/user", text=TAG))
    author = people.actor("author")
    assert candidates(author, tone.prompt)[1] == []
    factory.released(tone, environment="development")
    [row] = candidates(author, tone.prompt)[1]
    assert (row.prompt.name, row.why_not) == ("bank/user", "")
    [done] = propose_versions(actor=author, fragment_id=tone.prompt_id, prompt_ids=[row.prompt.pk])
    assert done.draft.text == TAG
    assert done.draft.change_note == "Takes over bank/tone as served in development."
    assert frozen(people, done.draft).fragments[0]["version"] == 2


def test_a_draft_is_told_what_it_will_take(people, factory, tone):
    draft = factory.draft("bank/user", text=TAG)
    [row] = candidates(people.actor("author"), tone.prompt)[1]
    assert "it takes what is served in development" in row.why_not
    desk = Desk(people)
    assert "takes what is served in development" in desk.text("author", "prompt", tone.prompt_id)
    assert "what development serves when frozen" in desk.text("author", "fragments")
    assert [edge.label for edge in graph_of(people.actor("author")).edges] == ["development"]
    answer = desk.browser("author").post(
        reverse("admin:draft-preview", args=[draft.pk]),
        {"role": "text", "content": f"Well: {TAG}", "format": "mustache"},
    )
    assert answer.json()["messages"][0]["text"] == "Well: Kind."
