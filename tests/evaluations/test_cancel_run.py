"""Cancelling: by whoever might have started it, at any time before the end."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused
from audits.ledger.models import Event
from prompts.evaluations.services.claims import Lost, beat, claim
from prompts.evaluations.services.start_run import cancel_run
from prompts.evaluations.services.work_on_run import work_on_run


def test_a_queued_run_is_cancelled_and_never_worked_on(engineer, run):
    assert cancel_run(actor=engineer, run_id=run.pk, reason="A mistake.").state == "cancelled"
    assert work_on_run(run_id=run.pk) is None
    assert Event.objects.get(event="evaluations.run.cancelled").reason == "A mistake."


def test_the_worker_of_a_cancelled_run_notices_at_its_next_beat(engineer, run):
    held = claim(run.pk)
    cancel_run(actor=engineer, run_id=run.pk)
    with pytest.raises(Lost):
        beat(held)


def test_a_finished_run_is_not_cancelled(engineer, run):
    work_on_run(run_id=run.pk)
    with pytest.raises(Conflict):
        cancel_run(actor=engineer, run_id=run.pk)


@pytest.mark.parametrize(
    ("who", "error"), [("auditor", Refused), ("stranger", NotThere), ("leaver", NotThere)]
)
def test_others_do_not_cancel(people, run, who, error):
    with pytest.raises(error):
        cancel_run(actor=people.actor(who), run_id=run.pk)
