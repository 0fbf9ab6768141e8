"""My exports: asked for in the browser, followed, fetched in parts, cancelled."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from audits.exports.models import Export
from audits.exports.services.work_on_export import work_on_export
from audits.ledger.models import Event
from prompts.observability.models import Call
from tests.exports.made import finished_export
from tests.ledger.helpers import behind_the_back
from tests.people import People

pytestmark = pytest.mark.django_db
LIST = "/admin/exports/"


@pytest.fixture
def signed_in(people: People) -> Callable[[str], Client]:
    def as_person(name: str) -> Client:
        client = Client()
        client.force_login(getattr(people, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_person


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_empty_list_says_where_exports_come_from(signed_in) -> None:
    page = signed_in("auditor").get(LIST).content.decode()
    assert "exported nothing yet" in page
    assert "evidence packs" in page
    assert "evidence packs" not in signed_in("author").get(LIST).content.decode()


def test_one_that_is_under_way_shows_how_far_it_is_and_can_be_cancelled(signed_in) -> None:
    client = signed_in("auditor")
    client.post("/admin/trail/export", {"format": "xlsx"})
    row = Export.objects.get()
    assert "waits for a worker" in client.get(LIST).content.decode()
    Export.objects.update(state="running", entries=1200, total=5000)
    told = json.loads(client.get(f"{LIST}state").content)["waiting"]
    assert told == [{"id": row.pk, "done": 1200, "total": 5000, "said": "1,200 of 5,000 entries"}]
    assert "1,200 of 5,000 entries" in client.get(LIST).content.decode()
    client.post(f"{LIST}{row.pk}/cancel")
    assert Export.objects.get().state == "cancelled"


def test_a_failed_one_says_why(signed_in) -> None:
    client = signed_in("auditor")
    client.post("/admin/trail/export", {"format": "csv"})
    Export.objects.update(state="failed", reason="The portal's disk is full.")
    assert "disk is full" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        ("", 200, slice(None)),
        ("bytes=0-", 206, slice(None)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=5-9", 206, slice(5, 10)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, None),
        ("bytes=9-5", 416, None),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
@pytest.mark.requirement("sec-17a-4/f-3")
def test_a_download_goes_on_where_it_broke_off(people, signed_in, header: str, status: int, part) -> None:
    row = finished_export(people.actor("auditor"))
    whole = row.path.read_bytes()
    answer = signed_in("auditor").get(f"{LIST}{row.pk}/file", headers={"Range": header} if header else {})
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(whole)}"
        return
    assert body(answer) == whole[part]
    assert int(answer["Content-Length"]) == len(whole[part])
    assert answer["ETag"] == f'"{row.digest}"'
    assert answer["X-Imprimatur-Checkpoint"].split()[1] == str(row.checkpoint.size)


def test_another_file_is_never_appended_to_the_old_ones_beginning(people, signed_in) -> None:
    row = finished_export(people.actor("auditor"))
    headers = {"Range": "bytes=5-", "If-Range": '"another"'}
    answer = signed_in("auditor").get(f"{LIST}{row.pk}/file", headers=headers)
    assert (answer.status_code, body(answer)) == (200, row.path.read_bytes())


def test_a_download_is_an_entry_once_however_often_it_is_taken_up(people, signed_in) -> None:
    row, client = finished_export(people.actor("auditor")), signed_in("auditor")
    client.get(f"{LIST}{row.pk}/file")
    client.get(f"{LIST}{row.pk}/file", headers={"Range": "bytes=5-"})
    assert Event.objects.filter(event="exports.export.fetched").count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=1-"},
        {"Range": "bytes=00-"},
        {"Range": "bytes=-9"},
        {"Range": "bytes=5-", "If-Range": '"another"'},
    ],
)
def test_no_way_of_asking_for_a_part_leaves_a_download_untold(people, signed_in, headers) -> None:
    row, client = finished_export(people.actor("auditor")), signed_in("auditor")
    for count in (1, 1 if headers == {"Range": "bytes=1-"} else 2):
        client.get(f"{LIST}{row.pk}/file", headers=headers)
        assert Event.objects.filter(event="exports.export.fetched").count() == count


def test_what_goes_on_days_later_is_told_again(people, signed_in) -> None:
    row, client = finished_export(people.actor("auditor")), signed_in("auditor")
    url, rest = f"{LIST}{row.pk}/file", {"Range": "bytes=5-"}
    client.get(url)
    days_ago = timezone.now() - timedelta(days=2)
    fetched = Event.objects.get(event="exports.export.fetched")
    behind_the_back("UPDATE ledger_event SET recorded_at = %s WHERE id = %s", str(days_ago), fetched.pk)
    client.get(url, headers=rest)
    client.get(url, headers=rest)
    assert Event.objects.filter(event="exports.export.fetched").count() == 2


def test_a_pack_is_asked_for_from_the_audit_tab_and_from_a_call(people, factory, signed_in) -> None:
    version = factory.released(name="bank/letter")
    call = Call.objects.create(
        trace_id="t1",
        span_id="s",
        started_at=timezone.now(),
        prompt=version.prompt,
        version=version,
        account="x",
    )
    client = signed_in("auditor")
    assert "Make the pack" in client.get(f"/admin/prompts/{version.prompt_id}/?tab=audit").content.decode()
    assert "Evidence pack of this trace" in client.get(f"/admin/use/calls/{call.pk}/").content.decode()
    for asked in ({"prompt": "bank/letter"}, {"prompt": "bank/letter", "version": "1"}, {"trace": "t1"}):
        assert client.post(f"{LIST}evidence", asked).status_code == 302
        assert work_on_export(export_id=Export.objects.latest("pk").pk).state == "done"
    assert Export.objects.count() == 3
    assert "Evidence pack" in client.get(LIST).content.decode()


def test_writers_are_offered_no_pack(factory, signed_in) -> None:
    version = factory.released(name="bank/letter")
    client = signed_in("author")
    assert (
        "Make the pack" not in client.get(f"/admin/prompts/{version.prompt_id}/?tab=audit").content.decode()
    )
    assert client.post(f"{LIST}evidence", {"prompt": "bank/letter"}).status_code == 403
    assert not Export.objects.exists()


def test_a_version_that_is_no_number_is_told(factory, signed_in) -> None:
    factory.released(name="bank/letter")
    answer = signed_in("auditor").post(
        f"{LIST}evidence", {"prompt": "bank/letter", "version": "x"}, follow=True
    )
    assert "by their number" in answer.content.decode()
    assert not Export.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_list(people, signed_in, django_assert_max_num_queries):
    client = signed_in("auditor")
    first = finished_export(people.actor("auditor"))
    client.get(LIST)
    for _ in range(5):
        row = Export.objects.get(pk=first.pk)
        row.pk, row.uuid = None, uuid4()
        row.expires_at = timezone.now() + timedelta(days=1)
        row.save()
    with django_assert_max_num_queries(16):
        assert client.get(LIST).status_code == 200
