"""The short way past sessions and forms gives the same answers."""

import pytest

pytestmark = pytest.mark.django_db
AFTER = "portal.middleware.refusals.RefusalMiddleware"
EDGE = "prompts.serving.edge.EdgeMiddleware"


@pytest.fixture(autouse=True)
def edge(settings):
    rest = [name for name in settings.MIDDLEWARE if name != EDGE]
    place = rest.index(AFTER) + 1
    settings.MIDDLEWARE = [*rest[:place], EDGE, *rest[place:]]


def test_a_fetch_goes_the_short_way(release, reader):
    release(name="bank/letter", text="Hi")
    answer = reader.get("/api/public/v2/prompts/bank%2Fletter", **{"X-Request-Id": "request-0001"})
    assert (answer.json()["prompt"], answer["X-Request-Id"]) == ("Hi", "request-0001")


@pytest.mark.parametrize("address", ["/api/v1/prompts", "/metrics", "/api/public/projects"])
def test_every_kind_of_address_answers(reader, address):
    assert reader.get(address).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status"), [("GET", "/api/x", 404), ("PUT", "/api/v1/prompts", 405)]
)
def test_what_is_not_there_answers_json(reader, method, address, status):
    answer = reader.send(method, address, b"")
    assert (answer.status_code, set(answer.json())) == (status, {"error", "message"})


def test_pages_go_the_long_way(people, client):
    assert client.get("/admin/").status_code == 302
