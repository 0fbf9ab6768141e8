"""The rules of the lint that are about how a prompt is written."""

import time

import pytest

from prompts.registry.lint import Subject, examine, weigh

SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}, "count": {"type": "number"}}}


def codes(text, *, role="system", **fields):
    """The codes of what is found in one message."""
    return [each.code for each in examine(Subject(messages=[{"role": role, "content": text}], **fields))]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("<a>{{name}}</a> <b>{{count}}</b>", SCHEMA, []),
        ("<a>{{name}}</a>", SCHEMA, ["unused-variable"]),
        ("<a>{{name}}</a> <b>{{count}}</b> <c>{{other}}</c>", SCHEMA, ["undeclared-variable"]),
        ("<a>{{other}}</a>", {}, []),
        ("{{#name}}", SCHEMA, ["unused-variable", "unused-variable"]),
    ],
)
def test_variables_are_held_against_the_schema(text, variables, expected) -> None:
    assert codes(text, variables=variables) == expected


def test_a_variable_of_a_fragment_is_used() -> None:
    assert codes("{{> tone}}", variables=SCHEMA, asked_elsewhere=["name", "count"]) == []


def test_an_undeclared_variable_is_told_with_its_place() -> None:
    subject = Subject([{"role": "text", "content": "One\n\n  <x>{{other}}</x>"}], variables=SCHEMA)
    place = next(each for each in examine(subject) if each.code == "undeclared-variable").place
    assert (place.message, place.line, place.column, place.excerpt) == (0, 3, 6, "{{other}}")


@pytest.mark.parametrize("format", ["mustache", "handlebars", "jinja2"])
def test_input_bare_between_words_is_found(format) -> None:
    assert codes("Translate {{name}} into French.", format=format) == ["undelimited-input"]


@pytest.mark.parametrize(
    "text",
    [
        'Translate "{{name}}" into French.',
        "Translate <text>{{name}}</text> into French.",
        "Translate this.\n```\nHello {{name}} there\n```",
        "<data>\nHello {{name}} there\n</data>",
        "Text: {{name}}",
        "Translate this.\n\n{{name}}\n\nInto French.",
        "{{! says {{name }} nothing",
    ],
)
def test_input_between_marks_is_left_alone(text) -> None:
    assert codes(text) == []


def test_numbers_and_what_a_user_says_are_no_bare_input() -> None:
    assert codes("Write {{count}} words.", variables={"properties": {"count": {"type": "integer"}}}) == []
    assert codes("Translate {{name}} for me.", role="user") == []


@pytest.mark.parametrize(
    "text",
    [
        "Always cite sources. Be kind.\nNever cite sources.",
        "Answer in at most 50 words. Be brief. Use no more than 100 words.",
        "Write at least 200 words. Write at most 100 words.",
        "Always answer in English. Respond in German.",
        "Respond in JSON. Output only valid XML.",
    ],
)
def test_a_contradiction_is_found(text) -> None:
    assert codes(text) == ["contradiction"]


@pytest.mark.parametrize(
    "text",
    [
        "Always cite sources. Never cite sources that you have not read.",
        "If the user is a child, always use short words. Never use short words otherwise.",
        "The title has at most 10 words. The text has at most 100 words.",
        "Answer in English. If the user writes German, respond in German.",
        "Always be polite. Never be rude.",
        "Respond in JSON. Return JSON and nothing else.",
        "Write at least 50 words. Write at most 100 words.",
    ],
)
def test_what_can_be_followed_is_no_contradiction(text) -> None:
    assert codes(text) == []


def test_a_long_prompt_is_told_with_an_estimate() -> None:
    finding = examine(Subject([{"role": "text", "content": "word " * 8_000}]))[0]
    assert (finding.code, "10,000 tokens" in finding.title, "Estimated" in finding.reason) == (
        "length",
        True,
        True,
    )


def test_missing_purpose_and_limits_are_told() -> None:
    assert codes("Hi.", purpose=" ", limits="") == ["purpose", "limits"]


def test_no_rule_quotes_the_secret_that_another_found() -> None:
    secret = "sk-" + "proj-a1B2c3D4e5F6g7H8i9J0k1L2m3N4"
    told = examine(
        Subject([{"role": "text", "content": f"Never use {secret}. Always use {secret} for {{{{x}}}}."}])
    )
    assert secret[8:] not in str([each.as_dict() for each in told])


def test_the_policy_weighs_and_leaves_out() -> None:
    found = examine(Subject([{"role": "text", "content": "Hi."}], purpose="", limits=""))
    told = weigh(found, {"purpose": "off", "limits": "blocking"})
    assert [(each.code, each.severity) for each in told] == [("limits", "blocking")]


@pytest.mark.parametrize(
    "text",
    [
        "<a" * 330_000,
        "<a>" * 330_000,
        "{{" * 500_000,
        "{%" * 500_000,
        "always " * 140_000,
        "use {{x}} " * 100_000,
    ],
    ids=["angles", "elements", "braces", "percents", "orders", "variables"],
)
def test_a_hostile_megabyte_is_examined_in_time(text) -> None:
    start = time.process_time()
    codes(text, format="handlebars")
    assert time.process_time() - start < 15


def test_ten_thousand_variables_are_examined_in_time() -> None:
    text = " ".join(f"so {{{{name{number}}}}}" for number in range(10_000))
    start = time.process_time()
    found = codes(text, variables=SCHEMA)
    assert found.count("undeclared-variable") == 50
    assert time.process_time() - start < 10
