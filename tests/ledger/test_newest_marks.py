"""The newest mark of a row is the same, whichever entries were read when, and is that of a verified body."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from audits.adminkit.recorded import table_of
from audits.adminkit.row_marks import all_marks, salt_mark
from audits.identity.actors import Actor
from audits.ledger import merkle
from audits.ledger.models import Event, Leaf
from audits.ledger.newest_marks import NewestMark, NewestMarks
from audits.ledger.progress import Start
from audits.ledger.services import integrate
from audits.ledger.services.erase_payloads import erase_payloads
from audits.ledger.verification import FirstBad, verify
from tests.ledger.helpers import behind_the_back, rename, tell

pytestmark = pytest.mark.django_db
SHELL = Actor.shell()
NAME = "auth_group"


@pytest.fixture
def groups() -> list[Group]:
    """Three that were renamed in turn by nine entries of the tree, and one once more by one that waits."""
    made = [Group.objects.create(name=f"group {number}") for number in range(3)]
    tell()
    for turn in range(8):
        rename(made[turn % 3], f"turn {turn}")
    integrate()
    rename(made[0], "waits")
    return made


def read() -> list[tuple[int, str, str | None]]:
    leaves = Leaf.objects.order_by("position")
    return list(leaves.values_list("position", "event__body", "event__salt"))


def there() -> list[tuple[int, str]]:
    return list(all_marks(table_of(Group)))


def marks(newest: NewestMarks) -> list[NewestMark]:
    return list(newest.complete().of(NAME))


@pytest.mark.parametrize("erased", [[], [8], [6, 7], [2, 5, 6, 8], [*range(9)]])
def test_whichever_entries_are_handed_over_the_last_one_counts(
    groups: list[Group], erased: list[int]
) -> None:
    if erased:
        erase_payloads(actor=SHELL, positions=erased, reason="Asked.", proposed_by="another", holds={})
    if takes_in := len(erased) % 2:
        integrate(wait=True)
    entries = read()
    with NewestMarks() as newest:
        all_read = marks(newest)
    assert all(row.holds(mark, NAME) for row, (_, mark) in zip(all_read, there(), strict=True))
    assert [row.rank for row in all_read] == [9 if takes_in else None, 8, 6]
    for first in range(len(entries) + 1):
        for stop in range(first, len(entries) + 1):
            with NewestMarks(first) as newest:
                for at in range(first, stop, 2):
                    newest.hear(entries[at : min(at + 2, stop)], min(at + 2, stop))
                assert marks(newest) == all_read


def test_what_is_handed_over_is_not_read_again(groups: list[Group]) -> None:
    integrate()
    entries = read()
    with NewestMarks() as newest:
        newest.hear([(place, "{}", salt) for place, _, salt in entries], len(entries))
        assert marks(newest) == []


def test_what_happens_during_a_verification_is_no_fault(groups: list[Group]) -> None:
    sizes = []

    def meanwhile(frontier: merkle.Frontier) -> None:
        sizes.append(frontier.size)
        if len(sizes) == 1:
            rename(groups[1], "meanwhile")
            integrate()
        rename(groups[2], f"waits {len(sizes)}")

    report = verify(tell=meanwhile)
    assert (report.ok, report.first_bad, sizes) == (True, None, [9, 11])


@pytest.mark.parametrize("size", [1, 5, 9])
def test_a_verification_that_goes_on_knows_what_was_told_before(groups: list[Group], size: int) -> None:
    edge = merkle.Frontier()
    edge.extend(Leaf.objects.order_by("position").values_list("leaf_hash", flat=True)[:size])
    start = Start(size, tuple(edge.edge), datetime.now(UTC))
    assert verify(start=start).ok
    behind_the_back("UPDATE auth_group SET name = 'forged' WHERE id = %s", groups[1].pk)
    assert verify(start=start).first_bad == FirstBad(
        8, "row", f"auth_group {groups[1].pk} (forged)", "name is not what was recorded"
    )


def test_a_mark_that_is_forged_after_it_was_read_covers_nothing(groups: list[Group]) -> None:
    """Who waits until the entries are read changes row and mark together in vain."""
    integrate()
    key = groups[2].pk

    def meanwhile(_: merkle.Frontier) -> None:
        behind_the_back("UPDATE auth_group SET name = 'forged' WHERE id = %s", key)
        entry = Event.objects.get(leaf__position=6)
        body = json.loads(entry.body)
        body["rows"][NAME]["salted"][str(key)] = salt_mark(dict(there())[key], entry.salt, NAME, str(key))
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        assert behind_the_back("UPDATE ledger_event SET body = %s WHERE id = %s", text, entry.pk) == 1

    bad = verify(tell=meanwhile).first_bad
    assert bad is not None
    assert (bad.kind, bad.position) == ("row", 6)


def test_what_waited_at_first_is_read_again_with_its_place(groups: list[Group]) -> None:
    """A second reading finds entries in the tree that waited at the first, and newer ones after them."""
    with NewestMarks() as newest:
        assert marks(newest)[0].position is None
        rename(groups[0], "waited too")
        integrate()
        rename(groups[1], "waits")
        again = marks(newest)
        assert [row.position for row in again] == [10, None, 6]
        assert all(row.holds(mark, NAME) for row, (_, mark) in zip(again, there(), strict=True))
