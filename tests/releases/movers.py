"""Processes that move a prompt's pointers at the same moment, and one that dies in the middle of a switch.

``python -m tests.releases.movers race PROMPT COUNT``: COUNT children, made before anybody has a connection,
wait for one signal and then release or roll back once each; prints how many did. ``… hang SCHEDULE``: carries
a scheduled release out and sleeps before the transaction ends.
"""

import os
import random
import sys
import time


def race(prompt_id: int, count: int) -> int:
    """Forks, lets all children go at once, and tells how many moved the pointer."""
    gate_read, gate_write = os.pipe()
    children = []
    for number in range(count):
        pid = os.fork()
        if pid == 0:
            os.close(gate_write)
            os.read(gate_read, 1)  # until the parent closes its end
            os._exit(move(prompt_id, number))
        children.append(pid)
    os.close(gate_read)
    os.close(gate_write)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    sys.stdout.write(f"{codes.count(0)} moved, {codes.count(3)} refused\n")
    return 0 if set(codes) <= {0, 3} else 1


def move(prompt_id: int, number: int) -> int:
    """One release or roll back in the steward's name: 0 done, 3 refused as it may be, 1 broken."""
    from audits.identity.actors import Actor
    from audits.identity.errors import GovernedError
    from audits.identity.models import User
    from prompts.registry.models import Version
    from prompts.releases.services.attempt import attempt_release, attempt_roll_back

    chance = random.Random(f"{os.getpid()}/{number}")
    told = {
        "actor": Actor.for_user(User.objects.get(username="sten")),
        "environment": "production",
        "reason": f"Move {number}.",
    }
    version = chance.choice(list(Version.objects.filter(prompt=prompt_id)))
    try:
        if number % 2:
            attempt_roll_back(prompt_id=prompt_id, to_version=version.number, **told)
        else:
            attempt_release(version_id=version.pk, **told)
    except GovernedError:
        return 3
    return 0


def hang(schedule_id: int) -> int:
    """Claims and switches, says so, and never comes to the end of its transaction."""
    from django.db import transaction
    from django.utils import timezone

    from prompts.releases.services.schedule import carry_out

    with transaction.atomic():
        carry_out(schedule_id, timezone.now())
        sys.stdout.write("switched\n")
        sys.stdout.flush()
        time.sleep(600)
    return 1


if __name__ == "__main__":
    import django

    django.setup()
    what, *numbers = sys.argv[1:]
    sys.exit({"race": race, "hang": hang}[what](*map(int, numbers)))  # type: ignore[operator]
