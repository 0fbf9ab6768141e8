"""The editor's fields for tools, the shape of the answer, configuration, images and files."""

import json

import pytest
from django.urls import reverse

from prompts.registry.models import Version
from prompts.registry.services.prompts import create_prompt
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def version(people) -> Version:
    """A draft of a chat."""
    messages = [{"role": "user", "content": "Look"}]
    prompt = create_prompt(actor=people.actor("author"), name="bank/look", kind="chat", messages=messages)
    return prompt.versions.get()


TOOLS = [{"name": "pay", "description": "Pays", "parameters": {"type": "object"}}]


def form(version, **more):
    told = {"revision": version.revision, "role": "user", "content": "Look", "format": "mustache"}
    return {**told, "change_note": "", "settings": "", "save": "1", **more}


def test_everything_is_saved_and_shown_again(desk, version):
    told = {
        "tools": json.dumps(TOOLS),
        "output_schema": '{"type": "object"}',
        "config": '{"locale": "de"}',
        "attachments": "image {{ photo }} low\nfile https://example.com/<b>.pdf terms.pdf".replace(
            "<b>", "b"
        ),
    }
    sent = desk.post("author", "draft", version.pk, **form(version, **told))
    assert sent.status_code == 302
    version.refresh_from_db()
    assert (version.tools, version.output_schema) == (TOOLS, {"type": "object"})
    assert version.config == {"locale": "de"}
    assert version.messages[0]["attachments"] == [
        {"type": "image", "url": "{{ photo }}", "detail": "low"},
        {"type": "file", "url": "https://example.com/b.pdf", "name": "terms.pdf"},
    ]
    page = desk.text("author", "draft", version.pk)
    assert "image {{ photo }} low" in page
    shown = desk.browser("expert").get(f"{reverse('admin:prompt', args=[version.prompt_id])}?tab=text")
    assert "https://example.com/b.pdf" in shown.content.decode()


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("tools", "[{", "The tools are no JSON"),
        ("tools", '[{"name": 1}]', "Tool 1 is no object with a name"),
        ("output_schema", '{"type": "x"}', "no JSON Schema"),
        ("config", "[]", "must be an object"),
        ("config", "[" * 100_000, "nested too deeply"),
        ("attachments", "video https://example.com/a", "type image or file"),
        ("attachments", "image file:///etc/passwd", "neither an address"),
    ],
)
def test_a_fault_is_told_and_nothing_of_what_was_typed_is_lost(desk, version, field, text, told):
    sent = desk.post("author", "draft", version.pk, **form(version, **{field: text}))
    assert sent.status_code == 400
    page = sent.content.decode()
    assert told in page
    assert text[:200].replace('"', "&quot;") in page
    version.refresh_from_db()
    assert version.revision == 1


def test_a_form_without_the_fields_leaves_them_as_they_are(desk, people):
    prompt = create_prompt(
        actor=people.actor("author"), name="bank/tools", text="Hi", content={"tools": TOOLS}
    )
    version = prompt.versions.get()
    told = {**form(version), "role": "text", "content": "Hello"}
    assert desk.post("author", "draft", version.pk, **told).status_code == 302
    version.refresh_from_db()
    assert (version.text, version.tools) == ("Hello", TOOLS)


def test_whoever_signs_sees_that_a_tool_came_and_an_image_went(desk, people, version):
    version.messages = [
        {"role": "user", "content": "Look", "attachments": [{"type": "image", "url": "{{photo}}"}]}
    ]
    version.save()
    from prompts.registry.services.drafts import create_draft
    from prompts.registry.services.freeze import freeze_version

    freeze_version(actor=people.actor("author"), version_id=version.pk)
    create_draft(
        actor=people.actor("author"),
        prompt_id=version.prompt_id,
        messages=[{"role": "user", "content": "Look"}],
        tools=TOOLS,
    )
    page = desk.text("expert", "compare", version.prompt_id, a=1, b=2)
    assert "[image {{photo}}]" in page
    assert "Tools" in page
