"""Encryption keys change; the keys of providers stay readable, and nothing old is left."""

import io
import json

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from audits.identity.sealing import Seal
from audits.ledger.models import Event
from portal.settings import env
from prompts.evaluations import secrets
from prompts.evaluations.models import Provider
from prompts.evaluations.services.providers import create_provider, edit_provider
from tests.people import SHELL

KEY = "sk-secret-0123456789"


@pytest.fixture
def provider(house, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return create_provider(actor=SHELL, name="maker", kind="openai", key=KEY)


def rotate(*words):
    out = io.StringIO()
    call_command("rotate_provider_keys", *words, stdout=out)
    return out.getvalue()


def stored():
    return Provider.objects.get(name="maker").encrypted_key


def test_a_new_key_encrypts_everything_and_the_old_one_goes(provider):
    old = Fernet(secrets.key_file().read_bytes())
    before = stored()
    assert old.decrypt(before).decode() == KEY
    assert "maker" in rotate("--new-key", "--forget-old")
    with pytest.raises(InvalidToken):
        old.decrypt(stored())
    assert secrets.decrypt(stored()) == KEY
    assert len(secrets.key_file().read_bytes().split()) == 1
    with pytest.raises(secrets.KeyLost):
        secrets.decrypt(before)


def test_until_they_are_forgotten_older_keys_still_decrypt(provider):
    before = stored()
    rotate("--new-key")
    assert (secrets.decrypt(before), secrets.decrypt(stored())) == (KEY, KEY)
    assert len(secrets.key_file().read_bytes().split()) == 2


def test_the_keys_of_the_setting_come_first(provider, settings):
    newest, older = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.PROVIDER_ENCRYPTION_KEYS = [newest, older]
    assert secrets.decrypt(stored()) == KEY
    rotate("--forget-old")
    assert Fernet(newest).decrypt(stored()).decode() == KEY
    assert not secrets.key_file().exists()
    with pytest.raises(CommandError, match="put the new one first") as caught:
        rotate("--new-key")
    assert caught.value.returncode == 2


def test_the_trail_tells_it_without_a_secret(provider):
    rotate("--new-key")
    event = Event.objects.get(event="evaluations.keys.rotated")
    assert json.loads(event.payload) == {"providers": ["maker"], "unreadable": []}
    told = [str(vars(row)) for row in [event, *Provider.history.all()]]
    assert not any(KEY in row or stored() in row for row in told)


def test_a_key_that_cannot_be_read_is_named_and_left_as_it_is(provider):
    Provider.objects.update(encrypted_key=Fernet(Fernet.generate_key()).encrypt(b"x").decode())
    before = stored()
    with pytest.raises(CommandError, match="maker") as caught:
        rotate("--new-key", "--forget-old")
    assert (caught.value.returncode, stored()) == (1, before)
    assert len(secrets.key_file().read_bytes().split()) == 2


@pytest.mark.parametrize("who", ["engineer", "auditor", "steward"])
def test_who_does_not_configure_rotates_nothing(provider, people, who):
    before = secrets.key_file().read_bytes()
    with pytest.raises(CommandError):
        rotate("--new-key", "--as", getattr(people, who).username)
    assert secrets.key_file().read_bytes() == before


def test_a_replaced_key_leaves_nothing_of_the_old_one(provider):
    before = stored()
    edit_provider(actor=SHELL, provider_id=provider.pk, changes={}, key="sk-newer-0123456789")
    row = Provider.objects.get(name="maker")
    everything = [str(vars(row)), *(str(vars(one)) for one in row.history.all())]
    everything += [str(vars(one)) for one in Event.objects.all()]
    assert not any(before in one or KEY in one for one in everything)


def test_other_secrets_have_files_of_their_own(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.PROVIDER_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    seal = Seal("other.key")
    assert seal.decrypt(seal.encrypt("word")) == "word"
    assert seal.path.exists()


def test_a_setting_that_is_no_key_stops_the_start(monkeypatch):
    monkeypatch.setenv("PROVIDER_ENCRYPTION_KEYS", "short")
    with pytest.raises(ImproperlyConfigured, match="Base64"):
        env.encryption_keys("PROVIDER_ENCRYPTION_KEYS")
