"""Word lists kept in the portal: written by few, used by all beside those that come with it."""

import json

import pytest
from django.core.management import CommandError, call_command

from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.fairness.word_lists import FOLDER, languages
from prompts.evaluations.models import Suite, WordList
from prompts.evaluations.own_lists import list_names, lists_named
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.word_lists import create_word_list, edit_word_list
from tests.people import SHELL
from tests.portal.opening import Desk

TEXT = """
language: Dutch
forms:
  vrouw: {they: zij, title: mevrouw}
  man: {they: hij, title: meneer}
names:
  - {origin: Nederlands, vrouw: [Sanne, Fleur], man: [Daan, Bram], surname: [de Vries, Bakker]}
  - {origin: Turks, vrouw: [Elif, Zeynep], man: [Emre, Mert], surname: [Demir, Kaya]}
ages:
  jong: ["24", "27"]
  oud: ["71", "74"]
"""


@pytest.fixture
def kept(house):
    return create_word_list(actor=SHELL, name="dutch", text=TEXT, note="Ours.")


@pytest.fixture
def marked(bank):
    """One case with a marked word."""
    suite = create_suite(actor=SHELL, name="loans", title="Loans", collection=bank)
    save_case(actor=SHELL, suite_id=suite.pk, name="loan", vars={"decision": "[[name]] [[they]]"})
    return suite


def test_it_stands_beside_those_that_come_with_the_portal(kept):
    assert [name for name, _ in list_names()] == [*languages(), "dutch"]
    assert lists_named("dutch").language == "Dutch"
    assert lists_named("en").language == "English"


def test_out_of_use_it_is_offered_to_nobody(kept):
    edit_word_list(actor=SHELL, word_list_id=kept.pk, changes={"is_active": False})
    assert [name for name, _ in list_names()] == languages()
    with pytest.raises(Unacceptable, match="lists named"):
        lists_named("dutch")


def test_a_changed_list_keeps_what_it_was_and_tells_the_trail(kept):
    changed = TEXT.replace("Sanne", "Roos")
    edit_word_list(actor=SHELL, word_list_id=kept.pk, changes={"text": changed})
    assert lists_named("dutch").names["Nederlands"]["vrouw"] == ["Roos", "Fleur"]
    assert ["Roos" in row.text for row in kept.history.order_by("history_id")] == [False, True]
    told = [
        json.loads(one.payload)["digest"] for one in Event.objects.filter(event="evaluations.word_list.saved")
    ]
    assert len(set(told)) == 2


@pytest.mark.parametrize(
    "text", ["", "language: X", "- a", "language: [", "x" * 60_000, TEXT.replace("ages", "years")]
)
def test_what_cannot_be_read_is_refused_at_its_field(house, text):
    with pytest.raises(Unacceptable) as caught:
        create_word_list(actor=SHELL, name="bad", text=text)
    assert caught.value.field == "text"
    assert not WordList.objects.exists()


@pytest.mark.parametrize("name", ["en", "dutch"])
def test_a_name_is_given_once_and_no_language_is_overlaid(kept, name):
    with pytest.raises(Conflict):
        create_word_list(actor=SHELL, name=name, text=TEXT)


@pytest.mark.parametrize("who", ["engineer", "expert", "auditor", "stranger", "leaver", "service"])
def test_who_writes_no_suite_for_everybody_keeps_no_list(people, kept, who):
    if who == "stranger":
        who = "author"
    with pytest.raises(Refused):
        create_word_list(actor=people.actor(who), name="mine", text=TEXT)
    with pytest.raises(Refused):
        edit_word_list(actor=people.actor(who), word_list_id=kept.pk, changes={"note": "x"})


def test_a_suite_by_group_is_made_with_it(people, kept, marked):
    desk = Desk(people)
    page = desk.text("engineer", "suite-by-group", marked.pk)
    assert '<option value="dutch">dutch (own)</option>' in page
    told = {"dimension": ["gender"], "language": "dutch", "per_group": "2"}
    assert "Daan" in desk.post("engineer", "suite-by-group", marked.pk, **told).content.decode()
    desk.post("engineer", "suite-by-group", marked.pk, **told, confirm="1")
    made = {case.vars["decision"] for case in Suite.objects.get(name="loans-by-group").cases.all()}
    assert made == {"Sanne zij", "Fleur zij", "Daan hij", "Bram hij"}
    wild = desk.post("engineer", "suite-by-group", marked.pk, **{**told, "language": "x" * 500})
    assert "There are lists named" in wild.content.decode()


def test_the_command_takes_its_name(kept, marked, capsys):
    call_command("expand_suite", "loans", "--language", "dutch", "--dimension", "gender", "--dry-run")
    assert len(capsys.readouterr().out.splitlines()) == 4
    with pytest.raises(CommandError, match="lists named"):
        call_command("expand_suite", "loans", "--language", "klingon", "--dry-run")


def test_a_steward_keeps_one_with_clicks(people, kept):
    desk = Desk(people)
    assert "Emily" in desk.text("steward", "evaluations_wordlist_add"), "it begins as the English one"
    told = {"name": "ours", "text": (FOLDER / "de.yaml").read_text(encoding="utf-8"), "note": ""}
    assert desk.post("steward", "evaluations_wordlist_add", **told).status_code == 302
    bad = desk.post("steward", "evaluations_wordlist_add", **{**told, "name": "bad", "text": "language: X"})
    assert "cannot be read" in bad.content.decode()
    listed = desk.text("engineer", "evaluations_wordlist_changelist")
    assert "Dutch: 2 genders, 2 origins, 2 ages" in listed
    assert "English" not in listed


def test_every_group_that_a_list_may_name_fits_into_the_cases(people, kept, marked):
    longest = f"[[{'n' * 41}]]"
    told = {"language": "dutch", "confirm": "1", "per_group": "1"}
    edit_word_list(actor=SHELL, word_list_id=kept.pk, changes={"text": TEXT.replace("Turks", f'"{longest}"')})
    save_case(
        actor=SHELL, suite_id=marked.pk, name=f"[[nationality]] {'x' * 180}", vars={"a": "[[nationality]]"}
    )
    assert Desk(people).post("engineer", "suite-by-group", marked.pk, **told).status_code == 302
    groups = {tag for case in Suite.objects.get(name="loans-by-group").cases.all() for tag in case.tags}
    assert f"group:{longest}" in groups
    with pytest.raises(Unacceptable, match="no name of a group"):
        create_word_list(actor=SHELL, name="longer", text=TEXT.replace("Turks", "n" * 46))
