"""Keys of providers: in, encrypted, and never out."""

import stat

import pytest

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations import secrets
from prompts.evaluations.models import Provider
from prompts.evaluations.services.providers import create_provider, edit_provider, ensure_local_provider
from tests.people import SHELL

KEY = "sk-secret-0123456789"


@pytest.fixture
def provider(people):
    return create_provider(actor=people.actor("administrator"), name="maker", kind="openai", key=KEY)


@pytest.mark.requirement("gdpr/32")
def test_a_key_is_stored_encrypted_and_read_again(provider):
    assert KEY not in provider.encrypted_key
    assert secrets.decrypt(Provider.objects.get(name="maker").encrypted_key) == KEY
    assert stat.S_IMODE(secrets.key_file().stat().st_mode) == 0o600


@pytest.mark.requirement("owasp-asvs/16-2-5")
def test_a_key_stands_in_no_history_row_and_no_event(provider, people):
    edit_provider(
        actor=people.actor("administrator"), provider_id=provider.pk, changes={"note": "x"}, key=KEY
    )
    rows = [str(vars(row)) for row in provider.history.all()] + [
        str(vars(row)) for row in Event.objects.all()
    ]
    assert not any(KEY in row or provider.encrypted_key in row for row in rows)
    assert not hasattr(provider.history.first(), "encrypted_key")


@pytest.mark.parametrize(
    "who", ["engineer", "steward", "ethics_officer", "auditor", "stranger", "leaver", "service"]
)
def test_only_administrators_configure_providers(people, who):
    with pytest.raises(Refused):
        create_provider(actor=people.actor(who), name="mine", kind="openai")


def test_a_key_is_not_sent_to_another_address_unasked(provider):
    with pytest.raises(Unacceptable, match="key again"):
        edit_provider(
            actor=SHELL, provider_id=provider.pk, changes={"base_url": "https://elsewhere.example/v1"}
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": "ftp://x"},
        {"base_url": "http://u:p@x/"},
        {"base_url": "http://0177.0.0.1/"},
        {"price_in": "-1"},
        {"price_in": "cheap"},
        {"timeout_seconds": 0},
        {"parameters": []},
        {"parameters": {"temperature": "warm"}},
        {"kind": "oracle"},
        {"key": "two\nlines"},
        {"colour": "red"},
    ],
)
def test_faulty_settings_are_refused(house, settings):
    with pytest.raises(Unacceptable):
        create_provider(actor=SHELL, **{"name": "bad", "kind": "openai", **settings})


def test_a_taken_name_is_refused(provider):
    with pytest.raises(Conflict):
        create_provider(actor=SHELL, name="maker", kind="anthropic")


def test_the_local_provider_is_made_once_and_left_alone(house):
    local = Provider.objects.get(name="local")
    edit_provider(actor=SHELL, provider_id=local.pk, changes={"is_active": False})
    assert ensure_local_provider(actor=SHELL).is_active is False
    assert Provider.objects.count() == 1
