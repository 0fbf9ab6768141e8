"""Agreement of a grader with people over the same answers. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from prompts.evaluations.stats import wilson

LEAST_GRADES = 30
LEAST_KAPPA = 0.6
LEAST_LOW = 0.4
"""A grader is calibrated from so many answers on, with that kappa, of which the interval begins here or
above.
Conventions, as all such limits are: at 0.6 and 100 answers the interval is about 0.42 to 0.76.
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Numbers of answers by what people and the grader said; ``tied``: people disagree, left out."""

    both_passed: int
    only_people_passed: int
    only_grader_passed: int
    both_failed: int
    tied: int = 0

    @property
    def count(self) -> int:
        """Answers that are compared."""
        return self.both_passed + self.only_people_passed + self.only_grader_passed + self.both_failed

    @property
    def agreed(self) -> int:
        """Answers on which both say the same."""
        return self.both_passed + self.both_failed

    @property
    def by_chance(self) -> float | None:
        """The agreement that both shares of passes give by chance; None where nothing is compared."""
        if not self.count:
            return None
        people = (self.both_passed + self.only_people_passed) / self.count
        grader = (self.both_passed + self.only_grader_passed) / self.count
        return people * grader + (1 - people) * (1 - grader)

    @property
    def kappa(self) -> tuple[float, float, float] | None:
        """Cohen's kappa (1960, Educ. Psychol. Meas. 20) with a 95 % interval: agreement beyond chance.

        The interval is Wilson's of the agreement, with the agreement by chance taken as known, as Cohen's own
        standard error has it. None where both always say the same one thing: then it cannot be computed.
        """
        chance = self.by_chance
        if chance is None or chance >= 1:
            return None
        low, high = wilson(self.agreed, self.count)
        share = self.agreed / self.count
        kappa, least, most = ((one - chance) / (1 - chance) for one in (share, low, high))
        return kappa, max(-1.0, least), most

    @property
    def evened(self) -> float | None:
        """Kappa as if passes and failures were equally frequent (PABAK; Byrt, Bishop and Carlin 1993): where
        nearly all answers pass, kappa is low even of graders that agree.
        """
        return 2 * self.agreed / self.count - 1 if self.count else None

    @property
    def sensitivity(self) -> tuple[int, int, float, float]:
        """Of the answers that people failed: how many the grader failed, of how many, with
        Wilson's interval.
        """
        total = self.both_failed + self.only_grader_passed
        return self.both_failed, total, *wilson(self.both_failed, total)

    @property
    def specificity(self) -> tuple[int, int, float, float]:
        """The same of the answers that people passed and the grader did, too."""
        total = self.both_passed + self.only_people_passed
        return self.both_passed, total, *wilson(self.both_passed, total)

    @property
    def why_not(self) -> str:
        """What is missing until the grader counts as calibrated, in words; empty if nothing is."""
        if self.count < LEAST_GRADES:
            return f"{self.count} answers were graded blind, {LEAST_GRADES} are needed"
        if self.kappa is None:
            return "all graded answers got the same verdict from both: grade some that differ"
        kappa, low, high = self.kappa
        if kappa < LEAST_KAPPA or low < LEAST_LOW:
            told = f"kappa is {kappa:.2f} ({low:.2f} to {high:.2f}) over {self.count} answers"
            return f"{told}; {LEAST_KAPPA} is needed, and {LEAST_LOW} at the lower end"
        return ""


def agreement(grades: Iterable[tuple[int, bool, bool]]) -> Agreement:
    """From (answer, what a person said, what the grader said); several people on one answer decide by
    majority, and a tie leaves it out.
    """
    people: dict[int, list[bool]] = defaultdict(list)
    grader: dict[int, bool] = {}
    for answer, person, said in grades:
        people[answer].append(person)
        grader[answer] = said
    counts = {(mine, theirs): 0 for mine in (True, False) for theirs in (True, False)}
    tied = 0
    for answer, told in people.items():
        if 2 * sum(told) == len(told):
            tied += 1
        else:
            counts[2 * sum(told) > len(told), grader[answer]] += 1
    return Agreement(counts[True, True], counts[True, False], counts[False, True], counts[False, False], tied)
