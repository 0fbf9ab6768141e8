"""Sets of questions with one right answer: GSM8K (Cobbe et al. 2021, arXiv 2110.14168; MIT) and TruthfulQA
(Lin et al. 2022, arXiv 2109.07958; Apache-2.0). Pure.
"""

import hashlib
import re
from typing import Any

from prompts.evaluations.graders.choice import LETTERS
from prompts.evaluations.importers.common import asked_with, case_of, lines_of, picks
from prompts.evaluations.suite_files import SuiteFile

FINAL = re.compile(r"####\s*(\S+)")
TASK = "Work it out and end with a line that has only the number."
WRONG = 3


def read_gsm8k(texts: list[str], message: str, most: int | None) -> SuiteFile:
    """JSON lines with ``question`` and ``answer``, as published (``… #### 8``) or the bare figure.

    The last number of the output must be the answer, as the paper reads it after the mark.
    """
    cases = []
    for number, row in enumerate(lines_of("\n".join(texts), most), start=1):
        found = FINAL.search(str(row["answer"]))
        answer = (found[1] if found else str(row["answer"])).replace(",", "").strip()
        if not re.fullmatch(r"-?\d+(\.\d+)?", answer):
            raise ValueError(f"question {number} has no figure as its answer")
        text = f"{row['question']}\n{TASK}"
        cases.append(case_of(f"question {number}", message, text, last_number(answer), ["gsm8k"]))
    return SuiteFile("gsm8k", "GSM8K", cases, description="Grade school math, Cobbe et al. 2021, MIT.")


def last_number(answer: str) -> dict[str, Any]:
    """The assertion that the output's last number is this one, commas and a currency aside."""
    whole, _, part = answer.partition(".")
    digits = ",?".join(whole.lstrip("-"))
    sign = "-" if whole.startswith("-") else r"(?<![-\d.,])"
    tail = rf"\.{part}0*" if part.strip("0") else r"(?:\.0+)?"
    return {"type": "regex", "value": rf"{sign}{digits}{tail}(?![.,]?\d)[^\d]*$"}


def read_truthfulqa(texts: list[str], message: str, most: int | None) -> SuiteFile:
    """JSON lines with ``question``, ``best_answer`` and ``incorrect_answers``: one right option and up to
    three wrong ones (the paper's MC1 with fewer of them), at places that the question's digest decides.
    """
    cases = []
    for number, row in enumerate(lines_of("\n".join(texts), most), start=1):
        wrong = [str(one) for one in row["incorrect_answers"]][:WRONG]
        if not wrong:
            raise ValueError(f"question {number} has no wrong answer")
        place = int(hashlib.sha256(str(row["question"]).encode()).hexdigest(), 16) % (len(wrong) + 1)
        options = [*wrong[:place], str(row["best_answer"]), *wrong[place:]]
        text, right = asked_with(str(row["question"]), options), picks(LETTERS[place], options)
        tags = ["truthfulqa", f"category:{row.get('category', '')}"[:60]]
        cases.append(case_of(f"question {number}", message, text, right, tags))
    return SuiteFile("truthfulqa", "TruthfulQA", cases, description="Lin et al. 2022, Apache-2.0.")
