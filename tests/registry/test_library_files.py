"""Files of other programs, read into rows: promptfoo, ``.prompt`` heads and Markdown with front matter."""

import json
from pathlib import Path
from typing import Any

import pytest

from prompts.registry.library import Fault, read_path
from prompts.registry.library.picoschema import json_schema


def read(path: Path, format: str = "auto") -> list[tuple[str, Any]]:
    """Name and text (or messages) of each row, or what is wrong."""
    told: list[tuple[str, Any]] = []
    for row in read_path(path, format, {}, "c"):
        if isinstance(row, Fault):
            told.append(("fault", row.reason))
        else:
            messages = row.texts[-1].messages
            plain = [message.get("content") for message in messages]
            told.append((row.name, plain[0] if messages[0]["role"] == "text" else messages))
    return told


CHAT = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{ question }}"}]
FILES = {
    "one.txt": "Say {{x}}.\n",
    "two.txt": "Say {{x}}.\n---\nShout {{x}}.\n",
    "page.md": "# Task\n\nSay {{x}}.\n",
    "chat.json": json.dumps(CHAT),
    "open.json": '[{"role": "user", "content": {{ question | dump }}}]',
    "chat.yaml": "- role: system\n  content: Be kind.\n- role: user\n  content: '{{ question }}'\n",
    "rows.csv": 'prompt,label\n"Say, {{x}}.",said\nShout {{x}}.,\n',
}


@pytest.mark.parametrize(
    ("prompts", "found"),
    [
        ("prompts: 'Say {{x}}.'", [("config 1", "Say {{x}}.")]),
        ("prompts: file://one.txt", [("one", "Say {{x}}.\n")]),
        ("prompts: [one.txt]", [("one", "Say {{x}}.\n")]),
        ("prompts: [{id: 'file://one.txt', label: short}]", [("short", "Say {{x}}.\n")]),
        ("prompts: {one.txt: short}", [("short", "Say {{x}}.\n")]),
        ("prompts: [file://two.txt]", [("two 1", "Say {{x}}."), ("two 2", "Shout {{x}}.")]),
        ("prompts: [file://page.md]", [("page", "# Task\n\nSay {{x}}.\n")]),
        ("prompts: [file://chat.json]", [("chat", CHAT)]),
        ("prompts: [file://chat.yaml]", [("chat", CHAT)]),
        ("prompts: [file://open.json]", [("open", FILES["open.json"])]),
        ("prompts: [file://rows.csv]", [("said", "Say, {{x}}."), ("rows 2", "Shout {{x}}.")]),
        ("prompts: ['file://*.md']", [("page", "# Task\n\nSay {{x}}.\n")]),
        (f"prompts: [{{label: talk, raw: '{json.dumps(CHAT)}'}}]", [("talk", CHAT)]),
        ("prompts: ['[not a chat] {{x}}']", [("config 1", "[not a chat] {{x}}")]),
        ("prompts: [{label: nothing}]", [("fault", "prompt 1: has no text")]),
    ],
)
def test_prompts_of_a_promptfoo_configuration(tmp_path, prompts, found):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "config.yaml").write_text(prompts)
    assert read(tmp_path / "config.yaml", "promptfoo") == found


@pytest.mark.parametrize("name", ["../*.txt", "/etc/*", "**/../../*.txt", "run.py", "missing.txt"])
def test_promptfoo_leads_nowhere_else(tmp_path, name):
    (tmp_path / "run.py").write_text("print(1)")
    (tmp_path / "config.yaml").write_text(f"prompts: ['file://{name}', 'Say {{{{x}}}}.']")
    assert [row[0] for row in read(tmp_path / "config.yaml", "promptfoo")] == ["fault", "config 2"]


HEAD = """---
model: local/tiny
input:
  schema:
    name: string, whom to greet
    tone?: string
  default: {tone: kind}
output:
  schema: {greeting: string}
---

Hello {{name}}.

"""


@pytest.mark.parametrize("before", ["", "# A licence\n#\n\n", "\n"])
def test_a_prompt_file_brings_its_schemas(tmp_path, before):
    (tmp_path / "greet.prompt").write_text(before + HEAD)
    [row] = read_path(tmp_path / "greet.prompt", "auto", {}, "c")
    assert row.texts[0].messages[0]["content"] == "Hello {{name}}."
    assert row.content["output_schema"]["required"] == ["greeting"]
    assert row.content["variables"] == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "whom to greet"},
            "tone": {"type": ["string", "null"], "default": "kind"},
        },
        "additionalProperties": False,
        "required": ["name"],
    }


def test_a_prompt_file_without_a_head_is_all_text(tmp_path):
    (tmp_path / "a.b.prompt").write_text("  Hello\n---\n{{name}}\n")
    assert read(tmp_path / "a.b.prompt") == [("a b", "  Hello\n---\n{{name}}\n")]


def test_a_schema_that_is_only_named_stays_in_the_head(tmp_path):
    (tmp_path / "a.prompt").write_text("---\ninput:\n  schema: Customer\n---\nHi")
    [row] = read_path(tmp_path / "a.prompt", "auto", {}, "c")
    assert (row.content, row.config["dotprompt"]["input"]) == ({}, {"schema": "Customer"})


OPTIONAL = {
    "type": ["object", "null"],
    "properties": {"x": {}},
    "additionalProperties": False,
    "required": ["x"],
}


@pytest.mark.parametrize(
    ("told", "schema"),
    [
        ("string", {"type": "string"}),
        ("number,  how many, at most", {"type": "number", "description": "how many, at most"}),
        ("any", {}),
        ({"type": "string"}, {"type": "string"}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
        (
            {"(*)": "integer, any count"},
            {
                "type": "object",
                "properties": {},
                "additionalProperties": {"type": "integer", "description": "any count"},
            },
        ),
        (
            {"words(array, of a list)": "string, a word"},
            {
                "type": "object",
                "properties": {
                    "words": {
                        "type": "array",
                        "items": {"type": "string", "description": "a word"},
                        "description": "of a list",
                    }
                },
                "additionalProperties": False,
                "required": ["words"],
            },
        ),
        (
            {"inner?(object)": {"x": "any"}, "size?(enum, how big)": ["S", "L"]},
            {
                "type": "object",
                "properties": {
                    "inner": OPTIONAL,
                    "size": {"enum": ["S", "L", None], "description": "how big"},
                },
                "additionalProperties": False,
            },
        ),
    ],
)
def test_picoschema(told, schema):
    assert json_schema(told) == schema


@pytest.mark.parametrize("told", ["Customer", 7, {"a": 7}, {"a(tuple)": "string"}, {"a(enum)": "x"}])
def test_what_is_no_picoschema_is_refused(told):
    with pytest.raises(ValueError, match=r"schema|not array"):
        json_schema(told)


def test_markdown_with_front_matter(tmp_path):
    text = "---\ntitle: Plan a trip\ndescription: Plans.\ntags: [travel]\ndate: 2026-01-02\n---\n\n# Plan\n"
    (tmp_path / "trip.md").write_text(text)
    [row] = read_path(tmp_path / "trip.md", "auto", {}, "c")
    assert (row.name, row.description, row.tags) == ("Plan a trip", "Plans.", ["travel"])
    assert row.texts[0].messages == [{"role": "text", "content": "\n# Plan\n"}]
    assert row.texts[0].written_at.year == 2026
    assert row.config["front_matter"]["date"] == "2026-01-02"


def test_markdown_in_a_folder_needs_a_head(tmp_path):
    (tmp_path / "README.md").write_text("# About these prompts\n")
    (tmp_path / "sort.prompt.md").write_text("---\nmode: agent\n---\nSort it.")
    assert read(tmp_path) == [("sort", "Sort it.")]
    assert read(tmp_path / "README.md") == [("README", "# About these prompts\n")]


@pytest.mark.parametrize("name", ["a.prompt", "a.md"])
def test_a_head_that_grows_without_end_is_refused(tmp_path, name):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefg", "bcdefgh", strict=True)
    ]
    (tmp_path / name).write_text("---\n" + "\n".join(lines) + "\n---\nHi")
    assert read(tmp_path / name) == [("fault", "has more than 20,000 values")]


def test_a_label_that_grows_without_end_names_nothing(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefg", "bcdefgh", strict=True)
    ]
    (tmp_path / "config.yaml").write_text("\n".join([*lines, "prompts: [{raw: Say it., label: *h}]"]))
    assert read(tmp_path / "config.yaml", "promptfoo") == [("config 1", "Say it.")]
