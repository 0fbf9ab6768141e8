"""Set up where webhooks go."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from audits.notices.models import Endpoint
from audits.notices.services.endpoints import (
    create_endpoint,
    disable_endpoint,
    edit_endpoint,
    enable_endpoint,
    retire_orphans,
    rotate_secret,
)
from audits.notices.webhooks import secrets_of

pytestmark = pytest.mark.django_db
OTHERS = ("author", "steward", "expert", "ethics_officer", "auditor", "stranger", "leaver", "service")
KINDS = ["releases.release.made"]


def create(people, who="administrator", **changes):
    asked = {"name": "siem", "url": "https://hooks.example/in", "kinds": KINDS, "all_collections": True}
    return create_endpoint(actor=people.actor(who), owner=people.administrator, **{**asked, **changes})


def events():
    told = Event.objects.filter(event__startswith="notices.endpoint").order_by("pk")
    return [(event.event, event.subject) for event in told]


def test_an_administrator_sets_one_up_and_the_ledger_hears_of_it(people):
    endpoint = create(people).endpoint
    assert endpoint.is_enabled
    assert events() == [("notices.endpoint.set", "siem")]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_does(people, who):
    with pytest.raises(Refused):
        create(people, who)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_changes_one(people, hook, who):
    actor = people.actor(who)
    for act in (
        lambda: rotate_secret(actor=actor, endpoint_id=hook.pk),
        lambda: disable_endpoint(actor=actor, endpoint_id=hook.pk, reason="x"),
        lambda: enable_endpoint(actor=actor, endpoint_id=hook.pk),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.requirement("gdpr/32", "owasp-asvs/16-2-5")
def test_the_secret_lies_encrypted_and_in_no_history_or_event(made):
    with connection.cursor() as cursor:
        for table in ("notices_endpoint", "notices_historicalendpoint", "ledger_event"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            assert made.secret not in repr(cursor.fetchall())
    assert secrets_of(made.endpoint) == [made.secret]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://hooks.example/",
        "https://",
        "https://user:word@hooks.example/",
        "https://hooks.example:99999/",
        "https://hooks.example/#x",
        "https://hooks.example/ x",
        "https://hooks.example/\nHost: a",
        "javascript:alert(1)",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused_at_its_field(people, url):
    with pytest.raises(Unacceptable) as refused:
        create(people, url=url)
    assert refused.value.field == "url"


def test_unencrypted_addresses_need_a_network_that_is_named(people, settings):
    settings.OUTGOING_ALLOWED_NETWORKS = []
    with pytest.raises(Unacceptable, match="inside the network"):
        create(people, url="http://hooks.example/")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"all_collections": False}, "collections"),
        ({"collections": ["bank"]}, "collections"),
        ({"name": "Bad Name"}, "name"),
    ],
)
def test_what_is_missing_is_told_at_its_field(people, changes, field):
    with pytest.raises(Unacceptable) as refused:
        create(people, **changes)
    assert refused.value.field == field


def test_a_name_is_taken_once(people, hook):
    with pytest.raises(Conflict):
        create(people, name="hook")


def test_an_edit_is_told_with_what_was_before_and_kept_in_history(people, hook):
    edit_endpoint(
        actor=people.actor("administrator"),
        endpoint_id=hook.pk,
        url="https://other.example/",
        kinds=KINDS,
        owner=people.administrator,
        all_collections=False,
        collections=["bank"],
    )
    event = Event.objects.filter(event="notices.endpoint.set").latest("pk")
    assert hook.url in event.payload
    assert hook.history.count() == 2


def test_an_edit_that_changes_nothing_tells_nothing(people, hook):
    edit_endpoint(
        actor=people.actor("administrator"),
        endpoint_id=hook.pk,
        url=hook.url,
        kinds=hook.kinds,
        owner=people.administrator,
        all_collections=True,
        collections=[],
    )
    assert len(events()) == 1


def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends(people, made):
    again = rotate_secret(actor=people.actor("administrator"), endpoint_id=made.endpoint.pk)
    assert secrets_of(again.endpoint) == [again.secret, made.secret]
    Endpoint.objects.filter(pk=made.endpoint.pk).update(older_until=timezone.now() - timedelta(seconds=1))
    assert secrets_of(Endpoint.objects.get()) == [again.secret]
    assert events()[-1] == ("notices.endpoint.rotated", "hook")


def test_a_rotation_without_overlap_ends_the_old_secret_at_once(people, made):
    again = rotate_secret(actor=people.actor("administrator"), endpoint_id=made.endpoint.pk, overlap_hours=0)
    assert secrets_of(again.endpoint) == [again.secret]


@pytest.mark.parametrize("hours", [-1, 721])
def test_an_overlap_has_its_limits(people, hook, hours):
    with pytest.raises(Unacceptable):
        rotate_secret(actor=people.actor("administrator"), endpoint_id=hook.pk, overlap_hours=hours)


def test_it_is_turned_off_with_a_reason_and_on_again(people, hook):
    admin = people.actor("administrator")
    disable_endpoint(actor=admin, endpoint_id=hook.pk, reason="Moving house.")
    with pytest.raises(Conflict):
        disable_endpoint(actor=admin, endpoint_id=hook.pk, reason="Again.")
    assert enable_endpoint(actor=admin, endpoint_id=hook.pk).disabled_reason == ""
    with pytest.raises(Conflict):
        enable_endpoint(actor=admin, endpoint_id=hook.pk)
    assert [name for name, _ in events()][1:] == ["notices.endpoint.disabled", "notices.endpoint.enabled"]


@pytest.mark.parametrize("reason", ["", " ", "a\0b", "x" * 301])
def test_turning_off_needs_a_reason_in_words(people, hook, reason):
    with pytest.raises(Unacceptable):
        disable_endpoint(actor=people.actor("administrator"), endpoint_id=hook.pk, reason=reason)


def test_one_that_is_not_there_is_told(people):
    with pytest.raises(NotThere):
        rotate_secret(actor=people.actor("administrator"), endpoint_id=99)


def test_whose_owner_has_left_it_is_turned_off_and_stays_off(people, hook):
    people.administrator.is_active = False
    people.administrator.save(update_fields=["is_active"])
    assert retire_orphans() == 1
    hook.refresh_from_db()
    assert "has left" in hook.disabled_reason
    from tests.people import SHELL

    with pytest.raises(Conflict, match="another owner"):
        enable_endpoint(actor=SHELL, endpoint_id=hook.pk)


def test_the_history_only_grows(hook):
    with pytest.raises(IntegrityError), transaction.atomic():
        hook.history.all().delete()
