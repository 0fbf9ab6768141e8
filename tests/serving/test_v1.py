"""The governed API."""

import hashlib
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from audits.ledger.services.sequence_events import integrate
from prompts.evaluations.models import Run
from prompts.evaluations.services.suites import create_suite
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.retire import retire_prompt
from tests.serving.test_traces import generation, payload

V1 = "/api/v1"
pytestmark = pytest.mark.django_db


@pytest.fixture
def releaser(key):
    return key("read", "release", environments=["production", "staging"])


@pytest.mark.requirement("iso-42001/a-4-2", "nist-ai-rmf/govern-1-6")
def test_search_rows_have_the_shape_of_the_contract(release, reader, people):
    release(name="bank/letter", text="zebra", tags=["care"], owner=people.steward)
    assert reader.get(V1 + "/prompts?q=zebra").json() == {
        "data": [
            {
                "name": "bank/letter",
                "kind": "text",
                "collection": "bank",
                "tags": ["care"],
                "owner": people.steward.username,
                "risk_tier": "limited",
                "state": "released",
                "latest_version": 1,
                "environments": {"production": 1},
            }
        ],
        "next": None,
    }


def test_search_is_narrowed_to_the_keys_collections(release, key):
    release(name="bank/letter", text="zebra")
    assert key("read", collections=["elsewhere"]).get(V1 + "/prompts?q=zebra").json()["data"] == []


def test_search_does_not_find_the_words_of_an_unread_draft(release, reader, key, factory):
    version = release(name="bank/letter", text="zebra")
    factory.next_draft(version.prompt, text="giraffe")
    assert reader.get(V1 + "/prompts?q=giraffe").json()["data"] == []
    drafts = key("read", "read_drafts", environments=["development"])
    assert [row["latest_version"] for row in drafts.get(V1 + "/prompts?q=giraffe").json()["data"]] == [2]


@pytest.mark.parametrize("query", ["", "?q=letter"])
def test_no_list_names_what_a_fetch_denies(release, reader, key, factory, query):
    factory.draft(name="bank/letter-draft")
    release(name="bank/letter-staging", environment="staging")
    release(name="bank/letter")
    assert [row["name"] for row in reader.get(V1 + "/prompts" + query).json()["data"]] == ["bank/letter"]
    assert len(key("read", "write").get(V1 + "/prompts" + query).json()["data"]) == 3


def test_no_run_names_what_a_fetch_denies(release, reader, key, factory, shell, bank):
    suite = create_suite(actor=shell, name="letters", collection=bank)
    for version in (factory.submitted(name="bank/letter-draft").version, release(name="bank/letter")):
        Run.objects.create(
            prompt=version.prompt,
            version=version,
            suite=suite,
            version_digest=version.digest,
            requested_by_name="tests",
            key=str(version.pk),
        )
    told = [row["prompt"] for row in reader.get(V1 + "/runs").json()["data"]]
    assert (told, len(key("read", "evaluate").get(V1 + "/runs").json()["data"])) == (["bank/letter"], 2)


@pytest.mark.parametrize("query", ["", "q=letter&"])
def test_pages_follow_one_another(release, reader, query):
    for number in range(3):
        release(name=f"bank/letter-{number}")
    seen, cursor = [], ""
    for _ in range(3):
        body = reader.get(f"{V1}/prompts?{query}limit=1&cursor={cursor}").json()
        seen += [row["name"] for row in body["data"]]
        cursor = body["next"]
    assert (sorted(seen), cursor) == ([f"bank/letter-{n}" for n in range(3)], None)


def test_the_queries_of_a_search_do_not_grow(release, reader):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            reader.get(V1 + "/prompts?q=letter")
        return len(queries)

    release(name="bank/letter")
    reader.get(V1 + "/prompts?q=letter")
    one = cost()
    for number in range(4):
        release(name=f"bank/letter-{number}")
    assert cost() == one


def test_the_canonical_document_has_the_digest_of_the_version(release, reader):
    version = release(name="bank/letter")
    raw = reader.get(V1 + "/prompts/bank%2Fletter/versions/1/canonical").content
    told = reader.get(V1 + "/prompts/bank/letter/versions/1").json()
    assert hashlib.sha256(raw).hexdigest() == told["digest"] == version.digest


def test_a_draft_is_not_read_without_the_verb(reader, factory):
    factory.draft(name="bank/letter")
    for tail in ("", "/canonical", "/history"):
        assert reader.get(V1 + "/prompts/bank/letter/versions/1" + tail).status_code == 404


def test_history_tells_who_moved_what_and_on_what_grounds(release, reader, factory):
    first = release(name="bank/letter")
    release(factory.next_draft(first.prompt, text="two"))
    moves = reader.get(V1 + "/prompts/bank/letter/history").json()["data"]
    assert [(move["from"], move["to"], move["why"]) for move in moves] == [
        (1, 2, "Ready."),
        (None, 1, "Ready."),
    ]
    assert [signed["role"] for signed in moves[0]["approvals"]] == ["steward"]
    assert reader.get(V1 + "/prompts/bank/letter/versions/1/history").json()["data"] == moves


def test_the_gate_tells_its_verdict(releaser, factory):
    factory.draft(name="bank/letter")
    verdict = releaser.get(V1 + "/prompts/bank/letter/gate?version=1&environment=production").json()
    assert (verdict["open"], verdict["environment"]) == (False, "production")
    assert {check["code"] for check in verdict["checks"] if not check["passed"]} >= {
        "frozen_text",
        "approval",
    }


def test_a_release_through_an_open_gate_answers_201(releaser, approve, factory):
    approve(factory.draft(name="bank/letter"))
    body = {"version": 1, "environment": "production", "reason": "Ready."}
    answer = releaser.post(V1 + "/prompts/bank%2Fletter/releases", body)
    assert (answer.status_code, answer.json()["verdict"]["open"]) == (201, True)
    assert all(
        url.startswith("http") for check in answer.json()["verdict"]["checks"] for url in check["evidence"]
    )


def test_a_shut_gate_answers_409_and_leaves_a_stopped_request(releaser, factory):
    factory.draft(name="bank/letter")
    answer = releaser.post(
        V1 + "/prompts/bank/letter/releases", {"version": "1", "environment": "production"}
    )
    assert (answer.status_code, answer.json()["error"]) == (409, "gate_closed")
    verdict = answer.json()["verdict"]
    assert (verdict["open"], verdict["prompt"]) == (False, "bank/letter")
    assert ReleaseRequest.objects.get().state == "stopped"


def test_the_verdict_of_a_refusal_points_at_pages(releaser, approve, factory, people):
    version = approve(factory.draft(name="bank/letter"))
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    body = {"version": 1, "environment": "production"}
    checks = releaser.post(V1 + "/prompts/bank/letter/releases", body).json()["verdict"]["checks"]
    pages = [url for check in checks for url in check["evidence"]]
    assert pages
    assert all(url.startswith("http") for url in pages)


def test_the_description_is_for_holders_of_a_key(client):
    answer = client.get(V1 + "/openapi.json")
    assert (answer.status_code, "WWW-Authenticate" in answer) == (401, True)


@pytest.mark.parametrize(
    "path", ["/v1/calls", "/v1/calls/count", "/v1/runs", "/v1/openapi.json", "/public/projects"]
)
def test_every_good_answer_has_an_entity_tag(reader, path):
    tag = reader.get("/api" + path)["ETag"]
    assert reader.get("/api" + path, **{"If-None-Match": tag}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_governed_answers_carry_the_checkpoint(release, reader):
    release(name="bank/letter")
    integrate(wait=True)
    for path in ("/public/v2/prompts/bank/letter", "/v1/runs"):
        assert reader.get("/api" + path)["X-Imprimatur-Checkpoint"].startswith("imprimatur.ledger/")


def test_frozen_and_retired_have_answers_of_their_own(releaser, approve, factory, people):
    frozen, ended = approve(factory.draft(name="bank/a")), approve(factory.draft(name="bank/b"))
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=frozen.prompt_id, reason="Harm.")
    retire_prompt(actor=people.actor("steward"), prompt_id=ended.prompt_id, reason="Old.")
    body = {"version": 1, "environment": "production"}
    answers = [releaser.post(f"{V1}/prompts/bank/{name}/releases", body) for name in "ab"]
    assert [(each.status_code, each.json()["error"]) for each in answers] == [
        (423, "frozen"),
        (410, "retired"),
    ]
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"version": 0, "environment": "production"},
        {"version": True, "environment": "production"},
        {"version": "x", "environment": "production"},
        {"version": 1.5, "environment": "production"},
        {"version": 10**30, "environment": "production"},
        {"version": 1, "environment": 5},
        {"version": 1, "environment": "production", "reason": "\u0000"},
        {"version": 1, "environment": "production", "reason": "x" * 6000},
    ],
)
def test_faulty_releases_answer_400(releaser, release, body):
    release(name="bank/letter", environment="staging")
    assert releaser.post(V1 + "/prompts/bank/letter/releases", body).status_code == 400


def test_an_environment_outside_the_key_is_not_there(key, approve, factory):
    approve(factory.draft(name="bank/letter"))
    api = key("read", "release", environments=["staging"])
    body = {"version": 1, "environment": "production"}
    assert api.post(V1 + "/prompts/bank/letter/releases", body).status_code == 404


def test_a_reader_does_not_release(reader, approve, factory):
    approve(factory.draft(name="bank/letter"))
    body = {"version": 1, "environment": "production"}
    assert reader.post(V1 + "/prompts/bank/letter/releases", body).status_code == 403


def test_calls_are_found_by_their_trace(key, release):
    release(name="bank/letter")
    api = key("ingest", "read")
    api.post("/v1/traces", payload(generation()))
    [row] = api.get(V1 + "/calls?trace_id=0AF7651916CD43DD8448EB211C80319C").json()["data"]
    assert (row["prompt"], row["version"], row["input_tokens"], row["latency_ms"]) == (
        "bank/letter",
        1,
        5,
        46.653,
    )
    assert api.get(V1 + "/calls/count").json() == {"count": 1}
    assert key("read", collections=["elsewhere"]).get(V1 + "/calls/count").json() == {"count": 0}


def test_runs_start_empty(reader):
    assert reader.get(V1 + "/runs?limit=5").json() == {"data": [], "next": None}


@pytest.mark.django_db(transaction=True)
def test_the_checkpoint_is_a_signed_note(reader):
    assert reader.get(V1 + "/ledger/checkpoint").status_code == 404
    made = integrate(wait=True)
    assert reader.get(V1 + "/ledger/checkpoint").content.decode() == made.note


@pytest.mark.parametrize(
    "query",
    [
        "/prompts?limit=0",
        "/prompts?limit=x",
        "/prompts?q=%00",
        "/prompts?q=x&cursor=!!",
        "/prompts?cursor=%ff",
        "/prompts?q=x&cursor=YWJj",
        "/calls?cursor=abc",
        "/runs?suite=%00",
        "/calls?trace_id=" + "x" * 65,
        "/prompts?q=" + "x" * 600,
    ],
)
def test_nonsense_answers_400(reader, query):
    answer = reader.get(V1 + query)
    assert (answer.status_code, set(answer.json()) >= {"error", "message"}) == (400, True)


def test_answers_are_what_openapi_says(key, release, approve, factory):
    release(name="bank/letter", text="zebra")
    approve(factory.draft(name="bank/other"))
    api = key("read", "release", "ingest")
    api.post("/v1/traces", payload(generation()))
    document = api.get(V1 + "/openapi.json").json()
    registry = Registry().with_resource("urn:api", Resource(contents=document, specification=DRAFT202012))
    name = "/prompts/{name}"
    made = {
        (f"{V1}/prompts", "get"): api.get(V1 + "/prompts?q=zebra"),
        (f"{V1}{name}/versions/{{n}}", "get"): api.get(V1 + "/prompts/bank/letter/versions/1"),
        (f"{V1}{name}/history", "get"): api.get(V1 + "/prompts/bank/letter/history"),
        (f"{V1}{name}/variants", "get"): api.get(V1 + "/prompts/bank/letter/variants"),
        (f"{V1}{name}/versions/{{n}}/history", "get"): api.get(
            V1 + "/prompts/bank/letter/versions/1/history"
        ),
        (f"{V1}{name}/gate", "get"): api.get(
            V1 + "/prompts/bank/letter/gate?version=1&environment=production"
        ),
        (f"{V1}{name}/releases", "post"): api.post(
            V1 + "/prompts/bank/other/releases", {"version": 1, "environment": "production"}
        ),
        (f"{V1}/calls", "get"): api.get(V1 + "/calls"),
        (f"{V1}/calls/count", "get"): api.get(V1 + "/calls/count"),
        (f"{V1}/runs", "get"): api.get(V1 + "/runs"),
    }
    for (path, method), answer in made.items():
        told = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = told["content"]["application/json"]["schema"]
        pointed = json.loads(json.dumps(schema).replace('"#/', '"urn:api#/'))
        Draft202012Validator(pointed, registry=registry).validate(answer.json())
    assert {path for path, _ in made} | {
        f"{V1}{name}/versions/{{n}}/canonical",
        f"{V1}/ledger/checkpoint",
    } == set(document["paths"])


def test_a_number_beyond_all_bounds_is_refused(release, reader):
    release(name="bank/letter")
    assert reader.get(f"{V1}/prompts/bank/letter/versions/{10**18}").status_code == 400
