"""Lists, single rows and suggestions are narrowed to what a person may see; stock rights open nothing."""

import json

import pytest
from django.urls import reverse

from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection
from tests.people import SHELL


def _suggested(client, term, app, model, field):
    address = reverse("admin:autocomplete")
    query = {"term": term, "app_label": app, "model_name": model, "field_name": field}
    answer = client.get(address, query)
    rows = json.loads(answer.content)["results"] if answer.status_code == 200 else []
    return [row["text"] for row in rows]


def test_the_list_of_collections_holds_only_those_that_are_seen(as_person, bank):
    seen = as_person("author").get(reverse("admin:registry_collection_changelist"))
    if seen.status_code == 200:
        assert b"elsewhere" not in seen.content
    everything = as_person("auditor").get(reverse("admin:registry_collection_changelist"))
    assert b"elsewhere" in everything.content


def test_the_page_of_a_suite_of_another_collection_is_not_opened(as_person, people, bank):
    suite = create_suite(actor=SHELL, name="secret-suite", title="S", collection=bank)
    address = reverse("admin:evaluations_suite_change", args=[suite.pk])
    assert as_person("expert").get(address).status_code == 200
    assert as_person("stranger").get(address).status_code == 404


def test_suggestions_of_prompts_are_narrowed(as_person, factory):
    factory.draft(name="bank/letter")
    ask = ("letter", "evaluations", "schedule", "prompt")
    assert _suggested(as_person("author"), *ask) == ["bank/letter"]
    assert _suggested(as_person("stranger"), *ask) == []


def test_the_choices_of_a_form_hold_only_collections_that_are_seen(as_person, bank):
    page = as_person("expert").get(reverse("admin:evaluations_suite_add")).content.decode()
    assert ">bank<" in page
    assert ">elsewhere<" not in page


@pytest.mark.parametrize("who", ["author", "auditor", "ethics_officer", "stranger"])
def test_only_administrators_change_configuration(as_person, bank, who):
    address = reverse("admin:registry_collection_change", args=[bank.pk])
    as_person(who).post(address, {"title": "EVIL", "description": ""})
    assert Collection.objects.get(pk=bank.pk).title == "Bank"


@pytest.mark.parametrize("name", ["registry_collection", "identity_user", "identity_serviceaccount"])
def test_nothing_is_deleted_through_the_admin(as_person, people, bank, name):
    row = {
        "registry_collection": bank,
        "identity_user": people.stranger,
        "identity_serviceaccount": people.service,
    }
    answer = as_person("administrator").post(
        reverse(f"admin:{name}_delete", args=[row[name].pk]), {"post": "yes"}
    )
    assert answer.status_code == 403
    assert type(row[name]).objects.filter(pk=row[name].pk).exists()


def test_a_right_on_the_whole_model_opens_no_row(as_person, people, bank):
    from django.contrib.auth.models import Permission

    people.stranger.user_permissions.set(Permission.objects.all())
    answer = as_person("stranger").get(reverse("admin:registry_collection_change", args=[bank.pk]))
    assert answer.status_code == 404


def test_a_superuser_without_a_role_sees_no_more_than_others(as_person, people, bank):
    people.stranger.is_superuser = True
    people.stranger.save()
    answer = as_person("stranger").get(reverse("admin:registry_collection_change", args=[bank.pk]))
    assert answer.status_code == 404
