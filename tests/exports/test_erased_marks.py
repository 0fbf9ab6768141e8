"""With an entry's content goes what could be tried against its marks; its rows stay covered all the same."""

import json

import pytest
from django.contrib.auth.models import Group

from audits.adminkit.recorded import table_of
from audits.adminkit.row_marks import all_marks, column_that_differs, salt_mark
from audits.identity.events import KEY_CREATED
from audits.ledger.models import Event
from audits.ledger.newest_marks import marks_in
from audits.ledger.services import integrate, record
from audits.ledger.services.erase_payloads import erase_payloads
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL

pytestmark = pytest.mark.django_db
NAME = "auth_group"
ERASED = "the content of the entry that told of it last is erased"


def tell() -> Event:
    return record(event=KEY_CREATED, actor=SHELL, subject_type="key", subject="k")


def rename(group: Group, name: str) -> Event:
    group.name = name
    group.save()
    return tell()


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
    assert set(told(made)) == {str(group.pk)}
    assert verify().ok
    forge(group)
    bad = verify().first_bad
    assert bad is not None
    assert (bad.position, bad.reason) == (made.leaf.position, "name is not what was recorded")


def test_only_the_newest_state_is_told_again(group: Group) -> None:
    first = tell()
    rename(group, "nobody")
    made = erase(first)
    assert "rows" not in json.loads(made.body)
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
