"""Entries tell of the recorded rows that were written before them, whatever is rolled back meanwhile."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from audits.adminkit.bulk import insert_with_keys
from audits.adminkit.noting import pending
from audits.adminkit.recorded import table_of
from audits.adminkit.row_marks import all_marks, salt_mark
from audits.identity.actors import Actor
from audits.identity.events import KEY_CREATED
from audits.identity.models import RecoveryCode, RoleGrant, SecondFactor, User
from audits.ledger.models import Event, Leaf
from audits.ledger.newest_marks import NewestMarks
from audits.ledger.row_verifier import rows
from audits.ledger.services import close, integrate, record, take_in_rows
from audits.ledger.services.erase_payloads import erase_payloads
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back

pytestmark = pytest.mark.django_db
SHELL = Actor.shell()


def tell() -> dict[str, dict[str, str]]:
    """Records an entry and gives the marks in it, freed of its salt, by table and key."""
    event = record(event=KEY_CREATED, actor=SHELL, subject_type="key", subject="k")
    assert event.salt
    return {
        name: {key: salt_mark(mark, event.salt, name, key) for key, mark in told["salted"].items()}
        for name, told in json.loads(event.body).get("rows", {}).items()
    }


def group(name: str = "readers") -> Group:
    return Group.objects.create(name=name)


def person(name: str = "ada") -> User:
    return User.objects.create(username=name, full_name=name.title(), email=f"{name}@example.org")


def wrong() -> list[tuple[str, str]]:
    with NewestMarks() as newest:
        return [(fault.subject, fault.reason) for fault in rows(newest)]


def test_an_entry_tells_of_what_was_written_since_the_one_before() -> None:
    one = group()
    assert set(tell()["auth_group"]) == {str(one.pk)}
    assert tell() == {}


def test_a_row_that_is_written_again_is_told_again() -> None:
    one = group()
    before = tell()["auth_group"][str(one.pk)]
    one.name = "writers"
    one.save()
    assert tell()["auth_group"][str(one.pk)] != before
    one.name = "readers"
    one.save()
    assert tell()["auth_group"][str(one.pk)] == before


def test_a_row_that_is_deleted_is_told_as_gone() -> None:
    one = group()
    key = str(one.pk)
    tell()
    one.delete()
    assert tell()["auth_group"] == {key: "-"}
    assert wrong() == []


def test_links_are_told_from_both_ends() -> None:
    ada, bert, one = person(), person("bert"), group()
    tell()
    ada.groups.add(one)
    assert len(tell()["identity_user_groups"]) == 1
    one.user_set.set([bert])
    assert Counter(mark == "-" for mark in tell()["identity_user_groups"].values()) == {True: 1, False: 1}
    one.user_set.clear()
    assert set(tell()["identity_user_groups"].values()) == {"-"}
    assert wrong() == []


def grants(user: User, *roles: str) -> list[RoleGrant]:
    from django.utils import timezone

    made = [RoleGrant(user=user, role=role, since=timezone.now(), given_by="x") for role in roles]
    return RoleGrant.objects.bulk_create(made)


def test_many_rows_at_once_are_told_one_by_one() -> None:
    made = grants(person(), "steward", "auditor", "engineer")
    assert len(tell()["identity_rolegrant"]) == 3
    assert RoleGrant.objects.exclude(role="auditor").update(ended_by="y") == 2
    assert set(tell()["identity_rolegrant"]) == {str(made[0].pk), str(made[2].pk)}
    RoleGrant.objects.filter(role="auditor").delete()
    assert tell()["identity_rolegrant"] == {str(made[1].pk): "-"}
    assert wrong() == []


def unsaved(user: User, role: str) -> RoleGrant:
    from django.utils import timezone

    return RoleGrant(user=user, role=role, since=timezone.now(), given_by="x")


def test_rows_that_were_given_back_when_they_were_inserted_are_told_as_read() -> None:
    one, other = (unsaved(person(name), "steward") for name in ("ada", "bert"))
    tell()
    with CaptureQueriesContext(connection) as asked:
        insert_with_keys([one, other])
        told = tell()["identity_rolegrant"]
    assert not [query for query in asked if query["sql"].startswith("SELECT")]
    assert told == {str(key): mark for key, mark in all_marks(table_of(RoleGrant))}
    assert set(told) == {str(one.pk), str(other.pk)}


def test_a_mark_is_forgotten_where_the_row_is_written_again() -> None:
    one = unsaved(person(), "steward")
    tell()
    insert_with_keys([one])
    one.ended_by = "y"
    one.save()
    assert tell()["identity_rolegrant"] == {str(key): mark for key, mark in all_marks(table_of(RoleGrant))}
    assert wrong() == []


def test_a_save_of_a_row_that_is_there_gives_its_mark() -> None:
    (one,) = grants(person(), "steward")
    tell()
    one.ended_by = "y"
    with CaptureQueriesContext(connection) as asked:
        one.save()
        told = tell()["identity_rolegrant"]
    assert not [query for query in asked if query["sql"].startswith("SELECT")]
    assert told == {str(key): mark for key, mark in all_marks(table_of(RoleGrant))}
    one.ended_by = "z"
    one.save(update_fields=["ended_by"])
    assert tell()["identity_rolegrant"] != told
    assert wrong() == []


def test_what_a_listener_writes_after_a_save_is_told(request: pytest.FixtureRequest) -> None:
    def listener(instance: RoleGrant, **_: object) -> None:
        RoleGrant.objects.filter(pk=instance.pk).update(given_by="listener")

    (one,) = grants(person(), "steward")
    tell()
    post_save.connect(listener, sender=RoleGrant)
    request.addfinalizer(lambda: post_save.disconnect(listener, sender=RoleGrant))
    one.save()
    assert set(tell()["identity_rolegrant"]) == {str(one.pk)}
    assert wrong() == []


def test_a_save_that_failed_is_not_taken_for_the_next_one() -> None:
    (one,) = grants(person(), "steward")
    tell()

    def listener(**_: object) -> None:
        raise ZeroDivisionError

    # Before the one that notes, so that the row is written and the save fails.
    receivers = post_save.receivers
    post_save.connect(listener, sender=RoleGrant)
    post_save.receivers = [receivers[-1], *receivers[:-1]]
    try:
        with suppress(ZeroDivisionError), transaction.atomic():
            one.save()
    finally:
        post_save.receivers = receivers
        post_save.disconnect(listener, sender=RoleGrant)
    one.pk, one.role = None, "auditor"
    one.save()
    assert set(tell()["identity_rolegrant"]) == {str(one.pk)}
    assert wrong() == []


def test_a_mark_holds_again_where_the_second_write_is_rolled_back() -> None:
    one = unsaved(person(), "steward")
    tell()
    insert_with_keys([one])
    with suppress(ZeroDivisionError), transaction.atomic():
        RoleGrant.objects.filter(pk=one.pk).update(ended_by="y")
        raise ZeroDivisionError
    assert set(tell()["identity_rolegrant"]) == {str(one.pk)}
    assert wrong() == []


def test_an_update_that_hits_nothing_tells_nothing() -> None:
    grants(person(), "steward")
    tell()
    assert RoleGrant.objects.filter(role="nobody").update(ended_by="y") == 0
    assert pending() == {}


def test_state_that_is_no_evidence_is_not_told() -> None:
    ada = person()
    tell()
    ada.save(update_fields=["last_login"])
    SecondFactor.objects.create(user=ada, secret="s")
    tell()
    SecondFactor.objects.update(wrong=3)
    assert pending() == {}


def test_rows_that_go_with_another_are_told() -> None:
    factor = SecondFactor.objects.create(user=person(), secret="s")
    code = RecoveryCode.objects.create(factor=factor, digest="d")
    key = str(code.pk)
    tell()
    factor.delete()
    assert tell()["identity_recoverycode"] == {key: "-"}


def test_what_may_already_be_there_is_refused_in_bulk() -> None:
    with pytest.raises(TypeError, match="recorded"):
        RecoveryCode.objects.bulk_create([], ignore_conflicts=True)


def test_what_a_savepoint_took_back_is_not_told() -> None:
    with transaction.atomic():
        group()
        transaction.set_rollback(True)
    assert pending() == {}


def test_an_entry_that_was_taken_back_has_told_nothing() -> None:
    one = group()
    with transaction.atomic():
        assert set(tell()["auth_group"]) == {str(one.pk)}
        transaction.set_rollback(True)
    assert set(tell()["auth_group"]) == {str(one.pk)}


def test_a_row_is_told_once_more_after_a_savepoint_that_told_it() -> None:
    one = group()
    with transaction.atomic():
        tell()
    one.name = "writers"
    one.save()
    tell()
    assert wrong() == []


def test_no_entry_grows_beyond_its_bound() -> None:
    grants(person(), *(f"role-{number}" for number in range(1500)))
    tell()
    sizes = [len(body) for body in Event.objects.values_list("body", flat=True)]
    assert len(sizes) > 2
    assert max(sizes) < 64 * 1024
    assert Event.objects.filter(event="ledger.rows.written").exists()
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_without_an_entry_gets_one_at_once() -> None:
    one = group()
    event = Event.objects.get(event="ledger.rows.written")
    assert json.loads(event.body)["rows"]["auth_group"]["salted"].keys() == {str(one.pk)}
    assert (event.actor_type, event.actor) == ("system", "portal")
    with transaction.atomic():
        group("writers")
        tell()
    assert Event.objects.filter(event="ledger.rows.written").count() == 1
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_was_rolled_back_has_told_nothing_at_the_commit() -> None:
    with transaction.atomic():
        one = group()
        with suppress(KeyError), transaction.atomic():
            tell()
            raise KeyError
    event = Event.objects.get(event="ledger.rows.written")
    assert json.loads(event.body)["rows"]["auth_group"]["salted"].keys() == {str(one.pk)}
    assert wrong() == []


def test_the_complete_verification_names_row_column_and_position() -> None:
    one = group()
    tell()
    integrate()
    behind_the_back("UPDATE auth_group SET name = 'owners' WHERE id = %s", one.pk)
    bad = verify().first_bad
    assert bad is not None
    assert (bad.kind, bad.subject, bad.position) == ("row", f"auth_group {one.pk} (owners)", 0)
    assert bad.reason == "name is not what was recorded"


def forget() -> None:
    """Empties the log, as in a portal of before it told of rows."""
    behind_the_back("DELETE FROM ledger_event")


def test_rows_of_before_are_taken_in_once() -> None:
    one = group()
    tell()
    forget()
    assert wrong() == [(f"auth_group {one.pk} (readers)", "no entry tells of this row")]
    assert take_in_rows(actor=SHELL) == 1
    assert wrong() == []
    behind_the_back("INSERT INTO auth_group (id, name) VALUES (999, 'forged')")
    assert take_in_rows(actor=SHELL) == 0
    assert wrong() == [("auth_group 999 (forged)", "no entry tells of this row")]


def test_an_empty_portal_takes_nothing_in_and_knows_its_columns() -> None:
    assert take_in_rows(actor=SHELL) == 0
    event = Event.objects.get(event="ledger.rows.taken_in")
    (columns,) = json.loads(event.body)["tables"]["auth_group"].values()
    assert columns == ["name"]
    assert len(event.body) < 64 * 1024


@pytest.fixture
def narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of people as it was before it had a column for the end of access."""
    from audits.adminkit import recorded

    now = recorded.table_of(User)
    assert now is not None
    before = recorded.RecordedTable.of(User, ["last_login", "access_ends_at"])
    monkeypatch.setitem(recorded._tables, User, before)
    take_in_rows(actor=SHELL)
    person(), person("bert")
    tell()
    assert wrong() == []
    monkeypatch.setitem(recorded._tables, User, now)


def test_rows_are_taken_in_when_a_column_was_added(narrower: None) -> None:
    assert wrong() == []  # by the columns that they had
    assert take_in_rows(actor=SHELL) == 2
    assert wrong() == []
    behind_the_back("UPDATE identity_user SET access_ends_at = '2001-01-01' WHERE username = 'ada'")
    assert [reason for _, reason in wrong()] == ["access_ends_at is not what was recorded"]


def test_a_forged_row_is_not_taken_in_with_a_new_column(narrower: None) -> None:
    behind_the_back("UPDATE identity_user SET email = 'evil@example.org' WHERE username = 'ada'")
    assert take_in_rows(actor=SHELL) == 1
    assert [reason for _, reason in wrong()] == ["email is not what was recorded"]


def test_a_row_that_was_slipped_in_is_not_taken_in_with_a_new_column(narrower: None) -> None:
    behind_the_back("CREATE TEMPORARY TABLE eve AS SELECT * FROM identity_user WHERE username = 'ada'")
    behind_the_back("UPDATE eve SET id = 9999, username = 'eve', email = 'eve@example.org'")
    behind_the_back("INSERT INTO identity_user SELECT * FROM eve")
    assert take_in_rows(actor=SHELL) == 2
    assert [reason for _, reason in wrong()] == ["no entry tells of this row"]


def test_an_erasure_before_a_new_column_is_taken_in_leaves_rows_covered(narrower: None) -> None:
    """They are told again with the columns that they had, and taken in with all."""
    integrate(wait=True)
    entries = Leaf.objects.filter(event__event=KEY_CREATED.name).values_list("position", flat=True)
    erase_payloads(actor=SHELL, positions=list(entries), reason="So.", proposed_by="another", holds={})
    assert wrong() == []
    assert take_in_rows(actor=SHELL) == 2
    assert wrong() == []


def test_nothing_is_left_to_close_after_an_entry() -> None:
    group()
    close(SHELL)
    close(SHELL)
    assert Event.objects.filter(event="ledger.rows.written").count() == 1


@pytest.mark.parametrize("column", ["role", "subject", "request_id"])
def test_a_column_that_holds_what_follows_it_in_the_body_is_found(column: str) -> None:
    """Put into the body as it is, such a text would give a beginning, or an end, of the recorded bytes."""
    group()
    tell()
    integrate()
    event = Event.objects.get(body__contains='"rows":{')
    body, start = event.body, f'"{column}":"'
    value, *_ = body[body.index(start) + len(start) :].split('},"schema"')
    ends = [end for end in range(len(getattr(event, column)) + 1, len(value)) if value.startswith('",', end)]
    assert ends
    for end in ends:
        behind_the_back(f"UPDATE ledger_event SET {column} = %s WHERE id = %s", value[:end], event.pk)  # noqa: S608
        found = verify().first_bad
        assert found is not None
        assert (found.position, found.kind) == (0, "event")
