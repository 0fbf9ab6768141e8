"""The demo's suites, recorded answers, gate demands, live schedule and live calls."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from audits.identity.actors import Actor
from portal.demo.script import DemoPrompt
from prompts.evaluations.models import Provider, Schedule, Suite
from prompts.evaluations.providers.answers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.schedules import save_schedule
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection, Environment, Prompt, Version
from prompts.releases.services.gate_policies import set_gate_suite

RECORDED = "demo-recorded-answers"
LABEL = "Recorded for the demo, written by hand"
SCHEDULE = "product-recommendation-every-hour"
LIVE_SUITE = "shop-live-check"


def recorded_provider(actor: Actor) -> Provider:
    """The provider that gives back the answers of the script."""
    there = Provider.objects.filter(name=RECORDED).first()
    return there or create_provider(actor=actor, name=RECORDED, kind=Provider.Kind.RECORDED, note=LABEL)


def make_suite(actor: Actor, told: DemoPrompt, collection: Collection) -> Suite | None:
    """The prompt's suite with its cases, or None where the script has none."""
    if not told.suite:
        return None
    title = told.name.partition("/")[2].replace("-", " ").capitalize()
    suite = Suite.objects.filter(name=told.suite).first() or create_suite(
        actor=actor,
        name=told.suite,
        title=title,
        collection=collection,
        least_pass_rate=told.least_pass_rate,
    )
    there = set(suite.cases.values_list("name", flat=True))
    for case in told.cases:
        if case.name not in there:
            save_case(
                actor=actor,
                suite_id=suite.pk,
                name=case.name,
                vars=case.vars,
                assertions=case.assertions,
                tags=case.tags,
            )
    return suite


def bind_gate(actor: Actor, told: DemoPrompt, suite: Suite, prompt: Prompt) -> None:
    """Production asks for the suite; in the demo recorded answers count, and it says so."""
    set_gate_suite(
        actor=actor,
        environment="production",
        suite=suite,
        prompt=prompt,
        least_pass_rate=told.least_pass_rate,
        allows_recorded=True,
    )


def store_answers(actor: Actor, told: DemoPrompt, version: Version, provider: Provider) -> None:
    """Keeps the script's answers to exactly what this version asks in each case."""
    pairs = []
    for case in told.cases:
        if text := case.answers.get(version.number):
            question = question_for(actor, version, case.vars)
            answer = Answer(output=text, label=LABEL, response_model="recorded", finish_reason="stop")
            pairs.append((question.messages, answer))
    if pairs:
        record_answers(actor=actor, provider_id=provider.pk, answers=pairs)


def make_schedule(actor: Actor, prompt: Prompt, recorded: Provider, recorded_suite: Suite) -> None:
    """One schedule, due in half a minute: of the local model, or without it of the recorded answers."""
    if Schedule.objects.filter(name=SCHEDULE).exists():
        return
    local = Provider.objects.filter(kind=Provider.Kind.LOCAL).first() if settings.LOCAL_MODEL else None
    suite = _live_suite(actor, prompt) if local else recorded_suite
    save_schedule(
        actor=actor,
        name=SCHEDULE,
        prompt_id=prompt.pk,
        suite_id=suite.pk,
        provider_id=(local or recorded).pk,
        environment=Environment.objects.get(slug="production"),
        every_minutes=60,
        next_due_at=timezone.now() + timedelta(seconds=30),
    )


def _live_suite(actor: Actor, prompt: Prompt) -> Suite:
    """What even a very small model should manage, and sometimes does not."""
    suite = Suite.objects.filter(name=LIVE_SUITE).first() or create_suite(
        actor=actor,
        name=LIVE_SUITE,
        title="Live check",
        collection=prompt.collection,
        description="Runs every hour on the small local model: it proves the path, not the prompt.",
        least_pass_rate="0.5",
    )
    cases: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
        "answers-at-all": (
            "Fjord jacket, Pine boots",
            "something for rain",
            [{"type": "word-count", "value": {"min": 3}}],
        ),
        "names-a-product": (
            "Fjord jacket, Pine boots",
            "a warm jacket",
            [{"type": "icontains", "value": "jacket"}],
        ),
        "says-nothing-fits": (
            "Harbour cap, Wool socks",
            "a tent for four",
            [{"type": "icontains", "value": "nothing"}],
        ),
    }
    there = set(suite.cases.values_list("name", flat=True))
    for name, (products, wish, assertions) in cases.items():
        if name not in there:
            variables = {"products": products, "wish": wish}
            save_case(actor=actor, suite_id=suite.pk, name=name, vars=variables, assertions=assertions)
    return suite
