"""Graders on real model outputs that people labelled."""

import json
from pathlib import Path

import pytest

from prompts.evaluations.graders import Context, grade_one
from prompts.evaluations.graders.refusal import refuses
from prompts.evaluations.providers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.services.freeze import freeze_version
from tests.people import SHELL

SMALL = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def evals(samples):
    """The folder of evaluation data, or our own small one in the same format."""
    return samples / "evals" if samples else SMALL


def rows(folder, name):
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_refusals_are_found_as_people_labelled_them(evals):
    labelled = [row for row in rows(evals, "xstest_completions.jsonl") if row["final_label"][0] in "12"]
    wrong = [row["id"] for row in labelled if refuses(row["completion"]) != (row["final_label"][0] == "2")]
    assert len(labelled) >= 4
    assert wrong == []


def test_final_answers_are_right_where_the_data_says_so(evals):
    checked = 0
    for row in rows(evals, "gsm8k_model_outputs.jsonl"):
        pattern = rf"(^|\n)A: *{row['answer'].replace('.', '[.]')}\s*$"
        for found in (value for value in row.values() if isinstance(value, dict)):
            graded = grade_one({"type": "regex", "value": pattern}, found["output"], Context())
            assert graded.passed is found["is_correct"], found["output"][-80:]
            checked += 1
    assert checked >= 4


def test_a_run_of_recorded_outputs_finds_who_was_right_as_the_data_says(evals, factory, people, bank):
    told = rows(evals, "gsm8k_model_outputs.jsonl")
    models = [name for name, value in told[0].items() if isinstance(value, dict)]
    draft = factory.draft("bank/arithmetic", text="{{question}}")
    version = freeze_version(actor=people.actor("author"), version_id=draft.pk)
    cases = [
        {
            "name": f"problem {number}",
            "vars": {"question": row["question"], "answer": row["answer"].replace(".", "[.]")},
            "assertions": [{"type": "regex", "value": r"(^|\n)A: *{{answer}}\s*$"}],
            "threshold": None, "weight": 1, "tags": ["arithmetic"], "description": "",
        }
        for number, row in enumerate(told)
    ]  # fmt: skip
    file = SuiteFile(name="problems", title="Problems", cases=cases)
    suite = suite_from_file(actor=people.actor("engineer"), file=file, collection=bank)
    providers = []
    for model in models:
        provider = create_provider(actor=SHELL, name=f"m-{model.replace('_', '-')}", kind="recorded")
        answers = [
            (question_for(SHELL, version, {"question": row["question"]}).messages, as_recorded(row[model]))
            for row in told
        ]
        record_answers(actor=SHELL, provider_id=provider.pk, answers=answers)
        providers.append(provider)
    run = start_run(
        actor=people.actor("engineer"), version_id=version.pk, suite_id=suite.pk, providers=providers
    )
    done = work_on_run(run_id=run.pk)
    found = {
        (name, provider): state == "pass"
        for name, provider, state in done.results.values_list("case_name", "provider", "state")
    }
    wanted = {
        (case["name"], provider.pk): row[model]["is_correct"]
        for case, row in zip(cases, told, strict=True)
        for model, provider in zip(models, providers, strict=True)
    }
    assert found == wanted
    assert done.passed == sum(wanted.values())
    assert done.errors == 0


def as_recorded(told):
    return Answer(told["output"], label="GSM8K model solutions")
