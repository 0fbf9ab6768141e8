"""A webhook in the admin, and its page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.notices.models import Delivery, Endpoint
from audits.notices.services.endpoints import create_endpoint
from audits.notices.webhooks import secrets_of
from tests.people import SHELL
from tests.portal.opening import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def hook(people):
    """An endpoint of the administrator."""
    return create_endpoint(
        actor=SHELL,
        name="hook",
        url="https://hooks.example/in",
        kinds=["releases.release.made"],
        owner=people.administrator,
        all_collections=True,
    ).endpoint


def form(people, **changes):
    asked = {
        "name": "siem",
        "url": "https://hooks.example/in",
        "owner": people.administrator.pk,
        "kinds": ["releases.release.made"],
        "collections": ["bank"],
    }
    return {**asked, **changes}


def test_the_form_shows_the_secret_once_and_it_is_not_cached(people, desk):
    sent = desk.post("administrator", "notices_endpoint_add", **form(people))
    secret = re.search(r"whsec_[\w+/=]+", sent.content.decode()).group()
    endpoint = Endpoint.objects.get()
    assert secrets_of(endpoint) == [secret]
    assert "no-store" in sent["Cache-Control"]
    assert secret not in desk.text("administrator", "deliveries", endpoint.pk)
    assert secret not in desk.text("administrator", "notices_endpoint_change", endpoint.pk)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "ftp://x"}, "begins with https://"),
        ({"kinds": []}, "at least one kind"),
        ({"collections": []}, "Name collections, or say all"),
        ({"kinds": ["no.such.kind"]}, "Select a valid choice"),
        ({"name": "A B"}, "valid “slug”"),
    ],
)
def test_a_fault_is_told_in_the_form(people, desk, changes, words):
    page = desk.post("administrator", "notices_endpoint_add", **form(people, **changes)).content.decode()
    assert words in page
    assert not Endpoint.objects.exists()


def test_an_edit_keeps_name_and_secret(people, desk, hook):
    before = hook.encrypted_secret
    desk.post("administrator", "notices_endpoint_change", hook.pk, **form(people))
    hook.refresh_from_db()
    assert (hook.name, hook.encrypted_secret, hook.collections) == ("hook", before, ["bank"])


def test_a_test_is_queued(desk, hook):
    assert desk.post("administrator", "deliveries", hook.pk, act="test").status_code == 302
    assert "notices.webhook.test" in desk.text("administrator", "deliveries", hook.pk)


def test_a_new_secret_is_shown_with_the_end_of_the_old_one(desk, hook):
    page = desk.post("administrator", "deliveries", hook.pk, act="rotate", overlap="24").content.decode()
    assert "whsec_" in page
    assert "signs as well until" in page


def test_it_is_turned_off_and_on(desk, hook):
    desk.post("administrator", "deliveries", hook.pk, act="disable", reason="Moving.")
    page = desk.text("administrator", "deliveries", hook.pk)
    assert "Moving." in page
    assert "Send a test" not in page
    desk.post("administrator", "deliveries", hook.pk, act="enable")
    assert Endpoint.objects.get().is_enabled


def test_a_message_that_is_over_is_sent_again(desk, hook):
    row = Delivery.objects.create(endpoint=hook, kind="a.b.c", body="{}", state="failed", attempts=10)
    desk.post("administrator", "deliveries", hook.pk, act="again", delivery=row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)


@pytest.mark.parametrize(
    "data", [{"act": "rotate", "overlap": "x"}, {"act": "explode"}, {"act": "again"}, {}]
)
def test_a_broken_form_changes_nothing(desk, hook, data):
    before = hook.encrypted_secret
    assert desk.post("administrator", "deliveries", hook.pk, **data).status_code in {302, 404}
    hook.refresh_from_db()
    assert (hook.encrypted_secret, hook.is_enabled) == (before, True)


def test_an_auditor_reads_and_presses_nothing(desk, hook):
    page = desk.text("auditor", "deliveries", hook.pk)
    assert "Send a test" not in page
    for act in ("test", "rotate", "disable"):
        answer = desk.post("auditor", "deliveries", hook.pk, act=act, overlap="1", reason="x")
        assert answer.status_code == 403
    assert not Delivery.objects.exists()


def test_what_a_receiver_answered_is_shown_escaped(desk, hook):
    Delivery.objects.create(
        endpoint=hook,
        kind="a.b.c",
        body='{"x":"<i>"}',
        state="failed",
        last_answer="<script>alert(1)</script>",
    )
    page = desk.text("administrator", "deliveries", hook.pk, show=Delivery.objects.get().pk)
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;i&gt;" in page


def test_many_deliveries_cost_as_much_as_few(desk, hook):
    browser, address = desk.browser("administrator"), reverse("admin:deliveries", args=[hook.pk])
    counts = []
    for _ in range(2):
        Delivery.objects.create(endpoint=hook, kind="a.b.c", body="{}")
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts.append(len(asked))
    Delivery.objects.bulk_create(Delivery(endpoint=hook, kind="a.b.c", body="{}") for _ in range(60))
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(address).content.decode()
    assert len(asked) == counts[-1]
    assert "Older" in page
