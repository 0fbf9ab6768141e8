"""Fragments at the freeze: pinned by name or version, refused with their place; the index of their users."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.identity.errors import Conflict, GovernedError
from prompts.registry.digests import canonical_document, digest_of
from prompts.registry.errors import FragmentTrouble
from prompts.registry.fragments import newest_fragments, partials_of
from prompts.registry.inclusion import inclusions
from prompts.registry.models import FragmentUse, Version
from prompts.registry.rendering import render_version
from prompts.registry.services.drafts import create_draft, discard_draft, edit_draft
from prompts.registry.services.prompts import archive_prompt, edit_prompt, unarchive_prompt
from prompts.registry.uses import uses_of
from tests.registry.fragments import again, fragment, frozen


def uses(version: Version) -> list[tuple[str, int | None, bool]]:
    """The version's rows of the index."""
    rows = FragmentUse.objects.filter(version=version).order_by("name")
    return list(rows.values_list("name", "number", "is_direct"))


def test_a_version_of_a_fragment_can_be_named(people, factory):
    tone = fragment(people, "bank/tone", "Kind.")
    again(people, tone, "Harsh.")
    version = frozen(people, factory.draft(text="{{> bank/tone@1}}!"))
    assert version.fragments == [{"name": "bank/tone", "version": 1, "digest": tone.digest}]
    assert render_version(people.actor("author"), version, {})[0]["content"] == "Kind.!"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello.\n{{> bank/none}}", "Message 1, line 2: 'bank/none' is included, but"),
        ("{{> bank/tone@7}}", "Message 1, line 1: 'bank/tone' is included, but there is no frozen version 7"),
        (
            "{{> bank/tone}}\n{{> bank/tone@1}}",
            "line 2: bank/tone would be included in two versions, 1 and 2",
        ),
        ("\n\n{{> bank/jinja}}", "line 3: bank/jinja is written in Jinja2, this text in Mustache"),
        ("{{> bank/self}}", "line 1: bank/user would include itself"),
    ],
)
def test_what_cannot_be_pinned_is_refused_with_its_place(people, factory, text, told):
    again(people, fragment(people, "bank/tone", "Kind."), "Harsh.")
    fragment(people, "bank/jinja", "{% if a %}b{% endif %}", format="jinja2")
    user = fragment(people, "bank/user", "Plain.")
    fragment(people, "bank/self", "{{> bank/user}}")
    with pytest.raises(FragmentTrouble) as refused:
        frozen(people, factory.next_draft(user.prompt, text=text))
    assert told in refused.value.message


@pytest.mark.parametrize(
    ("schema", "refused"),
    [
        ({}, False),
        ({"type": "object", "properties": {"who": {}}}, False),
        ({"type": "object", "properties": {"what": {}}}, True),
        ({"type": "object", "properties": {"what": {}}, "additionalProperties": True}, False),
    ],
)
def test_a_variable_of_a_fragment_that_is_not_declared_is_refused(people, factory, schema, refused):
    fragment(people, "bank/inner", "Dear {{who}}")
    fragment(people, "bank/outer", "{{> bank/inner}}")
    draft = factory.draft(text="Hello.\n{{> bank/outer}}", content={"variables": schema})
    if not refused:
        assert frozen(people, draft).is_frozen
        return
    with pytest.raises(FragmentTrouble, match="Message 1, line 2: bank/outer asks for the variable 'who'"):
        frozen(people, draft)


def test_fragments_do_not_include_one_another_without_end(people, factory):
    fragment(people, "bank/f0", "0")
    for number in range(1, 10):
        fragment(people, f"bank/f{number}", f"{{{{> bank/f{number - 1}}}}}{number}")
    version = frozen(people, factory.draft(text="{{> bank/f9}}"))
    assert render_version(people.actor("author"), version, {})[0]["content"] == "0123456789"
    fragment(people, "bank/f10", "{{> bank/f9}}")
    with pytest.raises(FragmentTrouble, match="more than 10 deep"):
        frozen(people, factory.draft(text="{{> bank/f10}}"))


def test_a_bomb_of_fragments_is_refused(people, factory):
    fragment(people, "bank/b0", "x" * 1000)
    for number in range(1, 4):
        fragment(people, f"bank/b{number}", f"{{{{> bank/b{number - 1}}}}}" * 15)
    with pytest.raises(FragmentTrouble, match="longer than 4,000,000"):
        frozen(people, factory.draft(text="{{> bank/b3}}\n" * 2))


def test_the_index_follows_every_save_and_the_freeze(people, factory):
    fragment(people, "bank/inner", "I")
    fragment(people, "bank/outer", "{{> bank/inner}}")
    draft = factory.draft(text="{{> bank/none@2}}")
    assert uses(draft) == [("bank/none", 2, True)]
    changes = {"messages": [{"role": "text", "content": "{{> bank/outer}}"}]}
    draft = edit_draft(actor=people.actor("author"), version_id=draft.pk, seen_revision=1, changes=changes)
    assert uses(draft) == [("bank/outer", None, True)]
    assert uses(frozen(people, draft)) == [("bank/inner", 1, False), ("bank/outer", 1, True)]


def test_the_migration_fills_the_same_index(people, factory):
    fragment(people, "bank/inner", "I")
    fragment(people, "bank/outer", "{{> bank/inner}}")
    rows = [frozen(people, factory.draft(text="{{> bank/outer}}")), factory.draft(text="{{> bank/none@2}}")]
    before = [uses(row) for row in rows]
    FragmentUse.objects.all().delete()
    filled = import_module("prompts.registry.migrations.0009_fragment_uses_filled")
    with connection.schema_editor(atomic=False) if connection.vendor == "postgresql" else _editor() as editor:
        filled.fill(apps, editor)
    assert [uses(row) for row in rows] == before


class _editor:
    """What the migration asks of a schema editor; SQLite's own one refuses to start within a test."""

    def __init__(self) -> None:
        self.connection = connection

    def __enter__(self):
        return self

    def __exit__(self, *args: object) -> None:
        return None


def test_used_by_is_one_query_and_shows_only_what_one_may_see(people, factory, django_assert_num_queries):
    fragment(people, "bank/tone", "Kind.")
    for _ in range(3):
        frozen(people, factory.draft(text="{{> bank/tone}}"))
    author, stranger = people.actor("author"), people.actor("stranger")
    assert list(uses_of(stranger, "bank/tone")) == []
    list(uses_of(author, "bank/tone"))
    with django_assert_num_queries(1):
        names = [row.version.prompt.name for row in uses_of(author, "bank/tone")]
    assert len(names) == 3


def test_versions_that_neither_live_nor_are_newest_do_not_count(people, factory):
    fragment(people, "bank/tone", "Kind.")
    old = frozen(people, factory.draft(text="{{> bank/tone}}"))
    again(people, old, "Without it.")
    assert list(uses_of(people.actor("author"), "bank/tone")) == []


def test_an_archived_fragment_is_included_no_more_and_pins_stay(people, factory):
    tone = fragment(people, "bank/tone", "Kind.")
    version = frozen(people, factory.draft(text="{{> bank/tone}}"))
    archive_prompt(actor=people.actor("author"), prompt_id=tone.prompt_id, reason="Old.")
    assert render_version(people.actor("author"), version, {})[0]["content"] == "Kind."
    with pytest.raises(FragmentTrouble):
        frozen(people, factory.draft(text="{{> bank/tone}}"))


def test_a_fragment_in_live_versions_is_not_archived_and_its_users_are_told(people, factory):
    tone = fragment(people, "bank/tone", "Kind.")
    factory.released(factory.draft("bank/user", text="{{> bank/tone}}"), environment="development")
    with pytest.raises(Conflict, match="live: bank/user@1"):
        archive_prompt(actor=people.actor("author"), prompt_id=tone.prompt_id, reason="Old.")


def test_a_draft_takes_the_texts_in_one_query_for_its_own_and_one_for_theirs(
    people, factory, django_assert_num_queries
):
    fragment(people, "bank/inner", "I")
    for number in range(3):
        fragment(people, f"bank/f{number}", "{{> bank/inner}}")
    draft = factory.draft(text="{{> bank/f0}}{{> bank/f1}}{{> bank/f2@1}}{{> bank/none}}")
    author = people.actor("author")
    newest_fragments(author, inclusions("mustache", draft.messages))
    with django_assert_num_queries(2):
        texts = partials_of(author, draft)
    assert sorted(texts) == ["bank/f0", "bank/f1", "bank/f2@1", "bank/inner", "bank/inner@1"]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "freeze", "draft", "discard", "archive", "unarchive", "tag", "circle"]),
        st.sampled_from(["bank/inner", "bank/outer"]),
        st.sampled_from(["Other.", "{{> bank/inner}} twice {{> bank/inner}}", "{{> bank/outer}}", "{{x}}"]),
    ),
    max_size=12,
)


def _act(people, parts, act, name, text) -> None:
    author, prompt = people.actor("author"), parts[name]
    newest = prompt.versions.order_by("-number").first()
    messages = [{"role": "text", "content": text}]
    if act == "draft":
        create_draft(actor=author, prompt_id=prompt.pk, messages=messages)
    elif act in {"edit", "circle"}:
        text = f"{text} {{{{> {name}}}}}" if act == "circle" else text
        changes = {"messages": [{"role": "text", "content": text}]}
        edit_draft(actor=author, version_id=newest.pk, seen_revision=newest.revision, changes=changes)
    elif act == "freeze":
        frozen(people, newest)
    elif act == "discard":
        discard_draft(actor=author, version_id=newest.pk)
    elif act == "tag":
        edit_prompt(actor=author, prompt_id=prompt.pk, changes={"tags": [text[:5]], "purpose": text})
    else:
        change = archive_prompt if act == "archive" else unarchive_prompt
        change(actor=author, prompt_id=prompt.pk, reason="So.")


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_whatever_happens_to_fragments_a_frozen_version_keeps_its_bytes(people, bank, acts):
    from django.db import transaction

    from tests.factories import Factory

    with transaction.atomic():
        parts = {"bank/inner": fragment(people, "bank/inner", "In {{x}}.").prompt}
        parts["bank/outer"] = fragment(people, "bank/outer", "[{{> bank/inner}}]").prompt
        version = frozen(people, Factory(people).draft(text="{{> bank/outer}} {{> bank/inner@1}}"))
        for act, name, text in acts:
            try:
                _act(people, parts, act, name, text)
            except GovernedError:
                continue
        kept = Version.objects.get(pk=version.pk)
        document = canonical_document(kept, kind=kept.prompt.kind, fragments=kept.fragments)
        assert document == kept.canonical.encode() == version.canonical.encode()
        assert digest_of(document) == version.digest
        assert render_version(people.actor("author"), kept, {"x": 1})[0]["content"] == "[In 1.] In 1."
        transaction.set_rollback(True)
