"""The judge of a run: who it is, what it said, what that cost. Runs in threads, touches no database."""

from dataclasses import dataclass, field
from decimal import Decimal

from prompts.evaluations.costs import Prices, cost_of
from prompts.evaluations.graders import ToolFault
from prompts.evaluations.graders.outcome import Message
from prompts.evaluations.providers import Answer, Model, ProviderFault, Question, question_digest


def price_of(prices: Prices, answer: Answer) -> Decimal | None:
    """What an answer cost in USD: nothing where it was kept, None where price or tokens are unknown."""
    if answer.kept_from is not None:
        return Decimal(0)
    return cost_of(prices, answer.input_tokens, answer.output_tokens, answer.cached_tokens)


@dataclass(frozen=True, slots=True)
class Judge:
    """A provider that judges: its name, how it is asked, its prices."""

    name: str
    ask: Model
    prices: Prices


@dataclass(slots=True)
class Hearing:
    """What the judge was asked about one result.

    ``heard`` holds its answers by the digest of what it was asked; results of the same case share it.
    ``cost`` is in USD, None where nothing was asked anew or no price is known.
    """

    judge: Judge
    heard: dict[str, Answer]
    repeat: int = 1
    cost: Decimal | None = None
    models: set[str] = field(default_factory=set)

    def ask(self, messages: list[Message]) -> str:
        """The judge's answer; raises ``ToolFault``."""
        asked = Question(messages=list(messages), repeat=self.repeat)
        key = question_digest(asked.messages)
        if key not in self.heard:
            try:
                self.heard[key] = self.judge.ask(asked)
            except ProviderFault as fault:
                raise ToolFault(fault.message) from None
            self._charge(self.heard[key])
        self.models.add(self.heard[key].response_model)
        return self.heard[key].output

    def _charge(self, answer: Answer) -> None:
        told = price_of(self.judge.prices, answer)
        if told is not None:
            self.cost = told + (self.cost or Decimal(0))

    @property
    def judged_by(self) -> str:
        """The provider and the models that answered in its name; empty where it was never asked."""
        if not self.models:
            return ""
        named = ", ".join(sorted(self.models - {""}))
        return f"{self.judge.name}: {named}" if named else self.judge.name
