"""Uses of keys that may do more than read and report stand in the trail, without flooding it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import KeyUse, ServiceAccount
from audits.identity.services import key_uses
from audits.identity.services.key_uses import note_use, tell_uses
from audits.identity.services.keys import KeyPair, create_key
from audits.identity.services.sessions import note_sign_in
from audits.identity.tasks import sweep
from audits.ledger.models import Event
from prompts.serving import auth
from tests.people import SHELL
from tests.serving.conftest import Api

pytestmark = pytest.mark.django_db
PING = "/api/public/projects"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    auth._known.clear()


def made(*verbs: str) -> KeyPair:
    return create_key(actor=SHELL, name="ci", all_collections=True, verbs=verbs)


def use(pair: KeyPair, times: int = 1, address: str = "10.0.0.1") -> None:
    api = Api(pair)
    for _ in range(times):
        assert api.client.get(PING, headers=api.headers, REMOTE_ADDR=address).status_code == 200


def told(kind: str = "identity.key.used") -> list[dict]:
    return [json.loads(row.payload) for row in Event.objects.filter(event=kind).order_by("pk")]


def hours_later(monkeypatch, hours: int) -> None:
    moment = timezone.now() + timedelta(hours=hours)
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.requirement("owasp-asvs/16-3")
def test_the_first_use_is_an_entry_at_once(people) -> None:
    use(made("read", "release"), 3)
    assert told() == [{"why": "first", "address": "10.0.0.1", "verbs": ["read", "release"]}]
    row = Event.objects.get(event="identity.key.used")
    assert (row.subject, row.actor_type, row.address) == ("ci", "service", "10.0.0.1")


def test_a_new_address_is_an_entry_at_once_a_known_one_is_not(people, monkeypatch) -> None:
    pair = made("export")
    use(pair)
    use(pair, 2, "10.0.0.2")
    hours_later(monkeypatch, 5)
    use(pair, 2)
    assert [one["why"] for one in told()] == ["first", "address"]
    assert [one["address"] for one in told()] == ["10.0.0.1", "10.0.0.2"]


def test_the_rest_is_one_entry_for_each_key_and_hour(people, monkeypatch) -> None:
    pair = made("write")
    use(pair, 4)
    use(pair, 2, "10.0.0.2")
    assert tell_uses(actor=SHELL) == 0
    hours_later(monkeypatch, 1)
    assert tell_uses(actor=SHELL) == 1
    (counted,) = told("identity.key.counted")
    assert (counted["uses"], counted["addresses"]) == (6, {"10.0.0.1": 4, "10.0.0.2": 2})
    assert tell_uses(actor=SHELL) == 0


def test_an_hour_of_which_all_was_told_needs_no_count(people, monkeypatch) -> None:
    use(made("release"))
    hours_later(monkeypatch, 1)
    sweep()
    assert told("identity.key.counted") == []
    assert KeyUse.objects.filter(told=True).count() == 1


def test_many_addresses_do_not_flood_the_trail(people, monkeypatch) -> None:
    pair = made("release")
    monkeypatch.setattr(key_uses, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(key_uses, "MOST_ADDRESSES", 2)
    for number in range(6):
        use(pair, 1, f"10.0.1.{number}")
    assert len(told()) == 3
    hours_later(monkeypatch, 1)
    tell_uses(actor=SHELL)
    (counted,) = told("identity.key.counted")
    assert (counted["uses"], len(counted["addresses"]), counted["more_addresses"]) == (6, 2, 4)


def test_a_key_that_was_used_before_is_not_said_to_be_used_first(people) -> None:
    pair = made("release")
    ServiceAccount.objects.filter(pk=pair.account.pk).update(last_used_at=timezone.now())
    use(pair)
    assert [one["why"] for one in told()] == ["address"]


def test_what_is_older_than_ninety_days_is_forgotten(people, monkeypatch) -> None:
    pair = made("release")
    use(pair)
    hours_later(monkeypatch, 24 * 91)
    tell_uses(actor=SHELL)
    assert not KeyUse.objects.exists()
    use(pair)
    assert [one["why"] for one in told()] == ["first", "address"]


def test_keys_that_read_and_report_cost_no_more_than_before(people) -> None:
    pair = made("read", "read_drafts", "ingest", "score")
    use(pair, 2)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        use(pair)
    assert len(asked) == 1
    assert not KeyUse.objects.exists()
    assert told() == []


def test_a_wrong_secret_is_no_use(people) -> None:
    pair = made("release")
    wrong = KeyPair(pair.account, pair.public_key, "sk-imp-wrong")
    assert Api(wrong).get(PING).status_code == 401
    assert not KeyUse.objects.exists()


def test_no_secret_is_told(people) -> None:
    pair = made("release")
    use(pair, 2)
    assert pair.secret_key not in "".join(f"{row.body}{row.payload}" for row in Event.objects.all())


def test_a_superuser_who_signs_in_is_told(people) -> None:
    note_sign_in(actor=people.actor("author"))
    people.administrator.is_superuser = True
    note_sign_in(actor=people.actor("administrator"))
    assert told("identity.session.opened") == [
        {"method": "password"},
        {"method": "password", "superuser": True},
    ]


def test_a_known_address_costs_one_statement(people) -> None:
    use(pair := made("write"))
    account = ServiceAccount.objects.get(public_key=pair.public_key)
    actor = Actor.for_account(account)
    with CaptureQueriesContext(connection) as caught:
        note_use(actor=actor, account_id=account.pk, address="10.0.0.1")
    assert [query["sql"].split()[0] for query in caught] == ["UPDATE"]
    assert KeyUse.objects.get().uses == 2


def test_more_addresses_than_fit_are_counted_in_further_entries_that_add_up(people, monkeypatch) -> None:
    account = ServiceAccount.objects.get(public_key=made("write").public_key)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    KeyUse.objects.bulk_create(
        KeyUse(account=account, address=f"10.0.{n // 250}.{n % 250}", hour=hour, uses=2) for n in range(1100)
    )
    hours_later(monkeypatch, 1)
    assert [tell_uses(actor=SHELL) for _ in range(3)] == [1, 1, 0]
    counted = told("identity.key.counted")
    assert [one["uses"] for one in counted] == [2000, 200]
    assert [len(one["addresses"]) + one["more_addresses"] for one in counted] == [1000, 100]
