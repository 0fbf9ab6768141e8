"""A collection's budget of the month: kept over all its prompts and providers, told to those who see it."""

import json
from datetime import date
from decimal import Decimal

import pytest

from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.models import CollectionBudget, Run, Spending
from prompts.evaluations.services.budgets import this_month
from prompts.evaluations.services.collection_budgets import set_collection_budget
from prompts.evaluations.services.pause_run import resume_run
from prompts.evaluations.services.providers import create_provider, edit_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.registry.services.collections import create_collection
from tests.people import SHELL
from tests.portal.opening import Desk


@pytest.fixture
def start(engineer, version, suite, served):
    """Starts a run, one question at a time."""

    def go(**options):
        told = {"providers": [served], "concurrency": 1, **options}
        return start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, **told)

    return go


@pytest.fixture
def kept(bank):
    """Sets the bank's budget; as no form would allow it, since so little is spent in tests."""

    def go(amount):
        set_collection_budget(actor=SHELL, collection_id=bank.pk, month_budget="1")
        CollectionBudget.objects.update(month_budget=amount)

    return go


def worked_on(run):
    work_on_run(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_a_run_stops_cleanly_where_the_collections_budget_ends_and_goes_on_with_more(
    start, kept, bank, engineer
):
    kept("0.01")
    first = worked_on(start(anew=True))
    assert first.state == Run.State.FINISHED
    Spending.objects.update(cost="0.01")
    run = worked_on(start(anew=True))
    assert (run.state, run.results.count()) == (Run.State.PAUSED, 0)
    assert run.note == "The budget of the collection bank, 0.01 USD for this month, is used up."
    assert Event.objects.filter(event="evaluations.budget.spent").count() == 1
    set_collection_budget(actor=SHELL, collection_id=bank.pk, month_budget="5")
    resume_run(actor=engineer, run_id=run.pk)
    again = worked_on(run)
    assert (again.state, again.results.count()) == (Run.State.FINISHED, 3)


def test_it_stops_in_the_middle_with_what_was_answered(start, kept, served):
    edit_provider(actor=SHELL, provider_id=served.pk, changes={"price_in": "100", "price_out": "0"})
    kept("0.02")
    run = worked_on(start(anew=True))
    assert (run.state, run.results.count()) == (Run.State.PAUSED, 2)


def test_other_collections_and_other_months_do_not_count(start, kept, version, served, factory, people):
    kept("0.01")
    create_collection(actor=SHELL, slug="shop", team=people.team)
    other = factory.draft("shop/letter").prompt
    month = this_month()
    Spending.objects.create(provider=served, prompt=version.prompt, month=date(2020, 1, 1), cost=5)
    Spending.objects.create(provider=served, prompt=other, month=month, cost=5)
    assert worked_on(start(anew=True)).state == Run.State.FINISHED


def test_every_provider_counts_for_it(start, kept, version):
    kept("0.01")
    other = create_provider(actor=SHELL, name="other", kind="openai", model="m", price_in="1", price_out="1")
    month = this_month()
    Spending.objects.create(provider=other, prompt=version.prompt, month=month, cost="0.01")
    assert worked_on(start()).state == Run.State.PAUSED


def test_without_prices_it_cannot_be_kept(start, kept):
    kept("1")
    unpriced = create_provider(actor=SHELL, name="unpriced", kind="openai", model="m")
    with pytest.raises(Unacceptable, match="prices of unpriced are unknown"):
        start(providers=[unpriced])


def test_taken_away_it_stops_nobody(start, kept, bank):
    kept("0.01")
    Spending.objects.all().delete()
    set_collection_budget(actor=SHELL, collection_id=bank.pk, month_budget=None)
    assert worked_on(start()).state == Run.State.FINISHED
    told = [json.loads(one.payload)["month_budget"] for one in Event.objects.filter(
        event="evaluations.collection_budget.set").order_by("pk")]  # fmt: skip
    assert told == [["", "1.00"], ["0.01", ""]]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "much", "1e12"])
def test_an_amount_that_is_none_is_refused(bank, amount):
    with pytest.raises(Unacceptable):
        set_collection_budget(actor=SHELL, collection_id=bank.pk, month_budget=amount)
    assert not CollectionBudget.objects.exists()


@pytest.mark.parametrize("who", ["engineer", "steward", "auditor", "stranger", "service"])
def test_only_administrators_set_it(people, bank, who):
    with pytest.raises(Refused):
        set_collection_budget(actor=people.actor(who), collection_id=bank.pk, month_budget="1")


def test_there_is_none_of_a_collection_that_is_not_there(house):
    with pytest.raises(NotThere):
        set_collection_budget(actor=SHELL, collection_id=10**6, month_budget="1")


def test_the_costs_page_tells_it_to_those_who_see_the_collection(people, start, kept, served):
    desk = Desk(people)
    kept("0.01")
    Spending.objects.create(provider=served, prompt=start().prompt, month=this_month(), cost=Decimal("0.02"))
    assert "used up" in (page := desk.text("engineer", "evaluation-costs"))
    assert "Budgets of this month" in page
    assert "Budgets of this month" not in desk.text("stranger", "evaluation-costs")


def test_an_administrator_sets_it_with_clicks(people, bank):
    desk = Desk(people)
    told = {"collection": bank.pk, "month_budget": "12.5"}
    assert desk.post("administrator", "evaluations_collectionbudget_add", **told).status_code == 302
    row = CollectionBudget.objects.get()
    assert row.month_budget == Decimal("12.50")
    desk.post("administrator", "evaluations_collectionbudget_change", row.pk, month_budget="")
    row.refresh_from_db()
    assert row.month_budget is None
    assert row.history.count() == 2
