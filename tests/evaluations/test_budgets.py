"""Money: added up as answers come, stopped where a budget ends, shown to whoever may see the prompts."""

import json
from datetime import date
from decimal import Decimal

import pytest

from audits.identity.errors import Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.models import Provider, Run, Spending
from prompts.evaluations.services.pause_run import resume_run
from prompts.evaluations.services.providers import create_provider, edit_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.people import SHELL

EACH = Decimal("0.0002")
"""USD of one answer: 100 tokens in at 1, 10 out at 10 per million."""


@pytest.fixture
def start(engineer, version, suite, served):
    """Starts a run, one question at a time."""

    def go(**options):
        return start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk,
            **{"providers": [served], "concurrency": 1, **options},
        )  # fmt: skip

    return go


def budget(provider, amount):
    """As no form would allow it: so little is spent in tests."""
    Provider.objects.filter(pk=provider.pk).update(month_budget=amount)


def test_what_answers_cost_is_added_up_by_provider_prompt_and_month(start, served, version):
    for _ in range(2):
        work_on_run(run_id=start(anew=True).pk)
    (row,) = Spending.objects.all()
    assert (row.provider, row.prompt, row.month.day) == (served, version.prompt, 1)
    assert (row.cost, row.answers) == (6 * EACH, 6)


def test_a_run_stops_cleanly_where_the_budget_of_the_month_ends(start, served, engineer):
    Spending.objects.create(provider=served, prompt=start().prompt, month=date(2020, 1, 1), cost=5)
    budget(served, "0.01")
    first = start()
    work_on_run(run_id=first.pk)
    first.refresh_from_db()
    assert first.state == Run.State.FINISHED
    Spending.objects.filter(cost__lt=1).update(cost="0.01")
    run = start()
    work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.results.count()) == (Run.State.PAUSED, 0)
    assert run.note == "The budget of served, 0.01 USD for this month, is used up."
    edit_provider(actor=SHELL, provider_id=served.pk, changes={"month_budget": "5"})
    resume_run(actor=engineer, run_id=run.pk)
    work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.results.count()) == (Run.State.FINISHED, 3)


def test_people_with_a_stake_are_told_once(start, served, people):
    from audits.ledger.services.sequence_events import integrate
    from audits.notices.models import Notice
    from portal.services.tell_people import tell_people

    integrate()
    tell_people()
    run = start(budget="0.000001")
    work_on_run(run_id=run.pk)
    event = Event.objects.get(event="evaluations.budget.spent")
    assert (event.subject, json.loads(event.payload)["run"]) == ("bank/explain", run.pk)
    integrate()
    tell_people()
    (notice,) = Notice.objects.filter(user=people.engineer, words__contains="budget is used up")
    assert f"/runs/{run.pk}/" in str(vars(notice))


@pytest.fixture
def unpriced(db):
    return create_provider(actor=SHELL, name="unpriced", kind="openai", base_url="https://models.example/v1")


def test_without_prices_no_budget_can_be_kept(start, served, unpriced):
    with pytest.raises(Unacceptable, match="prices of unpriced are unknown") as caught:
        start(providers=[unpriced], budget="1")
    assert caught.value.field == "budget"
    with pytest.raises(Unacceptable, match="prices of unpriced are unknown"):
        start(judge=unpriced, budget="1")
    with pytest.raises(Unacceptable) as caught:
        edit_provider(actor=SHELL, provider_id=unpriced.pk, changes={"month_budget": "5"})
    assert caught.value.field == "month_budget"
    budget(unpriced, "5")
    with pytest.raises(Unacceptable, match="budget for the month") as caught:
        start(judge=unpriced)
    assert caught.value.field == "judge"


def test_recorded_answers_cost_nothing_and_need_no_price(start, recorded):
    assert start(providers=[recorded], budget="1").budget == 1


@pytest.mark.parametrize("wrong", ["0", "-1", "much"])
def test_a_budget_is_an_amount(served, wrong):
    with pytest.raises(Unacceptable) as caught:
        edit_provider(actor=SHELL, provider_id=served.pk, changes={"month_budget": wrong})
    assert caught.value.field == "month_budget"


def test_costs_are_shown_by_month_provider_and_prompt_to_whoever_sees_the_prompts(
    start, served, version, client, people
):
    for month, cost in ((date(2026, 10, 1), "2.5"), (date(2026, 11, 1), "10")):
        Spending.objects.create(provider=served, prompt=version.prompt, month=month, cost=cost, answers=7)
    client.force_login(people.engineer)
    page = client.get("/admin/evaluations/costs/")
    assert page.context["total"] == Decimal("12.5")
    assert [row.share for row in page.context["months"]] == ["160.0", "40.0"]
    page = client.get(
        "/admin/evaluations/costs/", {"month": "2026-10", "provider": "served", "prompt": "bank/"}
    )
    assert page.context["total"] == Decimal("2.5")
    assert [row["name"] for row in page.context["prompts"]] == ["bank/explain"]
    assert client.get("/admin/evaluations/costs/", {"prompt": "clinic/", "month": "x"}).context["total"] == 0
    client.force_login(people.stranger)
    page = client.get("/admin/evaluations/costs/")
    assert (page.context["total"], page.context["months"], page.context["all_providers"]) == (0, [], [])
