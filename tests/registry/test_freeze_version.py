"""Freezing: one document, one digest, for good."""

import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.identity.errors import Unacceptable
from audits.ledger.models import Event
from prompts.registry.digests import canonical_document
from prompts.registry.errors import FragmentTrouble, FrozenVersion, StaleDraft
from prompts.registry.models import Version
from prompts.registry.querysets import FrozenRefused
from prompts.registry.rendering import render_version
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.prompts import create_prompt, edit_prompt

KEYS = [
    "config",
    "format",
    "fragments",
    "kind",
    "messages",
    "output_schema",
    "schema",
    "settings",
    "tools",
    "variables",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00{"), min_size=1).filter(
    str.strip
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2**53) + 1, 2**53 - 1)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def frozen(people, version: Version) -> Version:
    """The version, frozen by its author."""
    return freeze_version(actor=people.actor("author"), version_id=version.pk)


def test_the_document_has_exactly_the_keys_of_the_contract_and_its_digest(people, factory) -> None:
    version = frozen(
        people, factory.draft("bank/a", text="é {{x}}\r\n", content={"model_settings": {"temperature": 0.7}})
    )
    document = json.loads(version.canonical)
    assert sorted(document) == KEYS
    assert document["settings"] == {"temperature": "0.7"}
    assert document["messages"] == [{"content": "é {{x}}\r\n", "role": "text"}]
    assert version.digest == hashlib.sha256(version.canonical.encode()).hexdigest()
    assert Event.objects.get(event="registry.version.frozen").subject == "bank/a@1"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, config=st.dictionaries(TEXTS, JSON, max_size=4))
def test_the_bytes_do_not_change_after_the_freeze(people, bank, text: str, config: dict[str, object]) -> None:
    author = people.actor("author")
    with transaction.atomic():
        prompt = create_prompt(actor=author, name="bank/a", text=text, content={"config": config})
        version = frozen(people, prompt.versions.get())
        edit_prompt(actor=author, prompt_id=prompt.pk, changes={"purpose": "Else.", "tags": ["t"]})
        again = Version.objects.get(pk=version.pk)
        document = canonical_document(again, kind=prompt.kind, fragments=again.fragments)
        assert document == again.canonical.encode() == version.canonical.encode()
        assert again.text == text
        transaction.set_rollback(True)


def test_a_frozen_version_freezes_once(people, factory) -> None:
    version = frozen(people, factory.draft())
    with pytest.raises(FrozenVersion):
        frozen(people, version)


def test_what_was_saved_since_is_not_frozen_unseen(people, factory) -> None:
    version = factory.draft()
    with pytest.raises(StaleDraft):
        freeze_version(actor=people.actor("author"), version_id=version.pk, seen_revision=7)
    assert not Version.objects.get(pk=version.pk).is_frozen


def test_a_broken_template_is_not_frozen(people, bank) -> None:
    prompt = create_prompt(actor=people.actor("author"), name="bank/a", text="{{#a}}", as_it_is=True)
    with pytest.raises(Unacceptable, match="never closed"):
        frozen(people, prompt.versions.get())


@pytest.mark.parametrize("act", ["save", "delete", "update", "queryset delete", "bulk"])
def test_neither_model_nor_queryset_changes_a_frozen_version(people, factory, act: str) -> None:
    version = frozen(people, factory.draft())
    rows = Version.objects.filter(pk=version.pk)
    acts = {
        "save": version.save,
        "delete": version.delete,
        "update": lambda: rows.update(change_note="x"),
        "queryset delete": rows.delete,
        "bulk": lambda: Version.objects.bulk_update([version], ["change_note"]),
    }
    with pytest.raises(FrozenRefused):
        acts[act]()


COPY = "INSERT OR REPLACE INTO registry_version SELECT {} FROM registry_version WHERE id = %s"
STATEMENTS = [
    "UPDATE registry_version SET canonical = 'x' WHERE id = %s",
    "DELETE FROM registry_version WHERE id = %s",
]


@pytest.mark.parametrize("statement", [*STATEMENTS, COPY, "other id"])
@pytest.mark.requirement("21-cfr-11/10-c", "21-cfr-11/10-e", "sec-17a-4/f-2-i", "eu-ai-act/18", "hipaa/316-b")
def test_the_database_itself_refuses(people, factory, statement: str) -> None:
    version = frozen(people, factory.draft())
    columns = [field.column for field in Version._meta.fields]
    if statement in {COPY, "other id"}:
        if connection.vendor != "sqlite":
            pytest.skip("Only SQLite replaces rows.")
        listed = [f"id + {1000 if statement == 'other id' else 0}", *columns[1:]]
        statement = COPY.format(", ".join(listed))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])
    assert Version.objects.get(pk=version.pk).canonical == version.canonical


@pytest.mark.postgres
def test_the_database_refuses_to_empty_the_table(people, factory) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL truncates.")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE registry_version CASCADE")


def fragment(people, name: str, text: str, version: int = 1) -> Version:
    """A frozen version of a fragment."""
    prompt = create_prompt(actor=people.actor("author"), name=name, kind="fragment", text=text)
    return frozen(people, prompt.versions.get())


def test_a_fragment_is_pinned_and_later_texts_of_it_change_nothing(people, factory) -> None:
    tone = fragment(people, "bank/tone", "Be kind, {{who}}.")
    version = frozen(people, factory.draft(text="{{> bank/tone}} Explain."))
    assert version.fragments == [{"name": "bank/tone", "version": 1, "digest": tone.digest}]
    frozen(people, factory.next_draft(tone.prompt, text="Be harsh."))
    told = render_version(people.actor("author"), Version.objects.get(pk=version.pk), {"who": "you"})
    assert told == [{"role": "text", "content": "Be kind, you. Explain."}]


def test_fragments_of_fragments_are_pinned_too(people, factory) -> None:
    fragment(people, "bank/inner", "I")
    fragment(people, "bank/outer", "[{{> bank/inner}}]")
    version = frozen(people, factory.draft(text="{{> bank/outer}}"))
    assert [pin["name"] for pin in version.fragments] == ["bank/inner", "bank/outer"]
    assert render_version(people.actor("author"), version, {})[0]["content"] == "[I]"


@pytest.mark.parametrize("text", ["{{> bank/none}}", "{{> bank/other}}", "{{> elsewhere/tone}}"])
def test_what_is_no_frozen_fragment_in_sight_cannot_be_included(people, factory, text: str) -> None:
    factory.draft("bank/other")
    with pytest.raises(FragmentTrouble):
        frozen(people, factory.draft(text=text))


def test_two_versions_of_one_fragment_are_refused(people, factory) -> None:
    inner = fragment(people, "bank/inner", "I")
    fragment(people, "bank/outer", "{{> bank/inner}}")
    frozen(people, factory.next_draft(inner.prompt, text="II"))
    with pytest.raises(FragmentTrouble, match="two versions, 1 and 2"):
        frozen(people, factory.draft(text="{{> bank/inner}}{{> bank/outer}}"))
