"""Providers are no way into the network: by no spelling, no redirect and no name that turns."""

import socket
from itertools import chain, repeat

import pytest

from audits.notices.outgoing import guarded_client, resolve
from prompts.evaluations.providers import Endpoint, ProviderFault, Question, connect
from prompts.evaluations.providers.side_doors import embedding_door, moderator
from tests.fixtures.stub import Answer

SPELLINGS = [
    "2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "0177.0.0.1", "0", "localhost",
    "localhost.", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
]  # fmt: skip
KINDS = {
    "openai": {"model": "m"},
    "anthropic": {"model": "m"},
    "http": {"parameters": {"body": {"text": "{{prompt}}"}, "output": "text"}},
}
ASKED = Question([{"role": "user", "content": "Hi"}])
CODES = [301, 302, 303, 307, 308]


@pytest.fixture
def names(monkeypatch):
    """Has a name answer with these addresses in turn, the last for ever; returns the look-ups."""
    asked, told = [], {}
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host not in told:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(told[host]), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    def tell(host, *addresses):
        told[host] = chain(addresses, repeat(addresses[-1]))
        return asked

    return tell


@pytest.fixture
def only_the_stub(settings):
    """127.0.0.1, where the stub listens, stands for the open network; 127.0.0.2, where it listens as well,
    does not."""
    settings.OUTGOING_ALLOWED_NETWORKS = ["127.0.0.1/32"]


def ask(kind, url, **more):
    told = {"base_url": url, "key": "sk-secret-0123456789", "retries": 0, **KINDS[kind], **more}
    with connect(Endpoint(kind, **told)) as model:
        return model(ASKED)


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.requirement("gdpr/32")
def test_no_spelling_of_an_inside_address_is_asked(settings, stub_server, host):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    port = stub_server.url.rsplit(":", 1)[1]
    for kind in KINDS:
        with pytest.raises(ProviderFault):
            ask(kind, f"http://{host}:{port}/v1")
    assert stub_server.asked == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CODES)
def test_no_kind_of_provider_follows_a_redirect(only_the_stub, stub_server, kind, code):
    port = stub_server.url.rsplit(":", 1)[1]
    sent = Answer(b"", code, {"Location": f"http://127.0.0.2:{port}/v1/inside"})
    for path in ("/v1/chat/completions", "/v1/messages", "/v1"):
        stub_server.answer(path, sent)
    with pytest.raises(ProviderFault, match="redirect"):
        ask(kind, f"{stub_server.url}/v1" if kind != "anthropic" else stub_server.url)
    assert len(stub_server.asked) == 1
    assert not stub_server.asked[0].path.endswith("inside")


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_turns_inward_after_it_was_judged_leads_nowhere_else(
    names, only_the_stub, stub_server, kind
):
    """Judged at the first look-up; a second one, by which a library would connect, would lead inward."""
    port = stub_server.url.rsplit(":", 1)[1]
    looked_up = names("model.example", "127.0.0.1", "10.0.0.1")
    with pytest.raises(ProviderFault) as caught:
        ask(kind, f"http://model.example:{port}/v1")
    assert looked_up == ["model.example"]
    assert [asked.headers["host"] for asked in stub_server.asked] == [f"model.example:{port}"]
    assert "10.0.0.1" not in caught.value.message


def test_a_connection_that_is_kept_open_spares_no_name_its_judgement(names, only_the_stub, stub_server):
    port = stub_server.url.rsplit(":", 1)[1]
    stub_server.answer("/v1", Answer({"text": "fine"}))
    names("model.example", "127.0.0.1", "127.0.0.2")
    told = Endpoint("http", f"http://model.example:{port}/v1", retries=0, **KINDS["http"])
    with connect(told) as model:
        assert model(ASKED).output == "fine"
        with pytest.raises(ProviderFault, match=r"127\.0\.0\.2"):
            model(ASKED)
    assert len(stub_server.asked) == 1


@pytest.mark.parametrize("door", [embedding_door, moderator])
def test_vectors_and_moderation_go_through_the_same_guard(settings, stub_server, door):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    told = Endpoint("openai", f"{stub_server.url}/v1", "m", retries=0)
    with door(told) as ask_it, pytest.raises(ProviderFault, match="inside the network"):
        ask_it(*([["x"]] if door is embedding_door else ["x", "y"]))
    assert stub_server.asked == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch, settings, stub_server):
    """Behind a proxy the address could not be judged, and the key would pass through it."""
    settings.OUTGOING_ALLOWED_NETWORKS = []
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, stub_server.url)
    for kind in KINDS:
        with pytest.raises(ProviderFault):
            ask(kind, "http://169.254.169.254/latest")
    assert stub_server.asked == []


def test_a_certificate_is_asked_for_by_the_name_and_not_by_the_address(
    names, only_the_stub, stub_server, monkeypatch
):
    """Else a judged address would have to have a certificate of its own, or none would be checked."""
    names("model.example", "127.0.0.1")
    sent = []
    with guarded_client() as client:
        inner = client._transport._inner.transport
        monkeypatch.setattr(inner, "handle_request", lambda request: sent.append(request) or inner_answer())
        client.get("https://model.example/v1")
    assert sent[0].url.host == "127.0.0.1"
    assert sent[0].extensions["sni_hostname"] == "model.example"
    assert sent[0].headers["host"] == "model.example"
    assert resolve("https://model.example/").addresses == ("127.0.0.1",)


def inner_answer():
    import httpx2

    return httpx2.Response(200, content=b"{}")
