"""Starting: who may, on what, once."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.errors import NotFrozen, NothingToRun
from prompts.evaluations.models import Run
from prompts.evaluations.selectors import asked_in_order
from prompts.evaluations.services.providers import edit_provider
from prompts.evaluations.services.start_run import start_run
from tests.people import SHELL


@pytest.mark.requirement("nist-ai-rmf/measure-2-3")
def test_a_run_names_exact_cases_text_and_provider(run, version):
    assert (run.state, run.total, run.version_digest) == ("queued", 3, version.digest)
    assert [case.name for piece in asked_in_order(run) for case in piece] == ["refused", "granted", "open"]
    assert run.providers[0]["name"] == "recorded"
    event = Event.objects.get(event="evaluations.run.started")
    assert (event.subject, event.actor) == (f"run {run.pk}", "emil")


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("auditor", Refused), ("administrator", Refused), ("documentarian", Refused), ("service", Refused),
        ("stranger", NotThere), ("leaver", NotThere), ("expert", None), ("ethics_officer", None),
    ],
)  # fmt: skip
def test_who_may_start_a_run(people, version, suite, recorded, who, error):
    def start():
        return start_run(
            actor=people.actor(who), version_id=version.pk, suite_id=suite.pk, providers=[recorded]
        )

    if error is None:
        assert start().requested_by_name == people.actor(who).name
    else:
        with pytest.raises(error):
            start()
        assert not Run.objects.exists()


def test_the_same_key_starts_one_run(engineer, version, suite, recorded):
    runs = [
        start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], key="once")
        for _ in range(2)
    ]
    assert runs[0].pk == runs[1].pk
    assert Event.objects.filter(event="evaluations.run.started").count() == 1


def test_a_key_of_another_run_is_refused(factory, people, engineer, version, suite, recorded):
    from prompts.registry.services.freeze import freeze_version

    start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], key="once")
    other = freeze_version(actor=people.actor("author"), version_id=factory.draft("bank/other").pk)
    with pytest.raises(Conflict):
        start_run(actor=engineer, version_id=other.pk, suite_id=suite.pk, providers=[recorded], key="once")


def test_a_draft_is_not_evaluated(factory, engineer, suite, recorded):
    draft = factory.draft("bank/draft")
    with pytest.raises(NotFrozen):
        start_run(actor=engineer, version_id=draft.pk, suite_id=suite.pk, providers=[recorded])


def test_a_provider_out_of_use_is_not_asked(engineer, version, suite, recorded):
    edit_provider(actor=SHELL, provider_id=recorded.pk, changes={"is_active": False})
    with pytest.raises(NothingToRun):
        start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])


@pytest.mark.parametrize(
    "numbers", [{"repeats": 0}, {"repeats": 51}, {"concurrency": 0}, {"trigger": "whim"}]
)
def test_numbers_out_of_range_are_refused(engineer, version, suite, recorded, numbers):
    with pytest.raises(Unacceptable):
        start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded], **numbers)
