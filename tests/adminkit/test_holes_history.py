"""The history's form of the stock combination is a write path past the change permission: ours is shut."""

import pytest
from django.urls import reverse

from prompts.registry.models import Collection, Prompt


def _form_of(row, name):
    return reverse(f"admin:registry_{name}_simple_history", args=[row.pk, row.history.latest().history_id])


def test_a_post_to_the_history_form_is_refused_even_to_an_administrator(as_person, bank):
    answer = as_person("administrator").post(
        _form_of(bank, "collection"), {"title": "EVIL", "description": ""}
    )
    assert answer.status_code == 403
    assert Collection.objects.get(pk=bank.pk).title == "Bank"


@pytest.mark.parametrize("who", ["auditor", "author", "ethics_officer"])
def test_whoever_may_only_read_cannot_write_through_the_history(as_person, factory, who):
    prompt = factory.draft(name="bank/letter").prompt
    answer = as_person(who).post(_form_of(prompt, "prompt"), {"name": "bank/letter", "purpose": "EVIL"})
    assert answer.status_code == 403
    assert Prompt.objects.get(pk=prompt.pk).purpose == "Explains a decision."


def test_the_history_form_shows_an_old_state_without_a_button_to_revert(as_person, bank):
    answer = as_person("auditor").get(_form_of(bank, "collection"))
    assert answer.status_code == 200
    assert b"Revert" not in answer.content
    assert b'name="title"' not in answer.content


def test_the_history_of_a_prompt_that_is_not_seen_is_not_told(as_person, factory):
    prompt = factory.draft(name="bank/letter").prompt
    address = reverse("admin:registry_prompt_history", args=[prompt.pk])
    assert as_person("author").get(address).status_code == 200
    assert as_person("stranger").get(address).status_code == 403


def test_the_history_list_reads_no_more_for_more_rows(as_person, people, bank, django_assert_max_num_queries):
    from prompts.registry.services.collections import edit_collection

    actor = people.actor("administrator")
    for number in range(12):
        edit_collection(actor=actor, collection_id=bank.pk, title=f"Bank {number}", description="")
    client = as_person("auditor")
    with django_assert_max_num_queries(30):
        client.get(reverse("admin:registry_collection_history", args=[bank.pk]))
