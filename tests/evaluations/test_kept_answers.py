"""Answers that are used again: found by all that was sent, marked, bounded, and passed by on demand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from prompts.evaluations.connections import endpoint_of
from prompts.evaluations.models import KeptAnswer, Provider
from prompts.evaluations.providers import Question
from prompts.evaluations.providers.keeping import asked_digest
from prompts.evaluations.services import kept_answers
from prompts.evaluations.services.kept_answers import forget_kept_answers
from prompts.evaluations.services.providers import edit_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.fixtures.stub import Answer as Sent
from tests.people import SHELL

# Threads look answers up over connections of their own, which see only what was committed.
committed = pytest.mark.django_db(transaction=True)
QUESTION = Question([{"role": "user", "content": "Hello?"}])


@pytest.fixture
def done(transactional_db, engineer, version, suite, served):
    """Runs the suite to its end."""

    def go(**options):
        run = start_run(
            actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served], **options
        )
        return work_on_run(run_id=run.pk)

    return go


@committed
def test_the_same_is_asked_once_and_said_to_be_kept(done, stub_server):
    first, second = done(), done()
    assert len(stub_server.asked) == 3
    assert (first.passed, second.passed) == (3, 3)
    told = second.results.first()
    assert (told.output, told.cost, told.input_tokens) == ("A loan.", 0, 100)
    assert told.kept_from <= told.created_at
    assert first.results.filter(kept_from__isnull=True).count() == 3
    assert (first.cost > 0, second.cost) == (True, 0)
    assert second.answered_by == first.answered_by
    assert second.results_digest == first.results_digest


@committed
def test_repeats_are_told_apart_and_each_is_kept(done, stub_server):
    done()
    done(repeats=3)
    assert len(stub_server.asked) == 9
    done(repeats=3)
    assert len(stub_server.asked) == 9


@committed
def test_on_demand_it_is_asked_anew_and_the_new_answer_is_kept(done, stub_server):
    done()
    choice = {"message": {"content": "Another loan."}, "finish_reason": "stop"}
    stub_server.answer("/v1/chat/completions", Sent({"model": "m-1", "choices": [choice]}))
    assert {one.output for one in done(anew=True).results.all()} == {"Another loan."}
    assert {one.output for one in done().results.all()} == {"Another loan."}
    assert len(stub_server.asked) == 6


@committed
def test_an_answer_that_is_too_old_is_asked_for_anew(done, stub_server, settings):
    done()
    KeptAnswer.objects.update(given_at=timezone.now() - timedelta(days=settings.ANSWERS_KEPT_DAYS, seconds=1))
    done()
    assert len(stub_server.asked) == 6


@committed
def test_nothing_is_kept_where_the_setting_says_so(done, stub_server, settings):
    settings.ANSWERS_KEPT_DAYS = 0
    done()
    done()
    assert (len(stub_server.asked), KeptAnswer.objects.count()) == (6, 0)


@committed
def test_faults_are_not_kept(done, stub_server):
    stub_server.answer("/v1/chat/completions", Sent({"choices": []}))
    assert done().errors == 3
    assert KeptAnswer.objects.count() == 0


@committed
def test_answers_of_a_provider_that_changed_its_model_are_thrown_away(done, stub_server):
    done()
    choice = {"message": {"content": "A loan."}, "finish_reason": "stop"}
    stub_server.answer("/v1/chat/completions", Sent({"model": "m-2", "choices": [choice]}))
    done(anew=True)
    assert KeptAnswer.objects.count() == 0
    assert done().answered_by == {str(Provider.objects.get(name="served").pk): ["m-2"]}


@pytest.mark.parametrize(
    "changes",
    [{"model": "n"}, {"parameters": {"temperature": "0.5"}}, {"base_url": "https://models.example/v1"}],
)
def test_what_is_sent_decides_the_digest(served, changes):
    before = asked_digest(endpoint_of(served), QUESTION)
    edit_provider(actor=SHELL, provider_id=served.pk, changes=changes, key="sk-other-0123456789")
    assert asked_digest(endpoint_of(Provider.objects.get(pk=served.pk)), QUESTION) != before


def test_neither_key_nor_prices_decide_it(served):
    before = asked_digest(endpoint_of(served), QUESTION)
    changes = {"price_in": "2", "requests_per_minute": 5, "timeout_seconds": 7}
    edit_provider(actor=SHELL, provider_id=served.pk, changes=changes, key="sk-other-0123456789")
    assert asked_digest(endpoint_of(Provider.objects.get(pk=served.pk)), QUESTION) == before


@pytest.mark.parametrize(
    "other",
    [
        {"messages": [{"role": "user", "content": "Hello!"}]},
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": "data:,a"}}]}]},
        {"settings": {"temperature": "0"}},
        {"tools": [{"type": "function", "function": {"name": "look"}}]},
        {"output_schema": {"type": "object"}},
        {"repeat": 2},
    ],
)
def test_every_part_of_the_question_decides_it(served, other):
    endpoint = endpoint_of(served)
    assert asked_digest(endpoint, replace(QUESTION, **other)) != asked_digest(endpoint, QUESTION)


def test_what_is_too_old_or_too_much_is_thrown_away(served, monkeypatch):
    now = timezone.now()
    for number in range(6):
        given = now - timedelta(days=3 * number)
        KeptAnswer.objects.create(digest=str(number), provider=served, answer="{}", given_at=given)
    monkeypatch.setattr(kept_answers, "MOST", 2)
    assert forget_kept_answers(now=now) == 4
    assert sorted(KeptAnswer.objects.values_list("digest", flat=True)) == ["0", "1"]
