"""What a run asked: rows that runs of the same cases share, that never change, read in pieces."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from portal.run_verifier import cases
from prompts.evaluations import selectors
from prompts.evaluations.models import AskedCase, CaseSet, CaseText, Run
from prompts.evaluations.selectors import (
    asked_case,
    asked_in_order,
    cases_in_use,
    current_digests,
    snapshot_of,
)
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.evaluations.snapshots import digest_of, digest_of_list
from tests.ledger.helpers import behind_the_back


def asked(run):
    return [case for piece in asked_in_order(run) for case in piece]


def another(engineer, run):
    provider = run.providers[0]["id"]
    return start_run(actor=engineer, version_id=run.version_id, suite_id=run.suite_id, providers=[provider])


def change_one(engineer, suite):
    changed = {"vars": {"decision": "granted at last"}, "tags": ["late"]}
    return save_case(actor=engineer, suite_id=suite.pk, name="granted", **changed)


def test_runs_of_unchanged_cases_share_them(engineer, suite, run):
    rows = AskedCase.objects.count()
    again = another(engineer, run)
    assert (again.case_set_id, AskedCase.objects.count()) == (run.case_set_id, rows)
    change_one(engineer, suite)
    changed = another(engineer, run)
    assert changed.case_set_id != run.case_set_id
    assert CaseText.objects.count() == 4
    assert asked_case(run, "granted").vars == {"decision": "granted"}
    assert asked_case(changed, "granted").vars == {"decision": "granted at last"}
    assert asked_case(changed, "granted").tags == ["late"]
    assert asked_case(changed, "nobody") is None


def test_tags_are_kept_and_decide_nothing(engineer, suite, run):
    case = suite.cases.get(name="granted")
    known = {name: getattr(case, name) for name in ("name", "vars", "assertions", "threshold", "weight")}
    save_case(actor=engineer, suite_id=suite.pk, tags=["late"], **known)
    tagged = another(engineer, run)
    assert tagged.case_digest == run.case_digest
    assert (asked_case(run, "granted").tags, asked_case(tagged, "granted").tags) == ([], ["late"])


def test_the_digest_of_the_cases_is_that_of_their_digests_in_order(run):
    digests = sorted(case.digest for case in asked(run))
    assert run.case_digest == digest_of(digests) == digest_of_list(digests)
    assert digest_of_list([]) == digest_of([])


@pytest.mark.parametrize("model", [CaseSet, CaseText, AskedCase])
def test_what_was_asked_never_changes(run, model):
    row = model.objects.first()
    for act in (row.save, model.objects.filter(pk=row.pk).delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_run_in_pieces_asks_everything_once(monkeypatch, engineer, version, suite, served, stub_server):
    monkeypatch.setattr(selectors, "PIECE", 2)
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[served], repeats=2)
    done = work_on_run(run_id=run.pk)
    assert (done.passed, len(stub_server.asked), done.results.count()) == (6, 6, 6)


def test_the_weighted_pass_rate_is_the_same_in_pieces(monkeypatch, run):
    monkeypatch.setattr(selectors, "PIECE", 2)
    assert work_on_run(run_id=run.pk).score == Decimal("0.5")


@pytest.mark.parametrize(("weight", "score"), [(0, "0.666667"), (3, "0.666667")])
def test_cases_of_equal_weight_count_alike(engineer, suite, run, weight, score):
    for case in suite.cases.all():
        wanted = {"vars": case.vars, "assertions": case.assertions, "weight": weight}
        save_case(actor=engineer, suite_id=suite.pk, name=case.name, **wanted)
    assert work_on_run(run_id=another(engineer, run).pk).score == Decimal(score)


@pytest.fixture
def back_to_lists(transactional_db):
    """The database as it was when a run held its cases in a column; what it is now comes back afterwards."""
    now = MigrationExecutor(connection).loader.graph.leaf_nodes()
    executor = MigrationExecutor(connection)
    executor.migrate([("evaluations", "0006_cases_of_runs_are_rows")])
    yield executor.loader.project_state([("evaluations", "0006_cases_of_runs_are_rows")]).apps
    MigrationExecutor(connection).migrate(now)


def test_cases_in_a_column_become_rows_and_come_back(transactional_db, run, request):
    before = [case.as_dict() for case in asked(run)]
    old = request.getfixturevalue("back_to_lists").get_model("evaluations", "Run")
    kept = old.objects.get(pk=run.pk)
    assert [case["digest"] for case in kept.cases] == [case["digest"] for case in before]
    strange = [{**kept.cases[0], "digest": "d" * 64}]
    old.objects.create(
        **{name: getattr(kept, name) for name in ("prompt", "version", "suite", "requested_by_name")},
        version_digest=kept.version_digest, case_digest="e" * 64, cases=strange, key="another",
    )  # fmt: skip
    MigrationExecutor(connection).migrate([("evaluations", "0008_cases_of_runs_only_grow")])
    now = Run.objects.defer(*_later_columns()).get(pk=run.pk)
    assert [case.as_dict() for case in asked(now)] == before
    assert now.case_set.case_digest == run.case_digest
    other = Run.objects.defer(*_later_columns()).get(key="another")
    assert [case.digest for case in asked(other)] == ["d" * 64]


def _later_columns():
    """Columns of runs that migrations behind those under test have added."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "evaluations_run")
    there = {column.name for column in found}
    return [field.name for field in Run._meta.concrete_fields if field.column not in there]


@pytest.fixture
def before_words(transactional_db):
    """The database as it was when cases did not name their words; what it is now comes back afterwards."""
    now = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([("evaluations", "0015_cases_tell_their_call")])
    yield
    MigrationExecutor(connection).migrate(now)


def test_cases_of_before_get_their_words(transactional_db, engineer, suite, run, request):
    untouched = {case.name: case.text_id for case in suite.cases.all()}
    never = save_case(actor=engineer, suite_id=suite.pk, name="never asked", vars={"decision": "open"})
    told = current_digests([suite.pk])
    request.getfixturevalue("before_words")
    behind_the_back("DELETE FROM evaluations_casetext WHERE id = %s", never.text_id)
    MigrationExecutor(connection).migrate([("evaluations", "0018_every_case_names_its_words")])
    found = {case.name: case.text_id for case in suite.cases.exclude(pk=never.pk)}
    assert found == untouched
    assert CaseText.objects.get(cases=never.pk).vars == {"decision": "open"}
    assert current_digests([suite.pk]) == told


def test_a_run_is_started_without_reading_a_case(engineer, version, suite, served):
    for number in range(300):
        save_case(actor=engineer, suite_id=suite.pk, name=f"case {number}", vars={"decision": str(number)})
    told = {"actor": engineer, "version_id": version.pk, "suite_id": suite.pk, "providers": [served]}
    with CaptureQueriesContext(connection) as queries:
        run = start_run(**told)
    assert len(queries) < 40
    assert not [query for query in queries.captured_queries if '"vars"' in query["sql"]]
    assert [case.name for case in asked(run)] == [case.name for case in cases_in_use(suite)]


@pytest.mark.parametrize("number", [-0.0, 0.1, 1e-7, 2.0**52, 3])
def test_a_case_and_its_words_say_one_thing_on_every_database(engineer, suite, number):
    kept = [{"type": "levenshtein", "value": "x", "threshold": number}]
    case = save_case(actor=engineer, suite_id=suite.pk, name="one", vars={"n": [number]}, assertions=kept)
    case = suite.cases.get(pk=case.pk)
    assert snapshot_of(case).key == case.text.key
    assert list(cases()) == []
