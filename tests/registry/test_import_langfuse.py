"""Importing from a running Langfuse instance: whole, again, and when it breaks off in the middle."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from prompts.registry.library import Fault, Row
from prompts.registry.library.langfuse import rows_of
from prompts.registry.models import Prompt, Version
from tests.fixtures.stub import Answer, Asked, Stub
from tests.registry.test_import_prompts import run, texts

PATH = "/api/public/v2/prompts"


class Instance:
    """A stub that answers as Langfuse does: a paged list of names, and single versions."""

    def __init__(self, stub: Stub) -> None:
        self.stub, self.url = stub, stub.url
        self.prompts: dict[str, list[dict[str, Any]]] = {}
        self.page = 2
        stub.answer(PATH, self._list)

    def add(self, name: str, *prompts: Any, **more: Any) -> None:
        """The versions of a prompt, each a text or a list of messages."""
        kind = "chat" if isinstance(prompts[0], list) else "text"
        self.prompts[name] = [
            {
                "name": name,
                "version": number,
                "type": kind,
                "prompt": prompt,
                "config": {},
                "labels": [],
                **more,
            }
            for number, prompt in enumerate(prompts, start=1)
        ]
        self.stub.answer(f"{PATH}/{name.replace('/', '%2F').replace(' ', '%20')}", self._version(name))

    def _list(self, asked: Asked) -> Answer:
        assert base64.b64decode(asked.headers["authorization"].split()[1]) == b"pk:sk"
        page = int(parse_qs(urlsplit(asked.path).query)["page"][0])
        names = list(self.prompts)
        rows = [
            {"name": name, "versions": [row["version"] for row in self.prompts[name]]}
            for name in names[(page - 1) * self.page : page * self.page]
        ]
        return Answer({"data": rows, "meta": {"totalPages": -(-len(names) // self.page)}})

    def _version(self, name: str) -> Any:
        def answer(asked: Asked) -> Answer:
            query = parse_qs(urlsplit(asked.path).query)
            assert query["resolve"] == ["false"]
            return Answer(self.prompts[name][int(query["version"][0]) - 1])

        return answer


@pytest.fixture
def instance(house, stub_server, settings, monkeypatch) -> Instance:
    """An instance on loopback, which the guard is told to let through."""
    settings.OUTGOING_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk")
    monkeypatch.setattr("prompts.registry.langfuse_instance._wait", lambda told, attempt: 0.0)
    return Instance(stub_server)


def test_every_version_of_every_prompt_comes_in(instance):
    instance.add("greeting", "Hi {{name}}", "Hello {{name}}", tags=["shop"], config={"temperature": 0.5})
    instance.add(
        "folder/chat one", [{"role": "user", "content": "a"}, {"type": "placeholder", "name": "history"}]
    )
    instance.add("third", "3", labels=["production", "latest"], commitMessage="Shorter")
    summary = run(instance.url, "--collection", "shop")
    assert (summary["created"], summary["skipped"]) == (3, 0)
    assert texts("shop/greeting") == ["Hi {{name}}", "Hello {{name}}"]
    greeting = Prompt.objects.get(name="shop/greeting")
    assert (greeting.tags, greeting.versions.get(number=2).config) == (["shop"], {"temperature": 0.5})
    chat = Version.objects.get(prompt__name="shop/folder-chat-one")
    assert chat.messages == [
        {"role": "user", "content": "a"},
        {"role": "placeholder", "name": "history"},
    ]
    third = Version.objects.get(prompt__name="shop/third")
    assert (third.change_note, third.is_frozen) == ("Shorter; labels in Langfuse: production", False)


def test_it_is_safe_to_run_again_and_takes_what_is_new(instance):
    instance.add("greeting", "Hi")
    run(instance.url)
    assert run(instance.url)["unchanged"] == 1
    instance.add("greeting", "Hi", "Hello")
    again = run(f"{instance.url}/")
    assert (again["updated"], texts("imported/greeting")) == (1, ["Hi", "Hello"])


def test_what_is_put_together_becomes_fragments(instance):
    by_version, by_label = "name=tone|version=2", "name=tone|label=production"
    instance.add("tone", "Kind.", "Kinder.")
    instance.add(
        "letter", f"@@@langfusePrompt:{by_version}@@@ Dear {{{{name}}}}, @@@langfusePrompt:{by_label}@@@"
    )
    run(instance.url, "--collection", "shop")
    assert texts("shop/letter") == ["{{> shop/tone@2}} Dear {{name}}, {{> shop/tone}}"]
    assert Prompt.objects.get(name="shop/tone").kind == "fragment"
    assert run(instance.url, "--collection", "shop")["unchanged"] == 2


def test_what_is_put_in_and_not_there_is_told_and_stays_in_the_text(instance):
    tag = "@@@langfusePrompt:name=gone|version=1@@@"
    instance.add("letter", f"{tag} Dear")
    summary = run(instance.url, code=1)
    assert "puts in gone, which is not there" in summary["errors"][0]["reason"]
    assert texts("imported/letter") == [f"{tag} Dear"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_instance_is_asked_again(instance, status):
    instance.add("one", "1")
    whole = instance.prompts["one"][0]
    path = f"{PATH}/one"
    instance.stub.answer(path, Answer(status=status, headers={"Retry-After": "0"}), Answer(whole))
    assert run(instance.url)["created"] == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=500), "answered 500 4 times"),
        (Answer(b'{"name": "two", "ver'), "no JSON"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1/"}), "redirect"),
        (Answer(status=401), "refuses the key"),
        (Answer([1]), "came as something else"),
        (Answer(status=404), "listed and is not there"),
    ],
)
def test_when_it_breaks_off_what_was_read_is_whole_and_the_next_run_goes_on(instance, answer, reason):
    instance.add("one", "1", "11")
    instance.add("two", "2", "22")
    instance.stub.answer(f"{PATH}/two", Answer(instance.prompts["two"][0]), answer)
    summary = run(instance.url, code=1)
    assert reason in summary["errors"][0]["reason"]
    assert texts("imported/one") == ["1", "11"]
    assert not Prompt.objects.filter(name="imported/two").exists()
    instance.add("two", "2", "22")
    assert (run(instance.url)["created"], texts("imported/two")) == (1, ["2", "22"])


def test_an_instance_that_is_none_and_one_inside_the_network(instance, settings):
    instance.stub.answer(PATH, Answer({"hello": 1}))
    assert "no list of prompts" in run(instance.url, code=2)["errors"][0]["reason"]
    settings.OUTGOING_ALLOWED_NETWORKS = []
    assert "inside the network" in run(instance.url, code=2)["errors"][0]["reason"]


def test_without_a_key_or_with_another_format_nothing_is_asked(instance, monkeypatch):
    run(instance.url, "--format", "csv", code=2)
    monkeypatch.delenv("LANGFUSE_SECRET_KEY")
    run(instance.url, code=2)
    assert instance.stub.asked == []


def test_versions_that_were_deleted_upstream_are_counted_through():
    records = [{"name": "tone", "version": n, "type": "text", "prompt": str(n)} for n in (2, 5)]
    tags = [f"@@@langfusePrompt:name=tone|version={n}@@@" for n in (5, 3)]
    records.append({"name": "a", "version": 1, "type": "text", "prompt": "".join(tags)})
    found = list(rows_of(records, "f", "c", {}))
    rows = {row.name: row for row in found if isinstance(row, Row)}
    assert rows["a"].texts[0].messages[0]["content"] == "{{> c/tone@2}}" + tags[1]
    assert [fault.reason for fault in found if isinstance(fault, Fault)] == [
        "a puts in version 3 of tone, which is not there; the tag stays in the text as it is"
    ]


@pytest.mark.parametrize(
    "record",
    [1, {}, {"name": 1}, {"name": "a"}, {"name": "a", "prompt": [1]}, {"name": "x" * 300, "prompt": "a"}],
)
def test_what_is_no_prompt_is_told_and_the_rest_comes_in(record):
    found = list(rows_of([record, {"name": "b", "prompt": "B", "type": "text"}], "f", "c", {}))
    assert {type(each) for each in found} == {Row, Fault}
