"""What runs asked and what was answered cannot be changed behind the portal's back."""

import pytest

from audits.adminkit.querysets import Recorded
from audits.ledger.services import close, integrate
from audits.ledger.verification import verify
from portal.recorded import SETTLED
from prompts.evaluations.models import CaseText, Result, Run
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.start_run import cancel_run
from prompts.evaluations.services.work_on_run import work_on_run
from tests.ledger.helpers import behind_the_back
from tests.people import SHELL
from tests.portal.forging import another

pytestmark = pytest.mark.django_db
COLUMNS = [field for field in Result._meta.concrete_fields if field.column not in ("id", "case_id", "run_id")]
PROGRESS = sorted(SETTLED["evaluations.Run"].progress)


@pytest.fixture
def done(run) -> Run:
    """A finished run, all of it in the tree."""
    made = work_on_run(run_id=run.pk)
    close(SHELL)
    integrate()
    assert verify().first_bad is None
    return made


def named() -> str:
    bad = verify().first_bad
    return bad.kind if bad else ""


@pytest.mark.parametrize("field", COLUMNS, ids=lambda field: field.column)
def test_a_result_that_was_changed_is_missed(done: Run, field) -> None:
    key = done.results.order_by("pk")[1].pk
    if field.column == "state":
        behind_the_back("UPDATE evaluations_result SET state = 'error' WHERE id = %s", key)
    else:
        value = another(field)
        if field.column == "provider_id":
            value = "(SELECT id FROM evaluations_provider WHERE id <> provider_id LIMIT 1)"
        behind_the_back(
            f"UPDATE evaluations_result SET {field.column} = {value} WHERE id = %s",  # noqa: S608
            key,
        )
    assert named() == "run"


@pytest.mark.parametrize("which", ["= (SELECT MIN(id) FROM evaluations_result)", "> 0"])
def test_results_that_are_gone_are_missed(done: Run, which: str) -> None:
    behind_the_back(f"DELETE FROM evaluations_result WHERE id {which}")  # noqa: S608
    assert named() == "run"


@pytest.mark.parametrize("column", PROGRESS)
def test_the_figures_of_a_run_that_is_over_are_held_to_its_entry(done: Run, column: str) -> None:
    field = next(field for field in Run._meta.concrete_fields if field.column == column)
    value = "0.123" if column == "score" else another(field)
    behind_the_back(f"UPDATE evaluations_run SET {column} = {value} WHERE id = %s", done.pk)  # noqa: S608
    assert named() in {"run", "row"}


def test_a_run_that_was_cancelled_keeps_what_it_has(run, engineer) -> None:
    cancel_run(actor=engineer, run_id=run.pk)
    close(SHELL)
    assert verify().first_bad is None
    behind_the_back("UPDATE evaluations_run SET state = 'queued', finished_at = NULL WHERE id = %s", run.pk)
    assert named() == "row"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluations_casetext SET name = 'forged ' || name",
        "UPDATE evaluations_casetext SET weight = '9'",
        "UPDATE evaluations_casetext SET tags = '[\"x\"]'",
        "UPDATE evaluations_askedcase SET case_id = 77",
        "UPDATE evaluations_askedcase SET place = place + 10",
        "DELETE FROM evaluations_askedcase WHERE place = 1",
        "DELETE FROM evaluations_askedcase",
        "UPDATE evaluations_caseset SET size = 77",
    ],
)
def test_cases_that_were_asked_cannot_become_others(done: Run, statement: str) -> None:
    behind_the_back(statement)
    assert named() == "case-set"


@pytest.mark.parametrize(
    "change",
    [
        "weight = '9'",
        "vars = '{}'",
        "tags = '[\"x\"]'",
        "vars = '{}', key = 'another', digest = 'another'",
    ],
)
def test_words_that_no_run_asked_yet_cannot_become_others(engineer, suite, done: Run, change: str) -> None:
    save_case(actor=engineer, suite_id=suite.pk, name="never asked", vars={"decision": "open"})
    close(SHELL)
    assert verify().first_bad is None
    behind_the_back(f"UPDATE evaluations_casetext SET {change} WHERE name = 'never asked'")  # noqa: S608
    assert named() == "case"


def test_a_case_cannot_be_made_to_name_the_words_of_another(suite, done: Run) -> None:
    first = CaseText.objects.earliest("pk").pk
    behind_the_back("UPDATE evaluations_case SET text_id = %s WHERE text_id > %s", first, first)
    assert named() in {"case", "row"}


def test_the_tables_of_results_are_covered_by_the_run_and_not_by_row() -> None:
    assert not issubclass(Result, Recorded)
