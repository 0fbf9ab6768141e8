"""Who may write suites and schedules, and who may configure providers."""

from typing import Any

from audits.identity.policies import ConfigurationPolicy, Policy
from audits.identity.roles import ADMINISTRATOR, DOMAIN_EXPERT, ETHICS_OFFICER, EVALUATORS, STEWARD
from prompts.evaluations.models import Result, Run, Schedule, Suite
from prompts.registry.models import Collection
from prompts.registry.policies import PromptPolicy
from prompts.registry.querysets import collections_with

SHARED_SUITE_WRITERS = (STEWARD, ETHICS_OFFICER, ADMINISTRATOR)


class SuitePolicy(Policy):
    """Evaluators write the suites of collections they see; suites of everybody have fewer writers."""

    def why_not_view(self, suite: Suite) -> str:
        seen = Suite.objects.filter(pk=suite.pk).visible_to(self.actor).exists()
        return "" if seen else f"{self.actor.name} may not see this suite."

    def why_not_create(self, collection: Collection | None) -> str:
        """``collection`` empty: a suite for everybody."""
        if self.actor.kind in {"shell", "system"}:
            return ""
        if collection is None:
            may = self.actor.has_role(*SHARED_SUITE_WRITERS)
            return "" if may else "Suites for every collection are written by stewards and ethics officers."
        if not (self.actor.has_role(*EVALUATORS) or self.actor.verb("evaluate")):
            return f"{self.actor.name} has no role that writes suites."
        seen = collections_with(self.actor, "view").filter(pk=collection.pk).exists()
        return "" if seen else f"{self.actor.name} may not see this collection."

    def why_not_write(self, suite: Suite) -> str:
        return self.why_not_create(suite.collection)


class ProviderPolicy(ConfigurationPolicy):
    """Providers hold keys and cost money: administrators configure them."""


class WordListPolicy(Policy):
    """Everybody reads word lists; who writes suites for every collection keeps them."""

    def why_not_view(self, row: Any = None) -> str:
        return "" if self.actor.is_active else f"{self.actor.name} may not see word lists."

    def why_not_write(self, row: Any = None) -> str:
        if self.actor.kind in {"shell", "system"} or self.actor.has_role(*SHARED_SUITE_WRITERS):
            return ""
        return "Word lists are kept by stewards, ethics officers and administrators."


class RunPolicy(Policy):
    """A run is seen with its prompt, and stopped by whoever might have started it."""

    def why_not_view(self, run: Run) -> str:
        return PromptPolicy(self.actor).why_not("view", run.prompt)

    def why_not_cancel(self, run: Run) -> str:
        return PromptPolicy(self.actor).why_not("evaluate", run.prompt)

    def why_not_pause(self, run: Run) -> str:
        return self.why_not_cancel(run)

    def why_not_resume(self, run: Run) -> str:
        return self.why_not_cancel(run)


class OverridePolicy(Policy):
    """People who evaluate overrule graders, by name; nobody the verdict on a text of his own."""

    def why_not_override(self, result: Result) -> str:
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only people overrule a verdict, by name."
        if not result.run.is_over:
            return "The run is not over."
        version = result.run.version
        wrote = (
            version.author_id == self.actor.user.pk or version.authors.filter(user=self.actor.user).exists()
        )
        if wrote:
            return "Who wrote the version does not overrule verdicts on it."
        return PromptPolicy(self.actor).why_not("evaluate", result.run.prompt)


class GradePolicy(Policy):
    """Experts grade answers blind, by name: nobody the answers to a text of his own, or what he overruled."""

    ROLES = (DOMAIN_EXPERT, ETHICS_OFFICER, STEWARD)

    def why_not_grade(self, result: Result) -> str:
        if why := self.why_not_sample(result.run):
            return why
        if result.overrides.filter(by=self.actor.user).exists():
            return "You overruled this verdict, so you have seen it."
        return ""

    def why_not_sample(self, run: Run) -> str:
        """Whether answers of the run may be graded at all."""
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only people grade, by name."
        if not self.actor.has_role(*self.ROLES):
            return "Domain experts, ethics officers and stewards grade answers."
        if not run.is_over:
            return "The run is not over."
        version = run.version
        if version.author_id == self.actor.user.pk or version.authors.filter(user=self.actor.user).exists():
            return "Who wrote the version does not grade answers to it."
        return PromptPolicy(self.actor).why_not("view", run.prompt)


class SchedulePolicy(Policy):
    """Who may start a run may also have it started every so often."""

    def why_not_view(self, schedule: Schedule) -> str:
        return PromptPolicy(self.actor).why_not("view", schedule.prompt)

    def why_not_write(self, prompt: Any) -> str:
        return PromptPolicy(self.actor).why_not("evaluate", prompt)
