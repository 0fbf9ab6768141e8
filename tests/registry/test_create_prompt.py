"""Creating a prompt with its first text."""

from typing import Any

import pytest

from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.errors import NameTaken
from prompts.registry.models import Prompt, Version
from prompts.registry.services.prompts import create_prompt

DEEP: dict[str, Any] = {}
for _ in range(60):
    DEEP = {"a": DEEP}


def test_the_first_text_becomes_draft_version_one_with_its_author(people, bank) -> None:
    author = people.actor("author")
    prompt = create_prompt(actor=author, name="bank/a", text="Hi {{x}}", tags=["b", "a", "b"])
    version = prompt.versions.get()
    assert (version.number, version.is_frozen, version.author) == (1, False, people.author)
    assert version.messages == [{"role": "text", "content": "Hi {{x}}"}]
    assert [row.name for row in version.authors.all()] == ["ada"]
    assert prompt.tags == ["b", "a"] == [row.name for row in prompt.tag_rows.order_by("pk")]
    assert Event.objects.get(event="registry.prompt.created").subject == "bank/a"
    assert prompt.history.get().history_actor == "ada"


@pytest.mark.parametrize(
    "text", [" a \r\n\tb\n\n", "\ufeffx", "e\u0301 \u00e9", "\U0001d518 👩‍⚕️", "a\u2028b", "x" * 1_000_000]
)
def test_a_text_survives_byte_for_byte(people, bank, text: str) -> None:
    create_prompt(actor=people.actor("author"), name="bank/a", text=text, format="plain")
    assert Version.objects.get().text.encode() == text.encode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": "a\x00b"}, "messages"),
        ({"text": "a\ud800"}, "messages"),
        ({"text": "x" * 1_000_001}, "messages"),
        ({"text": "  \n"}, "messages"),
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "text", "content": "a"}] * 2}, "messages"),
        ({"messages": "a"}, "messages"),
        ({"kind": "chat", "messages": [{"role": "boss", "content": "a"}]}, "messages"),
        ({"kind": "chat", "messages": [{"role": "user", "content": "a", "x": 1}]}, "messages"),
        ({"kind": "chat", "messages": [{"role": "placeholder", "name": "a b"}]}, "messages"),
        ({"kind": "song", "text": "a"}, "kind"),
        ({"text": "a", "format": "liquid"}, "format"),
        ({"text": "a {{#b}}"}, "messages"),
        ({"text": "a", "risk_tier": "none"}, "risk_tier"),
        ({"text": "a", "purpose": "a\x00"}, "purpose"),
        ({"text": "a", "tags": ["x" * 61]}, "tags"),
        ({"text": "a", "tags": "x"}, "tags"),
        ({"text": "a", "colour": "red"}, "colour"),
        ({"text": "a", "content": {"config": DEEP}}, "config"),
        ({"text": "a", "content": {"config": {"a": "x" * 200_001}}}, "config"),
        ({"text": "a", "content": {"model_settings": {"a": float("nan")}}}, "model_settings"),
        ({"text": "a", "content": {"config": {"a": 2**60}}}, "config"),
        ({"text": "a", "content": {"config": {"a": 1e300}}}, "config"),
        ({"text": "a", "content": {"output_schema": {"type": "cat"}}}, "output_schema"),
        ({"text": "a", "content": {"tools": {}}}, "tools"),
    ],
)
def test_a_fault_is_refused_with_its_field_and_nothing_is_written(people, bank, fields, field) -> None:
    with pytest.raises(Unacceptable) as refused:
        create_prompt(actor=people.actor("author"), name="bank/a", **fields)
    assert refused.value.field.startswith(field)
    assert not Prompt.objects.exists()


def test_a_message_at_fault_is_named_with_its_place(people, bank) -> None:
    messages = [{"role": "user", "content": "a"}, {"role": "boss", "content": "b"}]
    with pytest.raises(Unacceptable, match=r"messages\[1\]\.role is one of system, .*not 'boss'"):
        create_prompt(actor=people.actor("author"), name="bank/a", kind="chat", messages=messages)


@pytest.mark.parametrize("name", ["bank/a", "bank/A"])
def test_a_name_is_given_once_in_any_case(people, bank, name: str) -> None:
    create_prompt(actor=people.actor("author"), name="bank/a", text="x")
    with pytest.raises(NameTaken):
        create_prompt(actor=people.actor("author"), name=name, text="y")


@pytest.mark.parametrize("who", ["expert", "ethics_officer", "auditor", "administrator", "service", "leaver"])
def test_only_writers_of_the_collection_create(people, bank, who: str) -> None:
    with pytest.raises((Refused, NotThere)):
        create_prompt(actor=people.actor(who), name="bank/a", text="x")


def test_a_stranger_does_not_learn_that_the_collection_is_there(people, bank) -> None:
    messages = []
    for name in ("bank/a", "nowhere/a"):
        with pytest.raises(NotThere) as refused:
            create_prompt(actor=people.actor("stranger"), name=name, text="x")
        messages.append(refused.value.message.replace(name.partition("/")[0], "?"))
    assert messages[0] == messages[1]
