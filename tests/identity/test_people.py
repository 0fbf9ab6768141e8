"""People: names that are never given out again, access that ends, keys whose owner leaves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from audits.identity.errors import Conflict, Unacceptable
from audits.identity.models import OpenSession, User, UserName
from audits.identity.services.keys import check_key, create_key, move_key
from audits.identity.services.people import create_user, set_user
from audits.identity.services.refusals import tell_counts
from audits.identity.tasks import sweep
from audits.ledger.models import Event
from tests.people import PASSWORD, SHELL, People

pytestmark = pytest.mark.django_db
LOOKS_LIKE_ADA = "\u0430d\u0430"
FULL_WIDTH_ADA = "\uff41da"


def count(kind: str) -> int:
    return Event.objects.filter(event=kind).count()


@pytest.mark.parametrize("name", ["ADA", LOOKS_LIKE_ADA, FULL_WIDTH_ADA, "a b", "", "a\0", "x" * 151])
@pytest.mark.requirement("21-cfr-11/100-a")
def test_a_name_that_was_given_or_looks_so_is_refused(people: People, name: str) -> None:
    with pytest.raises((Conflict, Unacceptable)):
        create_user(actor=SHELL, username=name, full_name="Another")


def test_a_name_stays_given_after_the_person_was_renamed_underneath(people: People) -> None:
    User.objects.filter(username="ada").update(username="adelaide")
    with pytest.raises(Conflict):
        create_user(actor=SHELL, username="ada", full_name="Another")


@pytest.mark.requirement("21-cfr-11/100-a")
def test_people_and_their_names_are_not_deleted(people: People) -> None:
    with pytest.raises(ProtectedError):
        people.author.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        UserName.objects.all().delete()


def test_access_that_ended_shuts_out_at_once_and_is_told_once(people: People) -> None:
    client = Client()
    client.post("/admin/login/", {"username": "audra", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    User.objects.filter(username="audra").update(access_ends_at=timezone.now() - timedelta(minutes=1))
    assert client.get("/admin/").status_code == 302
    sweep()
    sweep()
    assert count("identity.access.ended") == 1
    assert not OpenSession.objects.filter(user=people.auditor, ended_at__isnull=True).exists()
    again = Client().post("/admin/login/", {"username": "audra", "password": PASSWORD})
    assert again.status_code == 200


def test_auditors_may_be_made_to_end(people: People, settings) -> None:
    settings.AUDITORS_NEED_END = True
    with pytest.raises(Unacceptable, match="date"):
        create_user(actor=SHELL, username="external", full_name="External", roles=["auditor"])


def test_whoever_leaves_hands_keys_over_or_stops_them(people: People) -> None:
    administrator = people.actor("administrator")
    pair = create_key(actor=administrator, name="till", all_collections=True)
    with pytest.raises(Conflict, match="till"):
        set_user(actor=SHELL, user=people.administrator, roles=["administrator"], is_active=False)
    set_user(actor=SHELL, user=people.administrator, roles=["administrator"], is_active=False, stop_keys=True)
    assert check_key(pair.public_key, pair.secret_key) is None
    pair.account.refresh_from_db()
    move_key(actor=SHELL, account=pair.account, owner=people.steward)
    assert check_key(pair.public_key, pair.secret_key) is not None
    assert (count("identity.key.suspended"), count("identity.key.moved")) == (1, 1)


@pytest.mark.requirement("soc-2/cc7-2", "owasp-asvs/16-3")
def test_refusals_within_a_minute_are_one_entry_and_a_number(people: People) -> None:
    from audits.identity.models import RefusalTally

    for _ in range(4):
        Client().post("/admin/login/", {"username": "nobody-there", "password": "wrong"})
    first = count("identity.session.refused")
    assert first in {1, 2}  # two where a minute began in between
    RefusalTally.objects.update(minute=timezone.now() - timedelta(minutes=5))
    tell_counts(actor=SHELL)
    tell_counts(actor=SHELL)
    more = sum(RefusalTally.objects.filter(event="identity.session.refused").values_list("more", flat=True))
    assert first + more == 4
    assert count("identity.refusals.counted") == RefusalTally.objects.filter(more__gt=0).count() == 1
