"""Real processes on PostgreSQL move the same pointer at once, and one dies at the switch.

``make soak`` sets SOAK_ROUNDS and SOAK_PROCESSES to 20 and 50.
"""

import os
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from audits.ledger.models import Event
from prompts.releases.models import Release, ScheduledRelease
from prompts.releases.services.schedule import schedule_release
from prompts.releases.services.sweep import sweep_releases
from tests.fixtures.database import database_url

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "2"))
PROCESSES = int(os.environ.get("SOAK_PROCESSES", "10"))
MOVES = ("releases.release.made", "releases.release.rolled_back")


@pytest.fixture(autouse=True)
def _on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("real processes move at once on PostgreSQL")


def start(*argv, **more):
    """A process of ``movers`` on this test's database."""
    env = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    command = [sys.executable, "-m", "tests.releases.movers", *map(str, argv)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, **more)


def moves_told():
    """How many entries tell of a move."""
    return Event.objects.filter(event__in=MOVES).count()


@pytest.mark.soak
def test_moves_at_once_leave_one_live_version_and_a_gapless_history(factory):
    first = factory.released()
    for text in ("Second {{words}}.", "Third {{words}}."):
        factory.approved(factory.next_draft(first.prompt, text=text))
    for number in range(ROUNDS):
        before = Release.objects.count()
        done = start("race", first.prompt_id, PROCESSES)
        said, _ = done.communicate(timeout=1500)
        assert done.returncode == 0, said
        rows = list(Release.objects.select_related("version", "replaced").order_by("pk"))
        assert said.startswith(f"{len(rows) - before} moved"), (number, said)
        assert [row.state for row in rows] == ["superseded"] * (len(rows) - 1) + ["live"]
        assert all(new.replaced == old.version for old, new in pairwise(rows))
        assert all(new.released_at == old.ended_at for old, new in pairwise(rows))
        assert moves_told() == len(rows)
        sys.stdout.write(f"round {number + 1}: {said}")


def test_a_worker_that_is_killed_at_the_switch_leaves_it_to_the_next_one(people, factory):
    row = schedule_release(
        actor=people.actor("steward"),
        version_id=factory.approved().pk,
        environment="production",
        due_at=timezone.now() + timedelta(hours=1),
        reason="At night.",
    )
    ScheduledRelease.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    worker = start("hang", row.pk)
    assert worker.stdout.readline() == "switched\n"
    worker.kill()
    worker.wait()
    assert (Release.objects.count(), moves_told()) == (0, 0)
    sweep_releases(now=timezone.now())
    row.refresh_from_db()
    assert (row.state, Release.objects.count(), moves_told()) == ("released", 1, 1)
