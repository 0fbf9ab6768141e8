"""A real worker makes exports; killed in the middle, another goes on and the file is whole."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audits.exports.dispatch import send_export
from audits.exports.models import Export
from audits.exports.services.request_export import request_trail
from audits.identity.actors import Actor
from audits.identity.models import User
from audits.ledger.filters import TrailFilter
from tests.fixtures.processes import wait_until

pytestmark = pytest.mark.worker
ENTRIES = 30_000


def test_a_worker_killed_in_the_middle_loses_nothing(real_worker) -> None:
    call_command("setup_portal", verbosity=0)
    call_command("generate_load", prompts=1, versions=1, entries=ENTRIES, verbosity=0)
    user = User.objects.create(username="audra", full_name="Audra")
    from django.contrib.auth.models import Group

    user.groups.add(Group.objects.get(name="auditor"))
    row = request_trail(actor=Actor.for_user(user), format="jsonl", asked=TrailFilter())
    send_export(row)

    def now() -> Export:
        return Export.objects.get(pk=row.pk)

    wait_until(lambda: now().entries > 0 or now().is_over)
    real_worker.kill()
    assert now().state == "running", now().reason
    real_worker.start()
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # what it would wait for
    send_export(row)
    wait_until(lambda: now().is_over)
    done = now()
    assert (done.state, done.attempts) == ("done", 2)
    with done.path.open("rb") as file:
        assert sum(1 for _ in file) == done.entries == done.checkpoint.size
