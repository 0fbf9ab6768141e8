"""``manage.py create_service_account``."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from audits.identity.models import ServiceAccount
from audits.identity.services.keys import check_key

pytestmark = pytest.mark.django_db


def run(*words):
    out = io.StringIO()
    call_command("create_service_account", *words, stdout=out)
    return out.getvalue()


def test_it_prints_a_pair_that_opens(people):
    pair = json.loads(run("shop-app", "--collection", "bank", "--environment", "production", "--json"))
    account = check_key(pair["public_key"], pair["secret_key"])
    assert (account.name, account.collections, account.environments) == ("shop-app", ["bank"], ["production"])
    assert account.verbs == ["read"]


def test_without_an_environment_it_reads_no_label(people):
    run("x", "--all-collections")
    assert ServiceAccount.objects.get(name="x").environments == []


@pytest.mark.parametrize(
    "words",
    [
        ["x", "--collection", "nowhere"],
        ["x", "--collection", "bank", "--environment", "moon"],
        ["x", "--collection", "bank", "--verb", "fly"],
        ["Not A Slug", "--collection", "bank"],
        ["x", "--collection", "bank", "--expires", "0"],
        ["x", "--collection", "bank", "--environment", "production", "--verb", "read_drafts"],
        ["tests", "--collection", "bank"],
        ["x", "--collection", "bank", "--as", "nobody"],
    ],
)
def test_faulty_input_exits_with_2_and_makes_no_key(people, words):
    before = ServiceAccount.objects.count()
    with pytest.raises(CommandError) as caught:
        run(*words)
    assert caught.value.returncode == 2
    assert ServiceAccount.objects.count() == before


def test_only_an_administrator_makes_keys(people):
    with pytest.raises(CommandError) as caught:
        run("x", "--collection", "bank", "--as", people.engineer.username)
    assert caught.value.returncode == 1
