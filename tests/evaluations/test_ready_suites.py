"""Ready suites: data of our own, added once or again."""

import pytest
from django.core.management import CommandError, call_command

from audits.identity.errors import Refused, Unacceptable
from prompts.evaluations.checks import check_assertions
from prompts.evaluations.models import Suite
from prompts.evaluations.ready.reading import files_of, names, told
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.ready_suites import add_ready_suite
from prompts.registry.texts import check_tags

SECTORS = ("bank", "hospital", "retailer")


@pytest.mark.parametrize("name", names())
def test_every_case_can_be_stored_and_has_a_name_of_its_own(name):
    for file in files_of(name, "message", "document"):
        assert len({case["name"] for case in file.cases}) == len(file.cases)
        for case in file.cases:
            assert case["assertions"]
            check_assertions(case["assertions"])
            assert check_tags(case["tags"]) == case["tags"]


@pytest.mark.parametrize("name", SECTORS)
def test_a_sector_has_what_is_asked_of_it(name):
    cases = files_of(name)[0].cases
    tags = [tag for case in cases for tag in case["tags"]]
    assert 20 <= len(cases) <= 40
    assert {"edge", "safety", "regression", "injection", "leakage", "canary"} <= set(tags)
    assert tags.count("must-refuse") <= tags.count("must-answer")
    assert tags.count("must-refuse") >= 5
    assert told(name).by_group > 0


def test_the_attacks_come_in_every_dress():
    tags = {tag for case in files_of("injection")[0].cases for tag in case["tags"]}
    assert {"direct", "indirect", "encoding", "roleplay", "language", "leakage"} <= tags


def test_adding_it_again_mends_what_was_changed(engineer, bank):
    first, by_group = add_ready_suite(actor=engineer, name="bank", collection=bank, message="decision")
    assert (first.name, by_group.name) == ("bank-bank", "bank-by-group-bank")
    save_case(actor=engineer, suite_id=first.pk, name="edge empty", vars={"decision": "not empty"})
    save_case(actor=engineer, suite_id=first.pk, name="stray")
    again, _ = add_ready_suite(actor=engineer, name="bank", collection=bank, message="decision")
    found = {case.name: case for case in cases_in_use(again)}
    assert again.pk == first.pk
    assert found["edge empty"].vars == {"decision": "   "}
    assert "stray" not in found
    assert found["leak direct"].version == 1  # what is as it was is not written anew


def test_documents_go_where_they_are_told_or_into_the_question():
    apart = next(one for one in files_of("bank", "q", "d")[0].cases if one["name"] == "leak by mail")
    together = next(one for one in files_of("bank", "q")[0].cases if one["name"] == "leak by mail")
    assert apart["vars"]["d"].startswith("Dear bank")
    assert "Dear bank" in together["vars"]["q"]
    assert set(together["vars"]) == {"q"}


@pytest.mark.parametrize(("name", "message"), [("nothing", "message"), ("bank", "no name"), ("bank", "")])
def test_what_is_not_there_is_refused(engineer, bank, name, message):
    with pytest.raises(Unacceptable):
        add_ready_suite(actor=engineer, name=name, collection=bank, message=message)
    assert not Suite.objects.exists()


def test_an_auditor_adds_none(people, bank):
    with pytest.raises(Refused):
        add_ready_suite(actor=people.actor("auditor"), name="bank", collection=bank)


def test_the_command_lists_and_adds(people, bank, capsys):
    call_command("add_suite")
    assert "hospital: Hospital, patients and staff" in capsys.readouterr().out
    call_command("add_suite", "injection", "--collection", "bank", "--as", "emil")
    assert "34 cases are in injection-bank." in capsys.readouterr().out
    with pytest.raises(CommandError, match="no collection"):
        call_command("add_suite", "bank", "--collection", "nowhere", "--as", "emil")
