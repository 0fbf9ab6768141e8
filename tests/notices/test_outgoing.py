"""The guard: where a call may go, judged once, and no way around."""

import socket

import httpx2
import pytest

from audits.notices.outgoing import OutgoingRefused, guarded_client, is_allowed, resolve
from tests.fixtures.stub import Answer

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.requirement("gdpr/32")
def test_addresses_inside_the_network_are_refused(settings, address):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    assert not is_allowed(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(OutgoingRefused, match="inside the network"):
        resolve(f"http://{host}/x")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_allowed(settings, address):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    assert is_allowed(address)


def test_a_setting_allows_one_network_and_no_more(settings):
    settings.OUTGOING_ALLOWED_NETWORKS = ["10.1.0.0/16"]
    assert is_allowed("10.1.2.3")
    assert is_allowed("::ffff:10.1.2.3")
    assert not is_allowed("10.2.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://user:word@example.org/",
        "http://a:99999/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(OutgoingRefused):
        resolve(url)


def test_one_private_address_of_a_name_is_enough_to_refuse(settings, monkeypatch):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    answers = [(0, 0, 0, "", ("93.184.215.14", 80)), (0, 0, 0, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(OutgoingRefused, match=r"10\.0\.0\.1"):
        resolve("http://two-faced.example/")


def test_a_name_is_looked_up_once_and_asked_for_by_its_name(settings, monkeypatch, stub_server):
    settings.OUTGOING_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    port = int(stub_server.url.rsplit(":", 1)[1])
    asked = []

    def look_up(host, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: look_up(host) if host == "model.example" else real(host, *a, **k),
    )
    stub_server.answer("/x", Answer({"fine": True}))
    with guarded_client() as client:
        assert client.get(f"http://model.example:{port}/x").json() == {"fine": True}
    assert asked == ["model.example"]
    assert stub_server.asked[0].headers["host"] == f"model.example:{port}"


def test_redirects_are_not_followed(stub_server):
    stub_server.answer("/x", Answer(b"", 307, {"Location": f"{stub_server.url}/y"}))
    with guarded_client() as client, pytest.raises(OutgoingRefused, match="redirect"):
        client.get(f"{stub_server.url}/x")
    assert [asked.path for asked in stub_server.asked] == ["/x"]


def test_the_portals_own_service_is_reached_by_its_very_address_only(settings, stub_server):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    stub_server.answer("/x", Answer({}))
    with guarded_client(own=f"{stub_server.url}/v1") as client:
        assert client.get(f"{stub_server.url}/x").status_code == 200
        with pytest.raises(OutgoingRefused):
            client.get("http://127.0.0.1:9/x")


def test_an_answer_without_end_is_cut_off(monkeypatch, stub_server):
    monkeypatch.setattr("audits.notices.outgoing.MAX_BYTES", 1000)
    stub_server.answer("/x", Answer(b"x" * 5000))
    with guarded_client() as client, pytest.raises(httpx2.ReadError, match="longer than"):
        client.get(f"{stub_server.url}/x")
