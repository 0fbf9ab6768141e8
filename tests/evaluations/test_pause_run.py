"""Pausing and resuming, by hand and by a budget."""

from decimal import Decimal

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.models import Run
from prompts.evaluations.services.claims import Lost, beat, claim
from prompts.evaluations.services.pause_run import pause_run, resume_run
from prompts.evaluations.services.start_run import cancel_run, start_run
from prompts.evaluations.services.sweep import lost_runs
from prompts.evaluations.services.work_on_run import work_on_run


@pytest.fixture
def limited(engineer, version, suite, served):
    """A run of 3 cases at 0.0002 USD whose budget is used up by the second one."""
    return start_run(
        actor=engineer,
        version_id=version.pk,
        suite_id=suite.pk,
        providers=[served],
        concurrency=1,
        repeats=10,
        budget="0.0003",
    )


def test_a_paused_run_is_not_worked_on_until_it_is_resumed(engineer, run):
    assert pause_run(actor=engineer, run_id=run.pk, reason="Too loud.").note == "Too loud."
    assert work_on_run(run_id=run.pk) is None
    assert Event.objects.get(event="evaluations.run.paused").reason == "Too loud."
    assert resume_run(actor=engineer, run_id=run.pk).state == "queued"
    assert Event.objects.filter(event="evaluations.run.resumed").count() == 1
    assert work_on_run(run_id=run.pk).state == "finished"
    assert run.results.count() == 3


def test_the_worker_of_a_paused_run_notices_at_its_next_beat(engineer, run):
    held = claim(run.pk)
    pause_run(actor=engineer, run_id=run.pk)
    with pytest.raises(Lost):
        beat(held)


def test_a_paused_run_is_not_taken_for_lost(engineer, run):
    pause_run(actor=engineer, run_id=run.pk)
    assert lost_runs(now=run.created_at) == []


def test_a_paused_run_is_cancelled(engineer, run):
    pause_run(actor=engineer, run_id=run.pk)
    assert cancel_run(actor=engineer, run_id=run.pk).state == "cancelled"


def test_a_finished_run_is_neither_paused_nor_resumed(engineer, run):
    work_on_run(run_id=run.pk)
    for verb in (pause_run, resume_run):
        with pytest.raises(Conflict):
            verb(actor=engineer, run_id=run.pk)


@pytest.mark.parametrize("verb", [pause_run, resume_run])
@pytest.mark.parametrize(("who", "error"), [("auditor", Refused), ("stranger", NotThere)])
def test_others_do_neither(people, run, verb, who, error):
    with pytest.raises(error):
        verb(actor=people.actor(who), run_id=run.pk)


@pytest.mark.requirement("owasp-llm/06")
def test_a_used_up_budget_pauses_the_run_and_says_why(limited):
    held = work_on_run(run_id=limited.pk)
    assert (held.state, held.note) == ("paused", "Its budget of 0.00030000 USD is used up.")
    assert held.cost >= Decimal("0.0003")
    assert 2 <= held.done == held.results.count() < 30
    assert Event.objects.filter(event="evaluations.run.paused", subject=str(limited)).count() == 1


def test_a_run_without_money_goes_on_with_a_higher_budget_only(engineer, limited):
    work_on_run(run_id=limited.pk)
    with pytest.raises(Unacceptable) as caught:
        resume_run(actor=engineer, run_id=limited.pk)
    assert caught.value.field == "budget"
    resume_run(actor=engineer, run_id=limited.pk, budget=Decimal(1))
    done = work_on_run(run_id=limited.pk)
    assert (done.state, done.results.count(), done.cost) == ("finished", 30, Decimal("0.006"))


@pytest.mark.parametrize("budget", ["0", "-1", "NaN", "much", "1e9"])
def test_a_budget_is_a_number_above_nothing(engineer, version, suite, recorded, budget):
    with pytest.raises(Unacceptable) as caught:
        start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], budget=budget
        )
    assert caught.value.field == "budget"
    assert not Run.objects.exists()
