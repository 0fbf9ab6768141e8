"""Numbers for dashboards, and who sees which calls."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from prompts.evaluations.models import Provider
from prompts.observability.models import Call
from prompts.observability.records import CallData
from prompts.observability.selectors import calls_visible_to, hourly, use_of
from prompts.observability.services import take_in_calls

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SENDER = Actor.system("loader")


def call(number, **fields):
    values = {"trace_id": f"{number:032x}", "span_id": f"{number:016x}", "started_at": NOON, **fields}
    return CallData(**values)


@pytest.fixture
def used(factory):
    """A prompt with two calls at noon and a failed one an hour later."""
    version = factory.draft(name="bank/letter")
    told = {"prompt_name": "bank/letter", "version_number": 1}
    later = NOON + timedelta(hours=1)
    calls = [
        call(1, latency_ms=100.0, input_tokens=10, output_tokens=1, cost=Decimal("0.5"), **told),
        call(2, latency_ms=300.0, input_tokens=20, output_tokens=2, **told),
        call(3, error="broken", **{**told, "started_at": later}),
        call(4),
    ]
    take_in_calls(actor=SENDER, calls=calls)
    return version.prompt


@pytest.mark.requirement("nist-ai-rmf/manage-4-1")
def test_use_sums_up_what_was_told(used):
    use = use_of([used.pk], NOON)[used.pk]
    assert (use.calls, use.errors, use.latency_ms, use.cost) == (3, 1, 200, Decimal("0.5"))
    assert (use.input_tokens, use.output_tokens) == (30, 3)


def test_use_leaves_out_what_was_before(used):
    assert use_of([used.pk], NOON + timedelta(days=1))[used.pk].calls == 0


def test_hours_are_told_in_order(used):
    hours = hourly([used.pk], NOON)
    assert [(hour.hour.hour, hour.calls, hour.errors) for hour in hours] == [(12, 2, 0), (13, 1, 1)]


def test_each_number_is_one_query(used):
    with CaptureQueriesContext(connection) as queries:
        use_of([used.pk], NOON)
        hourly(None, NOON)
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("author", 3),
        ("engineer", 3),
        ("auditor", 4),
        ("administrator", 4),
        ("stranger", 0),
        ("leaver", 0),
        ("service", 3),
    ],
)
def test_calls_are_seen_as_their_prompt_is(used, people, who, seen):
    assert calls_visible_to(people.actor(who)).count() == seen


def test_a_call_twice_is_one_row(people):
    for _ in range(2):
        take_in_calls(actor=SENDER, calls=[call(1), call(1)])
    assert Call.objects.count() == 1


def test_a_person_tells_of_no_calls(people):
    with pytest.raises(Refused):
        take_in_calls(actor=people.actor("administrator"), calls=[call(1)])


def test_a_call_without_a_cost_is_priced_by_its_provider(people):
    prices = {"price_in": Decimal(2), "price_cached": Decimal(1), "price_out": Decimal(10)}
    row = Provider(name="priced", kind="openai", model="m-1", **prices)
    Provider.objects.bulk_create([row])
    told = {"request_model": "m-1", "input_tokens": 1000, "cached_tokens": 400, "output_tokens": 100}
    take_in_calls(actor=SENDER, calls=[call(1, **told)])
    assert Call.objects.get().cost == Decimal("0.0026")
