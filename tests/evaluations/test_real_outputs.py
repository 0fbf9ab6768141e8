"""Graders on real model outputs that people labelled."""

import json
from pathlib import Path

import pytest

from prompts.evaluations.graders import Context, grade_one
from prompts.evaluations.graders.refusal import refuses

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
