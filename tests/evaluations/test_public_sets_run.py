"""Public sets from their files through a real worker and the embedded model to the page."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from portal.runtime import localmodel, services
from portal.runtime.children import Spec
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Provider, Run, Suite
from prompts.evaluations.services.measure_run import measured
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.stats import wilson
from prompts.registry.services.freeze import freeze_version
from tests.fixtures.processes import Process, wait_until

QUESTIONS = int(os.environ.get("SOAK_QUESTIONS", "0"))
"""So many of each set where the score counts, as in `make soak`, and not only the way to it."""
SMALL = Path(__file__).parent / "data"
SETS = {"gsm8k": ("gsm8k.jsonl", 1), "truthfulqa": ("truthfulqa.jsonl", 2), "bbq": ("bbq.jsonl", 2),
        "winobias": ("winobias_pairs.jsonl", 1)}  # fmt: skip
"""The file, and so many of its questions: enough to see the way, few enough for a test."""

SETTINGS = {"temperature": 0, "max_tokens": 120 if QUESTIONS else 16}
"""Room to reckon where the score counts: 16 tokens end before most answers."""
SECONDS = 3000 if QUESTIONS else 500


@pytest.fixture
def local_model(tmp_path, monkeypatch) -> Iterator[Process]:
    """The embedded model, where this portal's worker finds it."""
    monkeypatch.setenv("DATA_DIR", str(settings.DATA_DIR))
    spec = Spec("model", services.local_model().argv, env={"DATA_DIR": str(settings.DATA_DIR)})
    process = Process(spec, tmp_path / "model.log", lambda: localmodel.address() is not None)
    process.start()
    yield process
    process.kill()


@pytest.mark.worker
@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 300)
def test_sets_are_run_by_a_real_worker_and_the_page_tells_what_the_database_holds(
    real_worker, local_model, people, factory, samples, capsys
):
    folder = samples / "evals" if samples else SMALL
    wanted = {kind: QUESTIONS if samples and QUESTIONS else most for kind, (_, most) in SETS.items()}
    draft = factory.draft("bank/quiz", text="{{message}}", content={"model_settings": SETTINGS})
    version = freeze_version(actor=people.actor("author"), version_id=draft.pk)
    provider = Provider.objects.get(name="local")
    runs = {}
    for kind, (file, _) in SETS.items():
        words = [kind, str(folder / file), "--collection", "bank", "--as", "emil"]
        call_command("import_set", *words, "--most", str(wanted[kind]))
        suite = Suite.objects.get(name=f"{kind}-bank")
        runs[kind] = start_run(
            actor=people.actor("engineer"), version_id=version.pk, suite_id=suite.pk, providers=[provider]
        )
        send_run(runs[kind])
    wait_until(lambda: not Run.objects.exclude(state="finished").exists(), seconds=SECONDS)
    browser = Client()
    browser.force_login(people.engineer)
    for kind, run in runs.items():
        run.refresh_from_db()
        passed = run.results.filter(state="pass").count()
        assert (run.errors, run.passed, run.total) == (0, passed, run.results.count())
        assert all(row.output and row.response_model for row in run.results.all())
        page = browser.get(f"/admin/evaluations/runs/{run.pk}/").content.decode()
        shown = re.search(r'<dd class="v">([\d.]+)\xa0%</dd><dd class="d">(\d+) of (\d+);', page)
        assert shown.groups() == (f"{100 * passed / run.total:.1f}", str(passed), str(run.total)), kind
        low, high = wilson(run.passed, run.total)
        with capsys.disabled():
            sys.stdout.write(
                f"\n{kind}: {run.passed} of {run.total} passed, 95 % {low:.1%} to {high:.1%}, {run.seconds} s"
            )
    dashboard = browser.get("/admin/evaluations/").content.decode()
    everything = sum(run.passed for run in runs.values())
    total = sum(run.total for run in runs.values())
    assert f"{everything:,} of {total:,}, last 7 days" in dashboard
    told = measured(runs["bbq"]).report["bbq"]["all"]
    assert sum(part["answers"] for part in told.values()) == runs["bbq"].total == wanted["bbq"]
    assert measured(runs["winobias"]).report["winobias"]["pairs"] == wanted["winobias"]
