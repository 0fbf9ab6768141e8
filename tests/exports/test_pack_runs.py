"""Runs in an evidence pack: every result is there, bound to its entry and to the evidence that was signed."""

import io
import json
from pathlib import Path

import pytest

from audits.exports import verify
from audits.exports.collectors import PackAsk
from audits.exports.services.export_pack import export_pack
from prompts.evaluations.models import Run
from prompts.evaluations.results_digest import results_digest
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.evaluations.conftest import engineer, recorded, suite, version  # noqa: F401  fixtures
from tests.exports.tampering import members, resealed, signers
from tests.ledger.helpers import behind_the_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(people, engineer, recorded, suite, version, factory, tmp_path: Path) -> Path:  # noqa: F811
    """A version with a finished run that its signers saw."""
    started = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
    assert work_on_run(run_id=started.pk).state == "finished"
    factory.approved(version)
    return tmp_path / "pack.zip"


def written(people, path: Path) -> bytes:
    asked = PackAsk.read({"prompt": "bank/explain"})
    export_pack(actor=people.actor("auditor"), asked=asked).write(path, lambda mark: None)
    return path.read_bytes()


def test_results_and_the_evidence_of_signatures_fit(people, pack: Path) -> None:
    data = written(people, pack)
    found = verify.check(io.BytesIO(data))
    assert (found["bare"], found["sign_offs"]) == ([], 1)
    files = members(data)
    name = next(name for name in files if name.startswith("runs/"))
    assert len(files[name].splitlines()) == 3
    page = files["index.html"].decode()
    assert "2 of 3 passed" in page
    assert "1 failed" in page


def test_whoever_has_the_results_takes_the_digest_again_with_the_judge(people, pack: Path) -> None:
    run = Run.objects.get()
    behind_the_back("UPDATE evaluations_result SET judged_by = 'judge: one' WHERE repeat = 1")
    name = f"runs/{run.pk}.results.jsonl"
    rows = [json.loads(line) for line in members(written(people, pack))[name].splitlines()]
    assert {row["judged_by"] for row in rows} == {"judge: one"}
    assert verify.rows_digest(iter(rows)) == results_digest(run) != run.results_digest


def test_a_result_altered_behind_the_portals_back_does_not_verify(people, pack: Path) -> None:
    behind_the_back("UPDATE evaluations_result SET output = 'Granted at once.'")
    with pytest.raises(verify.Bad, match=r"is not what entry .* names as its results"):
        verify.check(io.BytesIO(written(people, pack)))


def test_other_results_than_the_signer_was_shown_do_not_verify(people, pack: Path) -> None:
    from audits.ledger.keys import signing_key

    files = members(written(people, pack))
    name = next(name for name in files if name.startswith("runs/"))
    rows = [json.loads(line) | {"output": "x"} for line in files[name].splitlines()]
    files[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()
    bindings = [line for line in files[verify.BINDINGS].splitlines(True) if name.encode() not in line]
    files[verify.BINDINGS] = b"".join(bindings)
    signers.append(signing_key(create=False))
    try:
        with pytest.raises(verify.Bad, match="other results than the signer was shown"):
            verify.check(io.BytesIO(resealed(files)))
    finally:
        signers.pop()
