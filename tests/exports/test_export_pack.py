"""An evidence pack says why, holds everything, binds it to the log, and shows nobody more than he may see."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pypdf import PdfReader

from audits.exports import verify
from audits.exports.collectors import PackAsk
from audits.exports.marks import Mark
from audits.exports.services.export_pack import export_pack
from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.models import SignOff
from prompts.observability.models import Call
from prompts.registry.models import Version
from prompts.registry.services.comments import write_comment
from prompts.releases.models import Release
from tests.exports.tampering import Members, members, zipped
from tests.exports.test_bundle import alone
from tests.ledger.helpers import behind_the_back

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>{{config}}"


@pytest.fixture
def released(factory, people) -> Version:
    version = factory.released(name="bank/letter")
    write_comment(actor=people.actor("author"), prompt_id=version.prompt_id, text=EVIL)
    return version


@pytest.fixture
def call(released: Version) -> Call:
    return Call.objects.create(
        trace_id="trace-1",
        span_id="s",
        started_at=timezone.now(),
        prompt=released.prompt,
        version=released,
        prompt_name="bank/letter",
        version_number=released.number,
        account="tests",
        request_model="m-1",
        input="Why was I refused?",
        output=EVIL,
    )


def silent(mark: Mark) -> None:
    """Nobody waits."""


def pack(people, path: Path, who: str = "auditor", **asked: object) -> Members:
    made = export_pack(actor=people.actor(who), asked=PackAsk.read(asked))
    made.write(path, silent)
    return members(path.read_bytes())


def rows(files: Members, name: str) -> list[dict]:
    return [json.loads(line) for line in files[name].splitlines()]


def checked(path: Path) -> dict:
    with path.open("rb") as file:
        return verify.check(file)


@pytest.mark.parametrize("kind", ["prompt", "version", "release", "trace"])
@pytest.mark.requirement("eu-ai-act/12")
def test_each_kind_of_pack_is_accepted_by_its_own_program(
    people, released, call, tmp_path: Path, kind: str
) -> None:
    asked: dict[str, object] = {
        "prompt": {"prompt": "bank/letter"},
        "version": {"prompt": "bank/letter", "version": released.number},
        "release": {"release": Release.objects.get(version=released).pk},
        "trace": {"trace": "trace-1"},
    }[kind]
    files = pack(people, tmp_path / "pack.zip", **asked)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    done = alone(tmp_path / "verify.py", tmp_path / "pack.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(files, "data/sign-offs.jsonl")) == SignOff.objects.count() > 0
    assert rows(files, "data/versions.jsonl")[0]["digest"] == released.digest


def test_texts_signatures_and_releases_are_bound_to_their_entries(people, released, tmp_path: Path) -> None:
    files = pack(people, tmp_path / "pack.zip", prompt="bank/letter")
    bound = {(row["file"], row.get("field", "")) for row in rows(files, verify.BINDINGS)}
    text = rows(files, "data/versions.jsonl")[0]["canonical"]
    evidence = rows(files, "data/sign-offs.jsonl")[0]["evidence"]
    wanted = {(text, "digest"), (text, "text_digest"), (evidence, "evidence_digest")}
    assert wanted | {("data/sign-offs.jsonl", ""), ("data/releases.jsonl", "")} <= bound
    assert files[text].decode() == released.canonical


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE registry_version SET canonical = canonical || ' '", "names as its"),
        ("UPDATE lifecycle_signoff SET evidence = '{\"runs\": []}'", "evidence_digest"),
        ("UPDATE lifecycle_signoff SET meaning = 'Seen.'", "meaning is not what entry"),
        ("UPDATE lifecycle_signoff SET username = 'mallory'", "username is not what entry"),
        ("UPDATE lifecycle_signoff SET comment = 'Never.'", "comment is not what entry"),
        ("UPDATE lifecycle_signoff SET signed_at = '2001-01-01 00:00:00+00:00'", "signed_at is not"),
        ("UPDATE releases_release SET released_by_name = 'mallory'", "released_by_name is not what entry"),
        ("UPDATE releases_release SET reason = 'None.'", "reason is not what entry"),
        ("UPDATE releases_release SET released_at = '2001-01-01 00:00:00+00:00'", "released_at is not"),
        ("UPDATE registry_environment SET slug = 'else' WHERE slug = 'production'", "is not what entry"),
    ],
)
def test_a_record_altered_behind_the_portals_back_does_not_verify(
    people, released, tmp_path: Path, statement: str, reason: str
) -> None:
    behind_the_back(statement)
    pack(people, tmp_path / "pack.zip", prompt="bank/letter", version=released.number)
    with pytest.raises(verify.Bad, match=reason):
        checked(tmp_path / "pack.zip")


def test_a_record_that_was_slipped_in_is_told_as_proven_by_nothing(people, released, tmp_path: Path) -> None:
    pack(people, tmp_path / "good.zip", prompt="bank/letter")
    assert checked(tmp_path / "good.zip")["bare"] == []
    names = [field.column for field in Release._meta.concrete_fields if not field.primary_key]
    copied = ", ".join({"state": "'superseded'", "ended_at": "released_at"}.get(name, name) for name in names)
    into = ", ".join(names)
    newest = Release.objects.latest("pk").pk
    behind_the_back(
        f"INSERT INTO releases_release ({into}) SELECT {copied} FROM releases_release WHERE id = %s",  # noqa: S608
        newest,
    )
    files = pack(people, tmp_path / "pack.zip", prompt="bank/letter")
    last = len(rows(files, "data/releases.jsonl"))
    assert checked(tmp_path / "pack.zip")["bare"] == [f"data/releases.jsonl, line {last}"]


@pytest.mark.requirement("eu-ai-act/86", "21-cfr-11/50")
def test_page_one_says_who_did_what_in_plain_language(people, released, call, tmp_path: Path) -> None:
    page = pack(people, tmp_path / "pack.zip", trace="trace-1")["index.html"].decode()
    told = re.sub(r"<[^>]+>", "", page)
    assert "Why did the assistant say this?" in told
    sign = SignOff.objects.first()
    for part in ("bank/letter", "version 1", "m-1", sign.printed_name, sign.meaning, "It is ready."):
        assert part in told, part
    assert released.digest in told


def test_page_one_is_there_for_paper_too_and_checked_like_any_file(
    people, released, call, tmp_path: Path
) -> None:
    files = pack(people, tmp_path / "pack.zip", trace="trace-1")
    pages = PdfReader(io.BytesIO(files["summary.pdf"])).pages
    told = " ".join(" ".join(one.extract_text() for one in pages).split())
    sign = SignOff.objects.first()
    for part in ("Why did the assistant say this?", "m-1", EVIL, sign.printed_name, "Check it yourself"):
        assert part in told, part
    listed = {file["name"] for file in json.loads(files["manifest.json"])["files"]}
    assert "summary.pdf" in listed
    (tmp_path / "other.zip").write_bytes(zipped({**files, "summary.pdf": files["summary.pdf"] + b" "}))
    with pytest.raises(verify.Bad, match=r"summary\.pdf"):
        checked(tmp_path / "other.zip")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ("production", "At that moment version 1 was live in production: Sten had released it"),
        ("staging", "At that moment version 1 was not live in staging"),
    ],
)
def test_page_one_says_whether_the_text_was_released_when_it_was_used(
    people, released, call, tmp_path: Path, environment: str, sentence: str
) -> None:
    Release.objects.filter(environment__slug="staging").update(state="withdrawn", ended_at=timezone.now())
    Call.objects.update(environment=environment, started_at=timezone.now())
    page = pack(people, tmp_path / "pack.zip", trace="trace-1")["index.html"].decode()
    assert sentence in re.sub(r"<[^>]+>", "", page)


def test_hostile_texts_are_shown_and_never_run(people, released, call, tmp_path: Path) -> None:
    page = pack(people, tmp_path / "pack.zip", trace="trace-1")["index.html"].decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 2
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)


def test_the_export_is_an_entry_and_stands_in_no_pack_of_its_own(people, released, tmp_path: Path) -> None:
    pack(people, tmp_path / "pack.zip", prompt="bank/letter")
    event = Event.objects.get(event="exports.pack.exported")
    assert (event.actor, event.subject) == ("audra", "bank/letter")
    assert json.loads(event.payload) == {"prompt": "bank/letter"}


def test_only_the_roles_that_examine_make_packs(people, released, tmp_path: Path) -> None:
    for who in ("auditor", "ethics_officer", "steward", "administrator"):
        assert pack(people, tmp_path / "pack.zip", who, prompt="bank/letter")
    for who in ("author", "expert", "documentarian"):
        with pytest.raises(Refused, match="make evidence packs"):
            pack(people, tmp_path / "no.zip", who, prompt="bank/letter")
    assert not (tmp_path / "no.zip").exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"prompt": "bank/letter"},
        {"prompt": "bank/letter", "version": 1},
        {"trace": "trace-1"},
        {"prompt": "bank/nothing"},
    ],
)
def test_a_steward_elsewhere_gets_what_does_not_exist(people, released, call, tmp_path: Path, asked) -> None:
    with pytest.raises(NotThere, match="There is no such"):
        pack(people, tmp_path / "no.zip", "stranger", **asked)
    release = Release.objects.get(version=released)
    with pytest.raises(NotThere):
        pack(people, tmp_path / "no.zip", "stranger", release=release.pk)


@pytest.mark.parametrize(
    "asked", [{}, {"prompt": "a", "trace": "b"}, {"version": 3}, {"trace": "t", "version": 1}]
)
def test_exactly_one_thing_is_asked_about(asked) -> None:
    with pytest.raises(Unacceptable, match="one of these"):
        PackAsk.read(asked)


def test_a_steward_sees_the_entries_of_his_prompts_only(people, released, factory, tmp_path: Path) -> None:
    files = pack(people, tmp_path / "pack.zip", "steward", prompt="bank/letter")
    subjects = {json.loads(row["body"])["subject"] for row in rows(files, verify.ENTRIES)}
    assert subjects
    assert all(subject.startswith(("bank/letter", "run ")) for subject in subjects)


def test_the_command_writes_it_and_verify_export_accepts_it(people, released, tmp_path: Path) -> None:
    out, said = tmp_path / "pack.zip", io.StringIO()
    words = ["--prompt", "bank/letter", "--version", "1", "--out", str(out), "--as", "audra", "--json"]
    call_command("export_evidence", *words, stdout=said)
    assert json.loads(said.getvalue())["subject"] == "bank/letter@1"
    assert out.stat().st_mode & 0o777 == 0o600
    call_command("verify_export", str(out), stdout=io.StringIO())


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--prompt", "bank/none"], 1),
        (["--prompt", "bank/letter", "--version", "99"], 1),
        (["--trace", "none"], 1),
        (["--release", "999999"], 1),
        (["--prompt", "bank/letter", "--trace", "x"], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_packed_is_told_and_writes_nothing(
    people, released, tmp_path: Path, words: list[str], status: int
) -> None:
    out = tmp_path / "pack.zip"
    with pytest.raises(CommandError) as failed:
        call_command("export_evidence", *words, "--out", str(out), "--as", "audra")
    assert failed.value.returncode == status
    assert list(tmp_path.iterdir()) == []
