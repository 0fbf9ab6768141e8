"""Images and files of a message: what may go with it, in which shapes it comes in and goes out."""

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.rendering import question_for
from prompts.registry.attachments import (
    check_attachments,
    for_anthropic,
    inward,
    outward,
    read_lines,
    templates_of,
    written,
)
from prompts.registry.models import Version
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.prompts import create_prompt
from prompts.registry.variable_schema import propose_schema
from tests.people import SHELL

PNG = "data:image/png;base64,iVBORw0KGgo="
PDF = "data:application/pdf;base64,JVBERi0="


@pytest.mark.parametrize(
    "each",
    [
        {"type": "image", "url": "https://example.com/a.png"},
        {"type": "image", "url": "{{photo}}", "detail": "low"},
        {"type": "image", "url": "https://example.com/{{id}}.png"},
        {"type": "image", "url": PNG},
        {"type": "file", "url": PDF, "name": "terms.pdf"},
        {"type": "file", "url": "{% if a %}{{a}}{% endif %}"},
    ],
)
def test_what_may_go_with_a_message(each):
    assert check_attachments([each], "a") == [each]
    assert read_lines("\n".join(written([each]))) == [each]


@pytest.mark.parametrize(
    "each",
    [
        {"type": "video", "url": "https://example.com/a.mp4"},
        {"type": "image"},
        {"type": "image", "url": ""},
        {"type": "image", "url": "file:///etc/passwd"},
        {"type": "image", "url": "javascript:alert(1)"},
        {"type": "image", "url": "//example.com/a.png"},
        {"type": "image", "url": "https://example.com/a b"},
        {"type": "image", "url": "data:image/svg+xml;base64,PHN2Zz4="},
        {"type": "image", "url": "data:text/html;base64,PGI+"},
        {"type": "image", "url": PDF},
        {"type": "file", "url": "data:text/html,<b>"},
        {"type": "image", "url": "https://a/" + "x" * 5000},
        {"type": "image", "url": "{{" + "x" * 5000},
        {"type": "image", "url": PNG, "detail": "huge"},
        {"type": "image", "url": PNG, "name": "a"},
        {"type": "file", "url": PDF, "name": "a\nb"},
        {"type": "file", "url": PDF, "onload": "x"},
        "image",
        None,
    ],
)
def test_what_may_not(each):
    with pytest.raises(Unacceptable):
        check_attachments([each], "a")


def test_so_many_and_no_more():
    one = {"type": "image", "url": PNG}
    assert len(check_attachments([one] * 20, "a")) == 20
    for value in ([one] * 21, [], "x"):
        with pytest.raises(Unacceptable):
            check_attachments(value, "a")


PARTS = [
    {"type": "text", "text": "Look"},
    {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}},
    {"type": "file", "file": {"file_data": PDF, "filename": "terms.pdf"}},
]


def test_parts_come_in_and_go_out_alike():
    text, found = inward(PARTS, "content")
    assert outward(text, found) == PARTS
    assert inward("Look", "content") == ("Look", [])
    assert outward("Look", []) == "Look"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([PARTS[1], PARTS[0]], "text comes first"),
        ([{"type": "input_audio"}], "neither text"),
        ([], "list of parts"),
        (None, "list of parts"),
        ([{"type": "image_url", "image_url": PNG}], "neither text"),
        (["Look"], "neither text"),
    ],
)
def test_parts_that_would_be_told_otherwise_are_refused(content, reason):
    with pytest.raises(Unacceptable, match=reason):
        inward(content, "content")


def test_anthropic_has_names_of_its_own():
    told = for_anthropic(PARTS)
    assert [part["type"] for part in told] == ["text", "image", "document"]
    assert told[1]["source"] == {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    web = for_anthropic([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}])
    assert web[0]["source"] == {"type": "url", "url": "https://example.com/a.png"}
    assert for_anthropic("Look") == "Look"


MESSAGES = [
    {"role": "system", "content": "Describe."},
    {"role": "user", "content": "{{wish}}", "attachments": [{"type": "image", "url": "{{photo}}"}]},
]


@pytest.fixture
def picture(people) -> Version:
    """A draft with an image that is a variable."""
    actor = people.actor("author")
    return create_prompt(actor=actor, name="bank/picture", kind="chat", messages=MESSAGES).versions.get()


def test_the_address_is_filled_in_and_asked_for(picture, people):
    assert list(templates_of(MESSAGES[1])) == ["{{wish}}", "{{photo}}"]
    assert sorted(propose_schema(MESSAGES, "mustache")["properties"]) == ["photo", "wish"]
    asked = question_for(people.actor("author"), picture, {"wish": "What is it?", "photo": PNG})
    assert asked.messages[1]["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": PNG}},
    ]


@pytest.mark.parametrize("photo", ["", "file:///etc/passwd", "http://", "data:text/html,x"])
def test_what_is_filled_in_must_be_an_address_too(picture, people, photo):
    with pytest.raises(Unacceptable, match="address"):
        question_for(people.actor("author"), picture, {"photo": photo})


def test_they_are_frozen_with_the_text(picture, people):
    frozen = freeze_version(actor=people.actor("author"), version_id=picture.pk)
    assert '"attachments":[{"type":"image","url":"{{photo}}"}]' in frozen.canonical


def test_a_message_without_any_is_stored_as_before(people):
    messages = [{"role": "user", "content": "Hi", "attachments": []}]
    prompt = create_prompt(actor=SHELL, name="bank/plain", kind="chat", messages=messages)
    assert prompt.versions.get().messages == [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize(
    "attachments", [[{"type": "image", "url": "{{#a}}"}], [{"type": "image", "url": "x"}], "x"]
)
def test_a_fault_in_one_stops_the_draft(picture, people, attachments):
    messages = [{"role": "user", "content": "a", "attachments": attachments}]
    with pytest.raises(Unacceptable):
        create_draft(actor=people.actor("author"), prompt_id=picture.prompt_id, messages=messages)


@pytest.mark.parametrize(
    "tools",
    [["x"], [{}], [{"function": {"description": "a"}}], [{"name": "a", "parameters": {"type": "x"}}], {}],
)
def test_tools_have_names_and_schemas(picture, people, tools):
    with pytest.raises(Unacceptable) as told:
        create_draft(actor=people.actor("author"), prompt_id=picture.prompt_id, tools=tools)
    assert told.value.field == "tools"
