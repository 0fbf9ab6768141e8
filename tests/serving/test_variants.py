"""Asking for a prompt in some dimensions: fallback, freezes, scope, shapes."""

import pytest

from prompts.registry.models import Prompt
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.variants import create_variant
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.retire import retire_prompt
from tests.people import SHELL

HELLO = "/api/public/v2/prompts/bank/hello"
pytestmark = pytest.mark.django_db


@pytest.fixture
def family(people, release):
    """A released base, a released one for SMS, and a draft for SMS in German."""
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=["sms", "chat"])
    set_dimension(actor=SHELL, slug="language", title="Language", values=["de", "en"])
    release(name="bank/hello", text="Hello")
    base = Prompt.objects.get(name="bank/hello")

    def make(text, live=True, **dims):
        messages = [{"role": "text", "content": text}]
        row = create_variant(
            actor=people.actor("author"), base_id=base.pk, dimensions=dims, messages=messages
        )
        return release(row.prompt.versions.get()).prompt if live else row.prompt

    return {
        "sms": make("Hi", channel="sms"),
        "sms-de": make("Hallo", live=False, channel="sms", language="de"),
    }


def asked(api, dimensions, **more):
    return api.get(
        f"{HELLO}?dimensions={dimensions}" + "".join(f"&{key}={value}" for key, value in more.items())
    )


@pytest.mark.parametrize(
    ("dimensions", "text", "told"),
    [
        ("channel=sms", "Hi", {"channel": "sms"}),
        ("channel=sms,language=de", "Hi", {"channel": "sms"}),
        ("channel=chat", "Hello", {}),
        ("region=eu", "Hello", {}),
    ],
)
def test_the_most_special_that_is_live_answers(family, reader, dimensions, text, told):
    body = asked(reader, dimensions).json()
    assert (body["prompt"], body["variant"]["dimensions"]) == (text, told)
    assert body["variant"]["base"] == "bank/hello"
    assert body["name"] == ("bank/hello-sms" if told else "bank/hello")


def test_an_sdk_that_only_knows_names_asks_behind_a_bar(family, reader):
    for path in ("bank/hello|channel=sms", "bank%2Fhello%7Cchannel%3Dsms"):
        assert reader.get(f"/api/public/v2/prompts/{path}").json()["prompt"] == "Hi"


def test_without_dimensions_nothing_is_different(family, reader):
    body = reader.get(HELLO).json()
    assert (body["prompt"], "variant" in body) == ("Hello", False)


@pytest.mark.parametrize(
    "query",
    ["dimensions=channel", "dimensions=a=b,a=c", "dimensions=channel=sms&version=1", "dimensions=%00"],
)
def test_what_makes_no_sense_is_told(family, reader, query):
    answer = reader.get(f"{HELLO}?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, answer.json()["error"])
    assert reader.get(f"{HELLO}|channel=sms?dimensions=channel=sms").status_code == 400


def test_a_frozen_variant_stops_the_answer_and_a_retired_one_leaves_it(people, family, reader):
    sms = family["sms"]
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=sms.pk, reason="Harm.")
    answer = asked(reader, "channel=sms")
    assert (answer.status_code, answer.json()["error"]) == (404, "frozen")
    assert asked(reader, "channel=chat").json()["prompt"] == "Hello"


def test_a_retired_variant_leaves_the_answer_to_its_base(people, family, reader):
    retire_prompt(actor=people.actor("steward"), prompt_id=family["sms"].pk, reason="Nobody texts.")
    assert asked(reader, "channel=sms").json()["prompt"] == "Hello"


def test_another_environment_has_its_own_variants(family, key, release):
    api = key("read", environments=("staging", "production"))
    assert asked(api, "channel=sms", label="staging").status_code == 404
    release(Prompt.objects.get(name="bank/hello").versions.get(), environment="staging")
    assert asked(api, "channel=sms", label="staging").json()["prompt"] == "Hello"


def test_outside_its_scope_a_key_learns_nothing(family, key):
    api = key("read", collections=("elsewhere",))
    answer = asked(api, "channel=sms")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert api.get("/api/v1/prompts/bank/hello/variants").status_code == 404


def test_a_key_for_drafts_gets_the_newest_of_the_most_special(family, key):
    api = key("read", "read_drafts", environments=("development",))
    assert asked(api, "channel=sms,language=de", label="latest").json()["prompt"] == "Hallo"


def test_the_variants_are_listed_as_far_as_the_key_may_know_of_them(family, reader, key):
    path = "/api/v1/prompts/bank/hello/variants"
    assert reader.get(path).json() == {
        "data": [
            {"name": "bank/hello-sms", "dimensions": {"channel": "sms"}, "environments": {"production": 1}}
        ],
        "next": None,
    }
    writer = key("read", "write")
    assert len(writer.get(path).json()["data"]) == 2
