"""Suites and cases: who writes them, what is refused, what stays."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.evaluations.models import Case, Suite
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import delete_case, save_case
from prompts.evaluations.services.suites import create_suite, edit_suite


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("expert", None), ("steward", None), ("ethics_officer", None), ("auditor", Refused),
        ("documentarian", Refused), ("administrator", Refused), ("stranger", Refused), ("leaver", Refused),
    ],
)  # fmt: skip
def test_who_writes_suites_of_a_collection(people, bank, who, error):
    if error is None:
        assert create_suite(actor=people.actor(who), name="tone", collection=bank).pk
    else:
        with pytest.raises(error):
            create_suite(actor=people.actor(who), name="tone", collection=bank)


def test_a_suite_for_everybody_is_written_by_stewards_not_by_engineers(people):
    with pytest.raises(Refused):
        create_suite(actor=people.actor("engineer"), name="shared")
    create_suite(actor=people.actor("steward"), name="shared")
    assert Suite.objects.visible_to(people.actor("stranger")).filter(name="shared").exists()


def test_a_stranger_neither_sees_nor_edits_a_suite(people, suite):
    stranger = people.actor("stranger")
    assert not Suite.objects.visible_to(stranger).exists()
    with pytest.raises(NotThere):
        save_case(actor=stranger, suite_id=suite.pk, name="mine")


@pytest.mark.parametrize("name", ["", "Loans", "a b", "é", "x" * 121, None])
def test_names_have_a_form(engineer, bank, name):
    with pytest.raises(Unacceptable):
        create_suite(actor=engineer, name=name, collection=bank)


def test_a_taken_name_is_refused(engineer, suite, bank):
    with pytest.raises(Conflict):
        create_suite(actor=engineer, name="loans", collection=bank)


@pytest.mark.parametrize("rate", ["1.01", -1, "many", "NaN"])
def test_a_pass_rate_is_between_0_and_1(engineer, suite, rate):
    with pytest.raises(Unacceptable, match="least_pass_rate"):
        edit_suite(actor=engineer, suite_id=suite.pk, changes={"least_pass_rate": rate})


def test_edits_are_in_history_and_ledger(engineer, suite):
    edit_suite(actor=engineer, suite_id=suite.pk, changes={"title": "Loan letters"})
    assert suite.history.first().history_actor == "emil"
    assert Event.objects.filter(event="evaluations.suite.saved", subject="loans").count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assertions", [{"type": "cintains", "value": "x"}]),
        ("assertions", [{"type": "python", "value": "1"}]),
        ("assertions", [{"value": "x"}]),
        ("assertions", [{"type": "assert-set", "assert": "x"}]),
        ("assertions", {"type": "contains"}),
        ("vars", ["x"]),
        ("vars", {"a": "\x00"}),
        ("vars", {"a": "\ud800"}),
        ("weight", -1),
        ("threshold", 2),
        ("name", ""),
    ],
)
def test_a_faulty_case_is_refused_at_its_field(engineer, suite, field, value):
    with pytest.raises(Unacceptable, match=field):
        save_case(actor=engineer, suite_id=suite.pk, **{"name": "new", field: value})
    assert not Case.objects.filter(name="new").exists()


def test_a_removed_case_leaves_and_comes_back_under_its_name(engineer, suite):
    case = Case.objects.get(suite=suite, name="open")
    delete_case(actor=engineer, case_id=case.pk, reason="Outdated.")
    assert [found.name for found in cases_in_use(suite)] == ["refused", "granted"]
    with pytest.raises(NotThere):
        delete_case(actor=engineer, case_id=case.pk)
    assert save_case(actor=engineer, suite_id=suite.pk, name="open").pk == case.pk
    assert Event.objects.filter(event="evaluations.case.removed").exists()


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ({"type": "not-regex", "value": "("}, "Invalid regex pattern"),
        ({"type": "is-json", "value": {"type": "objekt"}}, "JSON Schema"),
        ({"type": "cel", "value": "size(output"}, "Syntax error"),
        ({"type": "contains", "value": "{{ decision | none_such }}"}, "no template"),
        ({"type": "word-count", "value": {"min": 3, "max": 2}}, "min above its max"),
        ({"type": "assert-set", "assert": [{"type": "regex", "value": "["}]}, "Invalid regex pattern"),
    ],
)
def test_what_could_never_be_asked_is_refused_when_it_is_written(engineer, suite, assertion, words):
    with pytest.raises(Unacceptable, match=words) as caught:
        save_case(actor=engineer, suite_id=suite.pk, name="odd", assertions=[assertion])
    assert caught.value.field == "assertions"


@pytest.mark.parametrize(
    "assertion",
    [
        {"type": "cel", "value": "output.items.size() > vars.many"},
        {"type": "contains", "value": "{{ name }}"},
        {"type": "regex", "value": "^{{ name }}$"},
        {"type": "webhook", "value": "https://hooks.example/x"},
    ],
)
def test_what_only_an_answer_can_tell_is_kept(engineer, suite, assertion, settings):
    settings.WEBHOOK_HOSTS = ["hooks.example"]
    save_case(actor=engineer, suite_id=suite.pk, name="odd", assertions=[assertion])
