"""With an entry's content goes what could be tried against its marks; its rows stay covered all the same."""

import json

import pytest
from django.contrib.auth.models import Group

from audits.adminkit.recorded import table_of
from audits.adminkit.row_marks import all_marks, column_that_differs, salt_mark
from audits.ledger import merkle
from audits.ledger.events import ROWS_TOLD_AGAIN
from audits.ledger.models import Event
from audits.ledger.newest_marks import marks_in
from audits.ledger.services import integrate
from audits.ledger.services.erase_payloads import erase_payloads
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back, rename, tell
from tests.people import SHELL

pytestmark = pytest.mark.django_db
NAME = "auth_group"
ERASED = "the content of the entry that told of it last is erased"


def erase(*entries: Event) -> Event:
    integrate(wait=True)
    made = erase_payloads(
        actor=SHELL,
        positions=[entry.leaf.position for entry in entries],
        reason="Asked.",
        proposed_by="another",
        holds={},
    )
    integrate(wait=True)
    return made


def forge(group: Group) -> None:
    assert behind_the_back("UPDATE auth_group SET name = 'forged' WHERE id = %s", group.pk) == 1


def told(entry: Event) -> dict[str, str]:
    """The marks of groups as they stand in an entry."""
    return json.loads(entry.body)["rows"][NAME]["salted"]


def told_again() -> list[Event]:
    return list(Event.objects.filter(event=ROWS_TOLD_AGAIN.name).select_related("leaf").order_by("pk"))


def raw(group: Group) -> str:
    return dict(all_marks(table_of(Group)))[group.pk]


@pytest.fixture
def group(people) -> Group:
    return Group.objects.create(name="Anna Example")


def test_a_mark_is_found_with_the_salt_of_its_entry_alone(group: Group) -> None:
    key, plain, first = str(group.pk), raw(group), tell()
    group.save()
    second = tell()
    assert told(first)[key] != told(second)[key] != plain
    for entry in (first, second):
        assert entry.salt
        assert salt_mark(told(entry)[key], entry.salt, NAME, key) == plain
        assert salt_mark(told(entry)[key], entry.salt, NAME, key + "1") != plain
        assert salt_mark(told(entry)[key], "0" * 64, NAME, key) != plain


def test_a_column_that_differs_shows_through_the_salt(group: Group) -> None:
    table, key, before = table_of(Group), str(group.pk), raw(group)
    assert table is not None
    rename(group, "Berta Example")
    one, other = (salt_mark(mark, "ab" * 32, NAME, key) for mark in (before, raw(group)))
    assert column_that_differs(table, one, other) == "name"


@pytest.mark.requirement("gdpr/17")
def test_what_was_erased_is_told_again_where_it_is_as_it_was(group: Group) -> None:
    entry, gone = tell(), Group.objects.create(name="gone")
    tell()
    gone.delete()
    made = erase(entry, tell())
    (again,) = told_again()
    assert json.loads(again.body)["rows"][NAME]["again"] == {str(group.pk): entry.leaf.position}
    assert set(told(again)) == {str(group.pk)}
    assert again.pk > made.pk
    assert verify().ok
    forge(group)
    bad = verify().first_bad
    assert bad is not None
    assert (bad.position, bad.reason) == (again.leaf.position, "name is not what was recorded")


def test_only_the_newest_state_is_told_again(group: Group) -> None:
    first = tell()
    rename(group, "nobody")
    erase(first)
    assert told_again() == []
    first.refresh_from_db()
    assert first.salt is None
    assert [mark.is_erased for _, mark in marks_in(0, first.body, first.salt)] == [True]
    assert verify().ok


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_explains_no_forged_row(group: Group, when: str) -> None:
    entry = tell()
    if when == "before":
        forge(group)
    erase(entry)
    if when == "after":
        forge(group)
    bad = verify().first_bad
    assert bad is not None
    assert (bad.kind, bad.subject) == ("row", f"auth_group {group.pk} (forged)")
    assert bad.reason == (ERASED if when == "before" else "name is not what was recorded")


@pytest.mark.parametrize("newest", ["stays", "goes too", "goes later"])
def test_a_row_that_was_put_back_is_not_covered_by_erasing_what_it_was(group: Group, newest: str) -> None:
    """An old state under a new salt would count for more than the newest entry."""
    first, second = tell(), rename(group, "nobody")
    assert behind_the_back("UPDATE auth_group SET name = 'Anna Example' WHERE id = %s", group.pk) == 1
    erase(first, *[second] * (newest == "goes too"))
    if newest == "goes later":
        erase(second)
    bad = verify().first_bad
    assert bad is not None
    assert (bad.kind, bad.position) == ("row", second.leaf.position)
    assert bad.reason == ("name is not what was recorded" if newest == "stays" else ERASED)


def test_what_was_told_again_can_be_erased_in_its_turn(group: Group) -> None:
    entry = tell()
    integrate(wait=True)
    place, erased = entry.leaf.position, entry
    for _ in range(3):
        erase(erased)
        erased = told_again()[-1]
        assert json.loads(erased.body)["rows"][NAME]["again"] == {str(group.pk): place}
        assert verify().ok
    forge(group)
    assert not verify().ok


def test_what_is_erased_during_a_verification_is_no_fault(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erased entry had been met before: what was known to be erased then is not all there is."""
    first, second = tell(), rename(group, "nobody")
    erase(first)
    monkeypatch.setattr("audits.ledger.verification.PIECE", first.leaf.position + 1)
    met = []

    def meanwhile(frontier: merkle.Frontier) -> None:
        met.append(frontier.size)
        if len(met) == 1:
            erase(second)

    report = verify(tell=meanwhile)
    assert (report.first_bad, report.erased) == (None, 2)


def test_marks_of_before_stand_without_a_salt_and_hold(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr("audits.ledger.services.record_event.salted", lambda rows, _: rows)
        entry = tell()
    assert json.loads(entry.body)["rows"][NAME]["marks"] == {str(group.pk): raw(group)}
    integrate(wait=True)
    assert verify().ok
    forge(group)
    bad = verify().first_bad
    assert bad is not None
    assert bad.reason == "name is not what was recorded"
