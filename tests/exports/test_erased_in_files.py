"""Files whose entries lost their content: the verifier demands who erased it, or says that it cannot tell."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audits.exports import verify
from audits.exports.collectors import PackAsk
from audits.exports.services.export_pack import export_pack
from audits.exports.services.export_trail import TrailExport, export_trail
from audits.ledger.filters import TrailFilter
from audits.ledger.keys import signing_key
from audits.ledger.models import Event
from audits.ledger.services import integrate
from audits.ledger.services.erase_payloads import erase_payloads
from tests.exports.tampering import ENTRIES, Members, lines, members, resealed, signers
from tests.people import SHELL

pytestmark = pytest.mark.django_db


def erase(*events: Event) -> None:
    integrate(wait=True)
    erase_payloads(
        actor=SHELL,
        positions=[event.leaf.position for event in events],
        reason="Asked.",
        proposed_by="another",
        holds={},
    )
    integrate(wait=True)


@pytest.fixture
def erased(people, happened) -> Event:
    """The second of three entries about one thing, erased."""
    rows = [happened("bank/x", payload={"number": number}) for number in range(3)]
    erase(rows[1])
    return rows[1]


def exported(people, **asked: str) -> TrailExport:
    return export_trail(
        actor=people.actor("auditor"),
        format="bundle",
        asked=TrailFilter.read(**asked),
        visible=Event.objects.all(),
    )


def written(made: TrailExport, path: Path) -> bytes:
    made.write(path / "made.zip", lambda mark: None)
    return (path / "made.zip").read_bytes()


def check(data: bytes) -> dict:
    return verify.check(io.BytesIO(data))


def with_the_key(files: Members) -> bytes:
    """Sealed again by somebody who holds the portal's key."""
    signers.append(signing_key(create=False))
    try:
        return resealed(files)
    finally:
        signers.pop()


def emptied(change: Callable[[dict], bool], files: Members) -> Members:
    """The entries that fulfil the condition without payload and salt: their leaf hashes stay true."""

    def empty(rows: list[bytes]) -> None:
        for at, row in enumerate(rows):
            entry = json.loads(row)
            if change(entry):
                rows[at] = json.dumps(entry | {"payload": None, "salt": None}).encode() + b"\n"

    return lines(files, empty)


def test_a_whole_log_tells_who_erased_what(people, erased, tmp_path) -> None:
    found = check(written(exported(people), tmp_path))
    assert (found["erased"], found["erased_untold"], found["erased_since"]) == (1, 0, 0)
    assert "cannot tell" not in verify.told(found)


def test_content_that_is_gone_without_a_word_is_found_even_with_the_key(people, erased, tmp_path) -> None:
    files = members(written(exported(people), tmp_path))
    other = Event.objects.filter(subject="bank/x").order_by("pk").first().leaf.position
    bad = with_the_key(emptied(lambda entry: entry["position"] == other, files))
    with pytest.raises(verify.Bad, match=f"entry {other} has lost its content, and no entry after it"):
        check(bad)


def test_an_erasing_entry_that_lost_its_own_content_covers_nothing(people, erased, tmp_path) -> None:
    files = members(written(exported(people), tmp_path))
    bad = with_the_key(emptied(lambda entry: verify.ERASED in entry["body"], files))
    with pytest.raises(verify.Bad, match="has lost its content"):
        check(bad)


def test_a_part_of_the_log_says_that_it_cannot_tell(people, erased, tmp_path) -> None:
    found = check(written(exported(people, subject="bank/x"), tmp_path))
    assert (found["erased"], found["erased_untold"]) == (1, 1)
    assert "of 1 of these it cannot tell who erased them" in verify.told(found)


def test_what_is_erased_while_a_file_is_made_is_told_by_its_maker(people, happened, tmp_path) -> None:
    row = happened("bank/x", payload={"number": 1})
    made = exported(people)
    erase(row)
    found = check(written(made, tmp_path))
    assert (found["erased"], found["erased_untold"], found["erased_since"]) == (1, 0, 1)
    assert "erased while the file was made" in verify.told(found)


def test_a_pack_takes_the_erasing_entries_along(people, factory, tmp_path) -> None:
    version = factory.released(factory.approved(factory.draft("bank/letter")))
    name = getattr(version, "prompt", version).name
    frozen = Event.objects.get(event="registry.version.frozen", subject__startswith=name)
    erase(frozen)
    path = tmp_path / "pack.zip"
    made = export_pack(actor=people.actor("auditor"), asked=PackAsk.read({"prompt": name}))
    made.write(path, lambda mark: None)
    found = check(path.read_bytes())
    assert (found["erased"], found["erased_untold"]) == (1, 0)
    told = [json.loads(row) for row in members(path.read_bytes())[ENTRIES].splitlines()]
    assert sum(verify.ERASED in row["body"] for row in told) == 1
