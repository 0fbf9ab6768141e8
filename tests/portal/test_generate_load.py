"""``manage.py generate_load``."""

import io

import pytest
from django.core.management import CommandError, call_command

from audits.ledger.models import Event
from audits.ledger.verification import verify
from portal.synthetic_texts import EVERYWHERE, PLANTED, PLANTINGS, is_planted
from prompts.observability.models import Call
from prompts.registry.models import Prompt, TextSignature, Version
from prompts.registry.search import search_prompts
from prompts.releases.models import Release
from prompts.releases.selectors import state_of, verdict_of
from tests.ledger.helpers import behind_the_back

pytestmark = pytest.mark.django_db


def run(*words):
    call_command("generate_load", *words, stdout=io.StringIO())


def test_each_prompt_has_its_last_version_released(house):
    run("--prompts", "3", "--versions", "2")
    rows = Release.objects.order_by("prompt__name").values_list("prompt__name", "version__number")
    assert list(rows) == [(f"load/p00000{n}", 2) for n in range(3)]
    assert {told.state for told in state_of(Prompt.objects.values_list("pk", flat=True)).values()} == {
        "released"
    }


def test_the_stored_verdict_is_that_of_the_gate(house):
    run("--prompts", "1", "--versions", "1")
    row = Release.objects.get()
    asked = verdict_of(row.version, row.environment).as_dict()
    assert asked["open"] is True
    assert [check["code"] for check in row.verdict["checks"]] == [check["code"] for check in asked["checks"]]


def test_a_database_that_was_only_migrated_will_do(db):
    run("--prompts", "1", "--versions", "1")
    assert Release.objects.get().environment.slug == "production"


def test_a_second_run_adds_only_what_is_missing(house):
    for count in ("2", "3"):
        run("--prompts", count, "--versions", "1")
    assert (Prompt.objects.count(), Version.objects.count()) == (3, 3)


def test_prompts_are_found_and_have_their_history(house, shell):
    run("--prompts", "12", "--versions", "1")
    assert [row.name for row in search_prompts(shell, "p000011")] == ["load/p000011"]
    assert Prompt.history.count() == 12


def test_texts_are_as_the_services_leave_them_with_a_seldom_word_and_one_that_all_have(house, shell):
    run("--prompts", "98", "--versions", "2")
    seldom = [row.name for row in search_prompts(shell, PLANTED)]
    assert sorted(seldom) == ["load/p000007", "load/p000097"]
    assert search_prompts(shell, EVERYWHERE).count() == 98
    assert TextSignature.objects.count() == 98
    assert sum(map(is_planted, range(1000))) == sum(map(is_planted, range(100_000))) == PLANTINGS


def test_the_log_verifies_and_an_altered_text_is_still_found(house):
    run("--prompts", "2", "--versions", "2", "--entries", "3")
    assert verify().first_bad is None
    behind_the_back("UPDATE registry_version SET messages = '[]' WHERE number = 2")
    assert verify().first_bad.subject == "load/p000000@2"


def test_calls_and_entries_are_added(house):
    run("--prompts", "2", "--versions", "1", "--calls", "10", "--entries", "5")
    assert Call.objects.filter(version__isnull=False).count() == 10
    assert Event.objects.filter(event="portal.load.entry").count() == 5
    assert Event.objects.filter(event="portal.load.generated").count() == 1


def test_a_database_with_real_prompts_is_refused(factory):
    factory.draft()
    with pytest.raises(CommandError) as caught:
        run("--prompts", "1", "--versions", "1")
    assert caught.value.returncode == 2
    assert Prompt.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--prompts", "-1", "--versions", "1"],
        ["--prompts", "1", "--versions", "0"],
        ["--prompts", "0", "--versions", "1", "--calls", "1"],
    ],
)
def test_faulty_counts_exit_with_2(house, words):
    with pytest.raises(CommandError) as caught:
        run(*words)
    assert caught.value.returncode == 2
