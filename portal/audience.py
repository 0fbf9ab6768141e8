"""Who may be told of prompts, and how he wants it: asked once for a whole batch of events."""

from collections.abc import Iterable

from audits.identity.models import User
from audits.notices.selectors import Choice, Choices, choices_of, default
from prompts.registry.models import Prompt
from prompts.registry.watching import watchers_of_all, who_sees


class Audience:
    """Watchers and viewers of the prompts that were learned, with as many queries for one as for many."""

    def __init__(self, prompts: Iterable[Prompt] = ()) -> None:
        self._watchers: dict[int, list[User]] = {}
        self._seeing: dict[int, set[int]] = {}
        self._choices: Choices = {}
        self._asked: set[int] = set()
        self.learn(prompts)

    def learn(self, prompts: Iterable[Prompt]) -> None:
        """Finds out about these prompts, but for those that are known."""
        new = [prompt for prompt in prompts if prompt.pk not in self._seeing]
        if new:
            self._watchers |= watchers_of_all(new)
            self._seeing |= who_sees(new)
            self.meet({user.pk: user for prompt in new for user in self._watchers[prompt.pk]}.values())

    def meet(self, users: Iterable[User]) -> None:
        """Finds out what these people chose, but for those that are known."""
        new = [user for user in users if user.pk not in self._asked]
        if new:
            self._choices |= choices_of(new)
            self._asked |= {user.pk for user in new}

    def watchers(self, prompt: Prompt) -> list[User]:
        """Everybody who hears of the prompt."""
        self.learn([prompt])
        return self._watchers[prompt.pk]

    def sees(self, user: User, prompt: Prompt) -> bool:
        """Whether the person may see the prompt."""
        self.learn([prompt])
        return user.pk in self._seeing[prompt.pk]

    def choice(self, user: User, topic: str) -> Choice:
        """How the person hears of the topic."""
        self.meet([user])
        return self._choices.get((user.pk, topic)) or default(topic)
