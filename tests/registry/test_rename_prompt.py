"""Renaming: what keeps its name, which names are free, and what the record says under the old one."""

import pytest
from django.db import IntegrityError, connection, transaction

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from portal.selectors.timeline import events_of
from portal.selectors.trail_rows import visible_events
from prompts.lifecycle.selectors import authors_of
from prompts.registry.errors import NameTaken
from prompts.registry.models import FormerName, Prompt
from prompts.registry.search import search_prompts
from prompts.registry.services.prompts import create_prompt
from prompts.registry.services.rename import rename_prompt
from tests.portal.opening import Desk
from tests.registry.fragments import frozen
from tests.registry.test_import_prompts import file, run


def rename(people, version, name, who="author", reason="A clearer name."):
    return rename_prompt(actor=people.actor(who), prompt_id=version.prompt_id, name=name, reason=reason)


def test_a_draft_is_renamed_and_found_under_its_new_name(people, factory):
    version = factory.draft("bank/lettr")
    prompt = rename(people, version, "bank/letter")
    assert Prompt.objects.get(pk=version.prompt_id).name == "bank/letter"
    assert search_prompts(people.actor("author"), "letter").get() == prompt
    event = Event.objects.get(event="registry.prompt.renamed")
    assert (event.subject, event.reason) == ("bank/letter", "A clearer name.")
    assert event.payload == '{"after":"bank/letter","before":"bank/lettr"}'
    assert prompt.history.count() == 2


def test_a_frozen_prompt_keeps_its_name(people, factory):
    version = frozen(people, factory.draft("bank/letter"))
    with pytest.raises(Conflict, match="Version 1 of bank/letter is frozen"):
        rename(people, version, "bank/other")


def test_a_fragment_that_texts_include_keeps_its_name_and_they_are_told(people, factory):
    tone = factory.draft("bank/tone", kind="fragment", text="Kind.")
    factory.draft("bank/user", text="{{> bank/tone}}")
    with pytest.raises(Conflict, match="by its name, among them bank/user: change them first"):
        rename(people, tone, "bank/manner")


@pytest.mark.parametrize("name", ["bank/taken", "bank/TAKEN", "bank/once", "bank/Once"])
def test_a_name_that_another_prompt_has_or_had_is_refused(people, factory, name):
    factory.draft("bank/taken")
    rename(people, factory.draft("bank/once"), "bank/now")
    with pytest.raises(NameTaken):
        rename(people, factory.draft("bank/letter"), name)
    with pytest.raises(NameTaken):
        create_prompt(actor=people.actor("author"), name=name, text="Hello.")


def test_a_prompt_takes_its_own_name_back_and_may_change_its_case(people, factory):
    version = factory.draft("bank/letter")
    for name in ("bank/note", "bank/letter", "bank/Letter", "bank/note"):
        assert rename(people, version, name).name == name
    assert list(FormerName.objects.order_by("pk").values_list("name", flat=True)) == [
        "bank/letter",
        "bank/note",
    ]


@pytest.mark.parametrize(
    "name", ["", "letter", "elsewhere/letter", "bank/letter@2", "bank/a|b", "bank/letter"]
)
def test_what_is_no_name_in_its_collection_is_refused(people, factory, name):
    version = factory.draft("bank/letter")
    with pytest.raises((Unacceptable, Conflict)):
        rename(people, version, name)


def test_a_reason_is_asked_for(people, factory):
    with pytest.raises(Unacceptable):
        rename(people, factory.draft("bank/letter"), "bank/note", reason=" ")


@pytest.mark.parametrize(
    ("who", "refusal"), [("expert", Refused), ("auditor", Refused), ("stranger", NotThere)]
)
def test_whoever_may_not_write_is_refused(people, factory, who, refusal):
    with pytest.raises(refusal):
        rename(people, factory.draft("bank/letter"), "bank/note", who)


def test_the_record_under_the_old_name_is_still_the_prompts(people, factory):
    version = factory.draft("bank/letter")
    rename(people, version, "bank/note")
    prompt = Prompt.objects.get(pk=version.prompt_id)
    told = set(events_of(prompt).values_list("event", flat=True))
    assert {"registry.prompt.created", "registry.prompt.renamed"} <= told
    seen = visible_events(people.actor("author")).filter(subject="bank/letter")
    assert seen.exists()
    assert not visible_events(people.actor("stranger")).filter(subject="bank/letter").exists()


def test_who_wrote_under_the_old_name_is_an_author(people, factory):
    version = factory.draft("bank/letter")
    rename(people, version, "bank/note")
    version.authors.all().delete()
    version.refresh_from_db()
    assert (
        people.author.pk in authors_of(version).users or people.author.username in authors_of(version).names
    )


def test_the_database_keeps_former_names(people, factory):
    rename(people, factory.draft("bank/letter"), "bank/note")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_formername")


def test_an_import_knows_a_renamed_prompt(people, house, tmp_path):
    path = file(tmp_path, "a.csv", b"name,text\nLetter,Hello there.\n")
    run(path)
    prompt = Prompt.objects.get(name="imported/letter")
    from tests.people import SHELL

    rename_prompt(actor=SHELL, prompt_id=prompt.pk, name="imported/note", reason="Clearer.")
    summary = run(path)
    assert (summary["unchanged"], summary["rows"][0]["name"]) == (1, "imported/note")


def test_it_is_renamed_on_its_page(people, factory):
    version, desk = factory.draft("bank/letter"), Desk(people)
    assert "Rename…" in desk.text("author", "prompt-edit", version.prompt_id)
    answer = desk.post("author", "prompt-rename", version.prompt_id, name="bank/letter", reason="So.")
    assert (answer.status_code, "is its name already" in answer.content.decode()) == (409, True)
    desk.post("author", "prompt-rename", version.prompt_id, name="bank/note", reason="So.")
    assert Prompt.objects.get(pk=version.prompt_id).name == "bank/note"
    frozen(people, version)
    assert "It keeps its name." in desk.text("author", "prompt-rename", version.prompt_id)
