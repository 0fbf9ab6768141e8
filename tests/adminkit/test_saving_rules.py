"""Suites, cases, providers and schedules are saved by their rooms' verbs."""

import pytest
from django.urls import reverse

from prompts.evaluations.models import Case, Provider, Schedule, Suite
from prompts.evaluations.services.suites import create_suite
from tests.people import SHELL


@pytest.fixture
def suite(bank):
    return create_suite(actor=SHELL, name="polite", title="Polite", collection=bank)


def test_an_expert_makes_a_suite_and_a_case_and_takes_it_out_of_use(as_person, bank):
    client = as_person("expert")
    form = {"name": "tone", "title": "Tone", "collection": bank.pk, "least_pass_rate": "0.95"}
    assert client.post(reverse("admin:evaluations_suite_add"), form).status_code == 302
    suite = Suite.objects.get(name="tone")
    case = {
        "vars": "{}",
        "assertions": '[{"type": "contains", "value": "sorry"}]',
        "weight": 1,
        "labels": "tone, s",
    }
    client.post(reverse("admin:evaluations_case_add"), {"suite": suite.pk, "name": "one", **case})
    row = Case.objects.get(suite=suite)
    assert row.tags == ["tone", "s"]
    client.post(reverse("admin:evaluations_case_change", args=[row.pk]), case)
    row.refresh_from_db()
    assert not row.is_active


def test_an_assertion_that_does_not_exist_is_refused_in_the_form(as_person, suite):
    form = {"suite": suite.pk, "name": "x", "vars": "{}", "assertions": '[{"type": "no-such"}]', "weight": 1}
    answer = as_person("expert").post(reverse("admin:evaluations_case_add"), form)
    assert answer.status_code == 200
    assert not Case.objects.exists()


def test_a_provider_s_key_is_written_and_never_shown(as_person, people):
    client = as_person("administrator")
    form = {
        "name": "house",
        "kind": "openai",
        "key": "sk-very-secret",
        "parameters": "{}",
        "timeout_seconds": 30,
    }
    form |= {"base_url": "https://models.example.org/v1", "model": "m"}
    assert client.post(reverse("admin:evaluations_provider_add"), form).status_code == 302
    provider = Provider.objects.get(name="house")
    page = client.get(reverse("admin:evaluations_provider_change", args=[provider.pk]))
    assert provider.has_key
    assert b"sk-very-secret" not in page.content
    assert provider.encrypted_key.encode() not in page.content


def test_a_schedule_is_made_for_a_prompt_that_is_seen_and_for_no_other(as_person, factory, suite):
    prompt = factory.draft(name="bank/letter").prompt
    provider = Provider.objects.get(name="local")
    form = {
        "prompt": prompt.pk,
        "suite": suite.pk,
        "provider": provider.pk,
        "rhythm": "interval",
        "every": "1",
    }
    address = reverse("admin:evaluations_schedule_add")
    as_person("stranger").post(address, {"name": "theirs", **form})
    as_person("author").post(address, {"name": "ours", "is_active": "on", **form})
    assert list(Schedule.objects.values_list("name", flat=True)) == ["ours"]
