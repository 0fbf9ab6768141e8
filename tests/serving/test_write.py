"""Writing through the API."""

import pytest

from prompts.registry.models import Prompt, Version
from prompts.releases.models import Release, ReleaseRequest

PROMPTS = "/api/public/v2/prompts"
pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(key):
    return key("read", "write")


@pytest.fixture
def releaser(key):
    return key("read", "release", environments=["production", "staging"])


def test_a_new_name_becomes_a_prompt_with_a_draft(writer):
    body = {
        "name": "bank/letter",
        "prompt": "Dear {{name}}",
        "config": {"a": 1},
        "tags": ["x"],
        "commitMessage": "first",
    }
    answer = writer.post(PROMPTS, body)
    made = Version.objects.get(prompt__name="bank/letter")
    assert (answer.status_code, answer.json()["labels"], answer.json()["version"]) == (201, [], 1)
    assert (made.text, made.config, made.change_note, made.is_frozen) == (
        "Dear {{name}}",
        {"a": 1},
        "first",
        False,
    )


def test_a_known_name_gets_its_next_draft(writer, factory):
    factory.draft(name="bank/letter")
    answer = writer.post(PROMPTS, {"name": "bank/letter", "prompt": "Hello", "tags": ["new"]})
    assert answer.json()["version"] == 2
    assert Prompt.objects.get(name="bank/letter").tags == ["new"]


def test_a_chat_is_stored_with_its_placeholder(writer):
    prompt = [
        {"type": "chatmessage", "role": "user", "content": "Hi"},
        {"type": "placeholder", "name": "history"},
    ]
    answer = writer.post(PROMPTS, {"name": "bank/chat", "type": "chat", "prompt": prompt})
    assert answer.json()["prompt"] == prompt


def test_a_label_asks_and_does_not_release(writer):
    answer = writer.post(PROMPTS, {"name": "bank/letter", "prompt": "Hi", "labels": ["production", "latest"]})
    asked = answer.json()["releaseRequest"]
    assert asked["url"].endswith("/release/")
    assert (asked["verdict"]["open"], asked["verdict"]["environment"]) == (False, "production")
    assert ReleaseRequest.objects.get().state == "open"
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"prompt": "x"},
        {"name": "bank/letter"},
        {"name": "bank/letter", "prompt": 5},
        {"name": "bank/letter", "prompt": "x\u0000"},
        {"name": "bank/letter", "prompt": "\ud800"},
        {"name": "bank/letter", "prompt": "x", "type": "poem"},
        {"name": "bank/letter", "prompt": [], "type": "chat"},
        {"name": "bank/letter", "prompt": [{"role": "user"}], "type": "chat"},
        {"name": "bank/letter", "prompt": "x", "labels": "production"},
        {"name": "bank/letter", "prompt": "x", "labels": ["moon"]},
        {"name": "bank/letter", "prompt": "x", "tags": [1]},
        {"name": "bank/letter", "prompt": "x", "config": "words"},
        {"name": "bank/letter", "prompt": "x", "commitMessage": 5},
        {"name": "bank/letter", "prompt": "x" * 1_000_001},
        {"name": "bank/new", "prompt": "x"},
        {"name": "bank/" + "x" * 300, "prompt": "x"},
        {"name": "letter", "prompt": "x"},
    ],
)
def test_faulty_input_is_refused_and_nothing_is_written(writer, body):
    answer = writer.post(PROMPTS, body)
    assert (answer.status_code, set(answer.json()) >= {"error", "message"}) == (400, True)
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}', b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_answers_400(writer, raw):
    assert writer.post(PROMPTS, raw).status_code == 400


def test_another_collection_is_not_there(writer, people):
    assert writer.post(PROMPTS, {"name": "elsewhere/x", "prompt": "y"}).status_code == 404


def test_a_label_through_an_open_gate_releases(releaser, approve, factory):
    approve(factory.draft(name="bank/letter"))
    answer = releaser.send("PATCH", PROMPTS + "/bank%2Fletter/versions/1", {"newLabels": ["production"]})
    assert (answer.status_code, answer.json()["labels"]) == (200, ["production"])
    assert Release.objects.get().released_by_name == releaser.pair.account.name


def test_a_shut_gate_answers_409_with_its_verdict_and_moves_nothing(releaser, factory):
    factory.draft(name="bank/letter")
    answer = releaser.send(
        "PATCH", PROMPTS + "/bank/letter/versions/1", {"newLabels": ["staging", "production"]}
    )
    assert (answer.status_code, answer.json()["error"]) == (409, "gate_closed")
    assert answer.json()["verdict"]["open"] is False
    assert not Release.objects.exists()


def test_a_label_that_is_there_already_is_no_fault(releaser, release):
    release(name="bank/letter")
    body = {"newLabels": ["production"]}
    assert releaser.send("PATCH", PROMPTS + "/bank/letter/versions/1", body).status_code == 200
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"newLabels": "production"}, {"newLabels": ["latest"]}, {"newLabels": ["development"]}]
)
def test_labels_that_are_none_are_refused(releaser, release, body):
    release(name="bank/letter")
    assert releaser.send("PATCH", PROMPTS + "/bank/letter/versions/1", body).status_code == 400


def test_the_six_characters_of_an_escape_are_no_nul(writer):
    text = 'Answer in JSON, never with \\u0000 or "\\\\u0000".'
    assert writer.post(PROMPTS, {"name": "bank/escapes", "prompt": text}).status_code == 201
    assert Version.objects.get(prompt__name="bank/escapes").text == text


PARTS = [
    {"type": "text", "text": "What is it?"},
    {"type": "image_url", "image_url": {"url": "{{photo}}", "detail": "low"}},
]


def test_images_are_written_and_read_as_parts(key, release):
    api = key("read", "write", "read_drafts", environments=("development",))
    chat = [{"role": "user", "content": PARTS}]
    sent = api.post("/api/public/v2/prompts", {"name": "bank/seen", "type": "chat", "prompt": chat})
    assert sent.status_code == 201, sent.content
    body = api.get("/api/public/v2/prompts/bank/seen?label=latest").json()
    assert body["prompt"] == [{"type": "chatmessage", "role": "user", "content": PARTS}]


@pytest.mark.parametrize("content", [[PARTS[1], PARTS[0]], [{"type": "audio"}], [], 1, {"text": "a"}])
def test_other_parts_are_refused(key, content):
    chat = [{"role": "user", "content": content}]
    sent = key("write").post("/api/public/v2/prompts", {"name": "bank/no", "type": "chat", "prompt": chat})
    assert (sent.status_code, sent.json()["field"]) == (400, "prompt")
