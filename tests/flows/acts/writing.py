"""Texts, descriptions, cases and runs."""

from audits.identity.actors import Actor
from prompts.evaluations.models import Case
from prompts.evaluations.providers import Answer
from prompts.evaluations.services.cases import delete_case
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.registry.models import Comment, Prompt, Version
from prompts.registry.services.comments import resolve_comment, write_comment
from prompts.registry.services.drafts import create_draft, edit_draft
from prompts.registry.services.prompts import create_prompt, edit_prompt
from tests.flows.acts.world import World
from tests.people import SHELL

MOST = 3
TIERS = ("limited", "high", "minimal")


class Writing(World):
    """``write`` begins a prompt, begins a draft or edits one."""

    def write(self, actor: Actor, pick: int, twist: int) -> None:
        self.number += 1
        text = [{"role": "text", "content": f"Say {self.number} kindly."}]
        prompts = Prompt.objects.filter(collection__slug="bank")
        if prompts.count() < MOST and twist < 6:
            name, told = f"bank/letter-{self.number}", {"purpose": "Says it.", "excluded_use": "Law."}
            made = create_prompt(
                actor=actor, name=name, messages=text, risk_tier=TIERS[pick % 3], **told
            ).versions.get()
        elif draft := Version.objects.filter(prompt=self.prompt(pick), frozen_at=None).first():
            seen = draft.revision - (twist == 11)
            made = edit_draft(
                actor=actor, version_id=draft.pk, seen_revision=seen, changes={"messages": text}
            )
        elif twist > 8:
            made = create_draft(actor=actor, prompt_id=self.prompt(pick).pk, from_version=1)
        else:
            made = create_draft(actor=actor, prompt_id=self.prompt(pick).pk, messages=text)
        self.wrote[made.pk].add(actor.name)

    def document(self, actor: Actor, pick: int, twist: int) -> None:
        self.number += 1
        changes: dict[str, object] = {"purpose": f"Purpose {self.number}." if twist % 4 else ""}
        prompt = self.prompt(pick)
        if twist in (1, 2):
            changes = {"risk_tier": next(tier for tier in TIERS[twist:] + TIERS if tier != prompt.risk_tier)}
        elif changes["purpose"] == prompt.purpose:
            changes = {"limits": f"Limit {self.number}."}
        edit_prompt(actor=actor, prompt_id=prompt.pk, changes=changes)

    def comment(self, actor: Actor, pick: int, twist: int) -> None:
        if twist % 2:
            open_ones = Comment.objects.filter(resolved_at=None, parent=None)
            resolve_comment(actor=actor, comment_id=self.one(open_ones, pick).pk)
        else:
            write_comment(actor=actor, prompt_id=self.prompt(pick).pk, text="Really?")

    def write_case(self, actor: Actor, pick: int, twist: int) -> None:
        if twist == 3:
            delete_case(actor=actor, case_id=self.one(Case.objects.filter(is_active=True), pick).pk)
        else:
            self._case(("polite", "short", "kind")[pick % 3], actor, ("please", "thank")[twist % 2])

    def run(self, actor: Actor, pick: int, twist: int) -> None:
        """The suite on a frozen text, with a recorded answer that passes, or does not."""
        version = self.frozen(pick)
        said = Answer("Would you please? We thank you." if twist % 4 else "No.", label="test")
        record_answers(actor=SHELL, provider_id=self.provider.pk, answers=[(version.messages, said)])
        started = start_run(
            actor=actor, version_id=version.pk, suite_id=self.suite.pk, providers=[self.provider]
        )
        work_on_run(run_id=started.pk)
