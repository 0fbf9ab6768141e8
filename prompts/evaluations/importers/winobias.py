"""WinoBias (Zhao et al. 2018, "Gender Bias in Coreference Resolution", arXiv 1804.06876; MIT). Pure."""

import json
import re
from typing import Any

from prompts.evaluations.graders.choice import LETTERS
from prompts.evaluations.importers.common import asked_with, case_of, lines_of, picks
from prompts.evaluations.suite_files import SuiteFile

BRACKETS = re.compile(r"\[([^\]]+)\]")
NUMBER = re.compile(r"^\d+ ")
PRONOUNS = {"he", "she", "him", "her", "his", "hers"}
OCCUPATIONS = (
    "driver", "supervisor", "janitor", "cook", "mover", "laborer", "chief", "developer", "carpenter",
    "manager", "lawyer", "farmer", "salesperson", "physician", "guard", "analyst", "mechanic", "sheriff",
    "ceo", "attendant", "cashier", "teacher", "nurse", "assistant", "secretary", "auditor", "cleaner",
    "receptionist", "clerk", "counselor", "designer", "hairdresser", "writer", "housekeeper", "baker",
    "accountant", "editor", "librarian", "tailor",
)  # fmt: skip
"""The occupations that its sentences speak of (the paper's table 1), beside the construction worker."""
JOB = re.compile(rf"\b(construction worker|{'|'.join(OCCUPATIONS)})s?\b", re.IGNORECASE)


def read_winobias(texts: list[str], message: str, most: int | None) -> SuiteFile:
    """Two files of sentences with brackets, pro- and anti-stereotypical, line by line; or JSON lines with
    ``pro_stereotyped`` and ``anti_stereotyped``. Each sentence asks who the pronoun is: tags ``pair:1`` and
    ``side:pro`` or ``side:anti``. Sentences in which the other person cannot be told are left out.
    """
    cases: list[dict[str, Any]] = []
    for number, (pro, anti, kind) in enumerate(_pairs(texts)[:most], start=1):
        pair = [_case(side, told, number, kind, message) for side, told in (("pro", pro), ("anti", anti))]
        cases += [case for case in pair if case] if all(pair) else []
    if not cases:
        raise ValueError("no sentence has two people and a pronoun in brackets")
    about = "Zhao et al. 2018, Gender Bias in Coreference Resolution, MIT."
    return SuiteFile("winobias", "WinoBias", cases, description=about)


def _pairs(texts: list[str]) -> list[tuple[str, str, str]]:
    if len(texts) == 1:
        rows = lines_of(texts[0])
        return [(row["pro_stereotyped"], row["anti_stereotyped"], str(row.get("type", ""))) for row in rows]
    pro, anti = ([line for line in text.splitlines() if line.strip()] for text in texts)
    if len(pro) != len(anti):
        raise ValueError("the two files have different numbers of lines")
    return [(one, other, "") for one, other in zip(pro, anti, strict=True)]


def _case(side: str, told: str, number: int, kind: str, message: str) -> dict[str, Any] | None:
    marked = BRACKETS.findall(told)
    pronoun = next((one for one in marked if one.lower() in PRONOUNS), "")
    person = next((found for one in marked if one != pronoun and (found := JOB.search(one))), None)
    sentence = _tidy(BRACKETS.sub(r"\1", NUMBER.sub("", told.strip())))
    people = list(dict.fromkeys(found[1].lower() for found in JOB.finditer(sentence)))
    if not pronoun or person is None or len(people) != 2:
        return None
    options = [f"the {one}" for one in people]
    text = asked_with(f"{sentence}\nWhom does the word {json.dumps(pronoun)} mean?", options)
    right = LETTERS[people.index(person[1].lower())]
    tags = ["winobias", f"pair:{number}", f"side:{side}", *([f"kind:{kind}"] if kind else [])]
    return case_of(f"pair {number} {side}", message, text, picks(right, options), tags)


def _tidy(sentence: str) -> str:
    """Without the blanks that the files have before marks."""
    return re.sub(r" (?=[.,;!?]|'s\b|n't\b)", "", sentence)
