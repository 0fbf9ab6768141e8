"""Two people erase the content of an entry; everything that was proven stays proven, and it is told."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from audits.exports.models import ErasureProposal
from audits.exports.services.erasures import confirm_erasure, propose_erasure, read_positions, refuse_erasure
from audits.exports.services.export_trail import export_trail
from audits.exports.verify import check, told
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.events import KEY_CREATED
from audits.ledger import verifiers
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Erasure, Event, Leaf
from audits.ledger.selectors import newest_checkpoint, tree_size
from audits.ledger.services import integrate, record
from audits.ledger.services.erase_payloads import in_words
from audits.ledger.verification import verify
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL
from tests.portal.telling import tell

pytestmark = pytest.mark.django_db
SECRET = "Anna Example, Main Street 3"


@pytest.fixture
def entry(people) -> int:
    """The position of an entry whose content names a person."""
    with transaction.atomic():
        row = record(
            event=KEY_CREATED, actor=SHELL, subject_type="key", subject="anna", payload={"name": SECRET}
        )
    integrate(wait=True)
    return row.leaf.position


@pytest.fixture
def erased(people, entry: int) -> int:
    """The same, erased."""
    row = propose_erasure(actor=people.actor("auditor"), positions=str(entry), reason="She asked on 3 March.")
    confirm_erasure(actor=people.actor("ethics_officer"), proposal_id=row.pk)
    integrate(wait=True)
    return entry


def test_value_and_salt_go_and_the_proofs_stay(people, erased: int) -> None:
    event = Leaf.objects.get(position=erased).event
    assert (event.payload, event.salt) == (None, None)
    report = verify()
    assert (report.ok, report.erased, report.not_compared) == (True, 1, 0)
    last = Event.objects.get(event="ledger.entries.erased")
    assert (last.actor, last.reason) == (people.ethics_officer.username, "She asked on 3 March.")
    payload = json.loads(last.payload)
    assert (payload["positions"], payload["proposed_by"]) == ([erased], people.auditor.username)
    assert SECRET not in " ".join(f"{row.body}{row.payload}" for row in Event.objects.all())


def test_one_person_alone_erases_nothing(people, entry: int) -> None:
    row = propose_erasure(actor=people.actor("administrator"), positions=str(entry), reason="Asked.")
    for who, why in (("administrator", "somebody else"), ("auditor", "confirms"), ("author", "confirms")):
        with pytest.raises(Refused, match=why):
            confirm_erasure(actor=people.actor(who), proposal_id=row.pk)
    with pytest.raises(Refused):
        propose_erasure(actor=people.actor("author"), positions=str(entry), reason="Asked.")
    assert Leaf.objects.get(position=entry).event.payload is not None


def test_it_is_decided_once(people, entry: int) -> None:
    officer, steward = people.actor("ethics_officer"), people.actor("steward")
    row = propose_erasure(actor=officer, positions=str(entry), reason="Asked.")
    refuse_erasure(actor=steward, proposal_id=row.pk, reason="It is needed in court.")
    with pytest.raises(Conflict, match="refused by"):
        confirm_erasure(actor=steward, proposal_id=row.pk)
    assert Event.objects.filter(event="exports.erasure.refused").count() == 1


def test_what_cannot_be_erased_is_named(people, erased: int) -> None:
    officer = people.actor("ethics_officer")
    own = tree_size() - 1
    for positions, why in (
        (str(erased), "erased already"),
        (str(own), "tells of an erasure itself"),
        ("999999", "There is no entry 999,999"),
        ("x", "no number"),
        ("7-3", "no stretch"),
        ("", "Name one"),
    ):
        with pytest.raises(Unacceptable, match=why):
            propose_erasure(actor=officer, positions=positions, reason="Asked.")


def test_two_proposals_of_one_entry_erase_it_once(people, entry: int) -> None:
    rows = [
        propose_erasure(actor=people.actor("auditor"), positions=str(entry), reason="Asked.")
        for _ in range(2)
    ]
    confirm_erasure(actor=people.actor("ethics_officer"), proposal_id=rows[0].pk)
    with pytest.raises(Conflict, match="erased already"):
        confirm_erasure(actor=people.actor("ethics_officer"), proposal_id=rows[1].pk)
    rows[1].refresh_from_db()
    assert rows[1].state == ErasureProposal.State.OPEN


def test_positions_are_read_and_told_as_people_write_them() -> None:
    assert read_positions("3, 5-7,9 to 10") == [3, 5, 6, 7, 9, 10]
    assert in_words([3, 5, 6, 7]) == "entries 3, 5 to 7"
    assert in_words([4]) == "entry 4"


def test_an_entry_emptied_without_a_word_stays_a_fault(people, erased: int, entry: int) -> None:
    other = Leaf.objects.get(position=0).event
    behind_the_back("UPDATE ledger_event SET payload = NULL, salt = NULL WHERE id = %s", other.pk)
    bad = verify().first_bad
    assert (bad.position, bad.reason) == (0, "payload: it is gone")


def test_the_database_lets_nothing_through_but_that(people, entry: int) -> None:
    event = Leaf.objects.get(position=entry).event
    kept = [field.column for field in Event._meta.fields if field.name not in {"payload", "salt"}]
    for column in kept:
        other = Event.objects.exclude(pk=event.pk).order_by("-pk").values_list(column, flat=True)[0]
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE ledger_event SET payload = NULL, salt = NULL, {column} = %s WHERE id = %s",  # noqa: S608
                [
                    other.hex if column == "uuid" and connection.vendor == "sqlite" else _changed(other),
                    event.pk,
                ],
            )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET payload = NULL, salt = NULL WHERE id = %s", [event.pk])
    for back in ("payload = '{}', salt = 'aa'", "payload = NULL, salt = NULL"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE ledger_event SET {back} WHERE id = %s", [event.pk])  # noqa: S608


def _changed(value: object) -> object:
    return f"{value[:-1]}x" if isinstance(value, str) else value


def test_records_of_erased_entries_are_counted_and_no_fault(people, erased: int, monkeypatch) -> None:
    monkeypatch.setattr(verifiers, "_verifiers", {})
    faults = [
        verifiers.Fault("the row", "it is not what was recorded", erased),
        verifiers.Fault("anna on paper", "no entry tells of it"),
    ]
    verifiers.register("thing", lambda: iter(faults))
    report = verify()
    assert (report.ok, report.not_compared) == (True, 2)
    faults.append(verifiers.Fault("anna on paper", "no entry tells of it"))
    assert verify().first_bad.subject == "anna on paper"


def test_exports_say_when_by_whom_and_why(people, erased: int, tmp_path: Path) -> None:
    def export(form: str) -> Path:
        path = tmp_path / f"trail.{form}"
        made = export_trail(
            actor=people.actor("auditor"), format=form, asked=TrailFilter(), visible=Event.objects.all()
        )
        made.write(path, lambda mark: None)
        return path

    rows = [json.loads(line) for line in export("jsonl").read_text().splitlines()]
    gone = rows[erased]["payload"]["erased"]
    assert (gone["by"], gone["reason"]) == (people.ethics_officer.username, "She asked on 3 March.")
    assert "She asked on 3 March." in export("csv").read_text()
    with export("bundle").open("rb") as file:
        found = check(file)
    assert found["erased"] == 1
    assert "(1 with their content erased)" in told(found)
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_the_command_tells_how_many(people, erased: int) -> None:
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert "1 entries have lost their content" in out.getvalue()


def test_the_page_takes_both_people_through_it(people, entry: int, client) -> None:
    tell()
    client.force_login(people.auditor)
    page = "/admin/trail/erasures/"
    client.post(page, {"act": "propose", "positions": str(entry), "reason": "<b>She</b> asked."})
    told = client.get(page).content.decode()
    assert "&lt;b&gt;She&lt;/b&gt; asked." in told
    assert "Erase for good" not in told
    tell()
    assert people.ethics_officer.notices.get().address == page
    client.force_login(people.ethics_officer)
    assert "Erase for good" in client.get(page).content.decode()
    row = ErasureProposal.objects.get()
    done = client.post(page, {"act": "confirm", "row": row.pk}, follow=True).content.decode()
    assert f"The content of entry {entry} is erased." in done
    assert newest_checkpoint() is not None
    integrate(wait=True)
    event = Leaf.objects.get(position=entry).event
    opened = client.get(f"/admin/trail/?entry={event.uuid}").content.decode()
    assert "The content was erased on" in opened
    assert "Does not verify" not in opened.split('id="e')[1].split("</tr>")[0]
    assert Erasure.objects.get().position == entry
