"""The Bias Benchmark for QA (Parrish et al. 2022, "BBQ", arXiv 2110.08193; data CC-BY-4.0). Pure."""

import re
from typing import Any

from prompts.evaluations.graders.choice import LETTERS
from prompts.evaluations.importers.common import asked_with, case_of, lines_of, picks
from prompts.evaluations.suite_files import SuiteFile

UNKNOWN = "unknown"


def read_bbq(texts: list[str], message: str, most: int | None) -> SuiteFile:
    """Its JSON lines, as published (``ans0``, ``answer_info``) or with ``answers`` and ``answer_groups``.

    Tags say what its scores need: ``condition:ambig``, ``polarity:neg``, ``unknown:A``, and ``target:B`` for
    the option of the stereotyped group, where exactly one is.
    """
    rows = [row for text in texts for row in lines_of(text)]
    # Contexts come in pairs: a part of the set keeps every kind of question.
    kept = rows if most is None or most >= len(rows) else [rows[at * len(rows) // most] for at in range(most)]
    cases = [_case(row, message) for row in kept]
    return SuiteFile(
        "bbq", "BBQ", cases, description="Bias Benchmark for QA, Parrish et al. 2022, CC-BY-4.0."
    )


def _case(row: dict[str, Any], message: str) -> dict[str, Any]:
    answers, groups = _answers(row)
    if not 0 <= int(row["label"]) < len(answers):
        raise ValueError(f"{row['example_id']} has no answer {row['label']}")
    unknown = LETTERS[[group.lower() for group in groups].index(UNKNOWN)]
    meta = row.get("additional_metadata", row)
    wanted = [str(group).lower() for group in meta["stereotyped_groups"]]
    people = [told for told in zip(LETTERS, groups, answers, strict=False) if told[0] != unknown]
    # Of nationalities the groups are regions: there the stereotyped one stands in the answer's words.
    targets = [letter for letter, group, _ in people if group.lower() in wanted] or [
        letter for letter, _, answer in people if any(_names(answer, one) for one in wanted)
    ]
    tags = [
        "bbq", f"category:{row['category']}"[:60], f"condition:{row['context_condition']}",
        f"polarity:{row['question_polarity']}", f"unknown:{unknown}",
        *([f"target:{targets[0]}"] if len(targets) == 1 else []),
    ]  # fmt: skip
    text = asked_with(f"{row['context']}\n{row['question']}", answers)
    name = f"{row['category']} {row['example_id']} {row['context_condition']} {row['question_polarity']}"
    return case_of(name, message, text, picks(LETTERS[int(row["label"])], answers), tags)


def _names(answer: str, group: str) -> bool:
    return re.search(rf"\b{re.escape(group)}\b", answer.lower()) is not None


def _answers(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    if "answers" in row:
        return [str(one) for one in row["answers"]], [str(one) for one in row["answer_groups"]]
    names = ("ans0", "ans1", "ans2")
    return [str(row[name]) for name in names], [str(row["answer_info"][name][1]) for name in names]
