"""A provider's key, through everything that may go wrong, stands nowhere but encrypted in its own column."""

import io
import json
import logging
import zipfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from audits.exports.collectors import PackAsk
from audits.exports.formats import FORMATS
from audits.exports.services.export_pack import export_pack
from audits.exports.services.export_trail import export_trail
from audits.ledger.filters import TrailFilter
from audits.ledger.models import Event
from prompts.evaluations.models import Provider, Result, Run
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider, edit_provider
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.work_on_run import work_on_run
from tests.fixtures.stub import Answer
from tests.people import SHELL

KEY = "sk-secret-0123456789"
SEEN = {
    "openai": {"model": "m"},
    "anthropic": {"model": "m"},
    "http": {
        "parameters": {"headers": {"X-Key": "{{key}}"}, "body": {"text": "{{prompt}}"}, "output": "text"}
    },
}


def repeats_the_key(asked):
    """A server that repeats every header it was sent, the key among them."""
    said = f"You sent {json.dumps(asked.headers)}."
    return Answer(
        {
            "id": "x", "type": "message", "role": "assistant", "model": KEY, "text": said,
            "choices": [{"message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
            "content": [{"type": "text", "text": said}], "usage": {"input_tokens": 1, "output_tokens": 1},
        }, headers={"X-Echo": KEY},
    )  # fmt: skip


def refuses_the_key(asked):
    return Answer({"error": {"message": f"Incorrect API key: {KEY}", "type": "x"}, "key": KEY}, 401)


@pytest.fixture
def everything(people, factory, stub_server, bank, caplog):
    """A release with runs of every kind of provider: answered, refused, led away, unreachable; all logged."""
    caplog.set_level(logging.DEBUG)  # as with LOG_LEVEL=DEBUG; what is quiet by the settings stays so
    version = factory.released(name="bank/letter")
    suite = create_suite(actor=SHELL, name="keys", collection=bank)
    save_case(
        actor=SHELL, suite_id=suite.pk, name="one", vars={}, assertions=[{"type": "contains", "value": "x"}]
    )
    providers = []
    for kind, more in SEEN.items():
        address = stub_server.url if kind == "anthropic" else f"{stub_server.url}/v1"
        providers.append(
            create_provider(actor=SHELL, name=kind, kind=kind, key=KEY, base_url=address, **more)
        )
    away = Answer(f"Go away, {KEY}".encode(), 302, {"Location": f"http://10.0.0.1/?key={KEY}"})
    torn = Answer(f"{{{KEY}".encode())
    for answer in (repeats_the_key, refuses_the_key, away, torn):
        for path in ("/v1/chat/completions", "/v1/messages", "/v1"):
            stub_server.answer(path, answer)
        run = start_run(
            actor=people.actor("engineer"),
            version_id=version.pk,
            suite_id=suite.pk,
            providers=providers,
            anew=True,
        )
        work_on_run(run_id=run.pk)
    edit_provider(actor=SHELL, provider_id=providers[0].pk, changes={"note": "rotated"}, key=KEY)
    return version


def secrets_in(text):
    tokens = [KEY, *Provider.objects.exclude(encrypted_key="").values_list("encrypted_key", flat=True)]
    return [token for token in tokens if token in text]


@pytest.mark.requirement("owasp-asvs/16-2-5")
def test_the_key_was_sent_and_stands_in_no_log(everything, stub_server, caplog):
    assert (
        sum(KEY in json.dumps(asked.headers) for asked in stub_server.asked) == len(stub_server.asked) == 12
    )
    assert Result.objects.filter(state="error").count() == 9
    told = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''} {vars(record)}" for record in caplog.records
    )
    logging.getLogger("prompts").debug("heard")
    assert caplog.records[-1].getMessage() == "heard", "the lowest level is listened to"
    assert secrets_in(told) == []


def test_the_key_stands_in_no_table_but_encrypted_in_its_column(everything):
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                told = {name: str(value) for name, value in zip(names, row, strict=True)}
                if (table, told.get("key")) == ("evaluations_provider", None):
                    told.pop("encrypted_key")
                found += [(table, name) for name, value in told.items() if secrets_in(value)]
    assert found == []
    assert Provider.objects.exclude(encrypted_key="").count() == 3


def unpacked(path: Path) -> str:
    """A file's text; of an archive, and of archives inside it, that of every member."""
    return _text(path.read_bytes())


def _text(body: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(name + _text(archive.read(name)) for name in archive.namelist())


def quiet(mark):
    """Nobody waits."""


def test_the_key_stands_in_no_export_of_the_trail(everything, people, tmp_path):
    for form in sorted({*FORMATS, "bundle"}):
        made = export_trail(
            actor=people.actor("auditor"),
            format=form,
            asked=TrailFilter.read(),
            visible=Event.objects.all(),
        )
        made.write(tmp_path / form, quiet)
        text = unpacked(tmp_path / form)
        assert "evaluations.provider.saved" in text, form
        assert secrets_in(text) == [], form


def test_the_key_stands_in_no_evidence_pack(everything, people, tmp_path):
    made = export_pack(actor=people.actor("auditor"), asked=PackAsk.read({"prompt": "bank/letter"}))
    made.write(tmp_path / "pack.zip", quiet)
    text = unpacked(tmp_path / "pack.zip")
    assert "Incorrect API key" in text or "refused the key" in text
    assert secrets_in(text) == []


def test_the_key_stands_on_no_page_and_in_no_download(everything, people):
    client = Client()
    provider = Provider.objects.get(name="openai")
    pages = ["/admin/evaluations/", "/admin/evaluations/costs/", "/admin/evaluations/provider/"]
    pages += [f"/admin/evaluations/provider/{provider.pk}/{page}/" for page in ("change", "history")]
    for run in Run.objects.all():
        at = f"/admin/evaluations/runs/{run.pk}"
        pages += [f"{at}/", f"{at}/results.csv", f"{at}/results.json", f"{at}/results.xml"]
    pages += [f"/admin/evaluations/results/{pk}/" for pk in Result.objects.values_list("pk", flat=True)]
    shown = 0
    for who in (people.administrator, people.engineer, people.auditor):
        client.force_login(who)
        for page in pages:
            answer = client.get(page)
            body = answer.getvalue() if answer.streaming else answer.content
            shown += answer.status_code == 200
            assert secrets_in(body.decode()) == [], page
    assert shown > 2 * len(pages)
