"""The dashboard of calls, and one call."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.observability.models import Call
from prompts.observability.records import CallData
from prompts.observability.services import take_in_calls
from tests.portal.opening import Desk

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def used(factory):
    """A prompt with two calls of this hour, one failed, and one of last week."""
    version = factory.draft(name="bank/letter")
    now = timezone.now()
    told = {"prompt_name": "bank/letter", "version_number": 1, "environment": "production"}
    rest = {
        "input": HOSTILE,
        "output": HOSTILE,
        "reasoning": HOSTILE,
        "input_tokens": 10,
        "cost": Decimal("0.25"),
    }
    starts = [(now, ""), (now, HOSTILE), (now - timedelta(days=8), "")]
    calls = [
        CallData(trace_id=f"{n:032x}", span_id=f"{n:016x}", started_at=at, error=error, **told, **rest)
        for n, (at, error) in enumerate(starts, start=1)
    ]
    take_in_calls(actor=Actor.system("loader"), calls=calls)
    return version


def test_the_last_day_is_summed(desk, used):
    sums = desk.get("author", "use").context["sums"]
    assert (sums["calls"], sums["failed"], sums["cost"], sums["tokens_in"]) == (2, 1, Decimal("0.5"), 20)


def test_the_hours_hold_the_same_calls(desk, used):
    chart = desk.get("author", "use").context["chart"]
    assert (chart.total, chart.most, len(chart.bars)) == (2, 2, 24)


def test_a_stranger_sees_no_call(desk, used):
    context = desk.get("stranger", "use").context
    assert (context["sums"]["calls"], context["chart"].total, list(context["calls"])) == (0, 0, [])


@pytest.mark.parametrize("page", ["call", "call-output"])
def test_a_stranger_finds_no_single_call(desk, used, page):
    assert desk.get("stranger", page, Call.objects.first().pk).status_code == 404


@pytest.mark.parametrize("page", ["use", "call"])
def test_hostile_text_stays_text(desk, used, page):
    keys = [Call.objects.exclude(error="").get().pk] if page == "call" else []
    assert HOSTILE not in desk.text("author", page, *keys)


@pytest.mark.requirement("owasp-llm/10")
def test_the_output_stands_alone_in_a_sandbox(desk, used):
    answer = desk.get("author", "call-output", Call.objects.first().pk)
    assert (answer.content.decode(), answer.headers["Content-Security-Policy"][:8]) == (HOSTILE, "sandbox;")


@pytest.mark.requirement("eu-ai-act/12")
def test_a_call_leads_to_its_version(desk, used):
    assert f"/admin/versions/{used.pk}/" in desk.text("author", "call", Call.objects.first().pk)


def test_the_tab_of_the_prompt_sums_seven_days(desk, used):
    assert desk.get("author", "prompt", used.prompt_id, tab="use").context["use"].calls == 2


def test_every_bar_stands_on_the_ground(desk, used):
    chart = desk.get("author", "use").context["chart"]
    feet = {bar.y + bar.height for bar in chart.bars} | {
        bar.failed_y + bar.failed_height for bar in chart.bars
    }
    assert (feet, chart.failed, chart.bars[-1].x + chart.bars[-1].width < chart.right) == ({132.0}, 1, True)


def test_a_sum_without_any_price_is_unknown_and_not_nothing(desk, used):
    Call.objects.update(cost=None)
    assert "unknown" in desk.text("author", "use")
    assert "unknown" in desk.text("author", "prompt", used.prompt_id, tab="use")
