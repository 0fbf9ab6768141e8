"""Everything that moves a pointer, stops it, or comes past the gate."""

from datetime import datetime

from audits.identity.actors import Actor
from portal.services.tend_approvals import tend_approvals
from prompts.registry.models import Environment
from prompts.releases.models import Adoption, Emergency, Release, ScheduledRelease
from prompts.releases.services.adoption import confirm_adoption, propose_adoption, refuse_adoption
from prompts.releases.services.attempt import attempt_promotion, attempt_release, attempt_roll_back
from prompts.releases.services.emergency import (
    ask_emergency,
    confirm_emergency,
    refuse_emergency,
    review_emergency,
)
from prompts.releases.services.freeze import freeze_prompt, lift_freeze
from prompts.releases.services.retire import cancel_retirement, retire_prompt
from prompts.releases.services.schedule import cancel_schedule, schedule_release
from prompts.releases.services.sweep import sweep_releases
from tests.flows.acts.world import PLACES, Nothing, World

WHY = "It is time."


class Releasing(World):
    """Two thirds of all moves go to production."""

    @staticmethod
    def _place(twist: int) -> str:
        return PLACES[min(twist % 6, 2)]

    def release(self, actor: Actor, pick: int, twist: int) -> None:
        version = self.frozen(pick)
        attempt_release(actor=actor, version_id=version.pk, environment=self._place(twist), reason=WHY)

    def promote(self, actor: Actor, pick: int, twist: int) -> None:
        live = self.one(Release.objects.filter(state="live"), pick)
        seen = {"prompt_id": live.prompt_id, "seen_version": live.version.number}
        attempt_promotion(actor=actor, environment=live.environment, reason=WHY, **seen)

    def roll_back(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(Release.objects.exclude(state="live"), pick)
        back = {"environment": row.environment, "to_version": row.version.number}
        attempt_roll_back(actor=actor, prompt_id=row.prompt_id, reason=WHY, **back)

    def schedule(self, actor: Actor, pick: int, twist: int) -> None:
        if twist == 11:
            row = self.one(ScheduledRelease.objects.filter(state="waiting"), pick)
            cancel_schedule(actor=actor, schedule_id=row.pk, reason=WHY)
            return
        told = {"version_id": self.frozen(pick).pk, "environment": self._place(twist)}
        schedule_release(actor=actor, due_at=self.later(hours=1 + twist), reason=WHY, **told)

    def pass_time(self, hours: int) -> datetime:
        """The clock goes on, and the portal does what is due; returns the moment."""
        now = self.later(hours=hours)
        self.offset += now - self.later()
        sweep_releases(now=now)
        tend_approvals(now)
        return now

    def freeze(self, actor: Actor, pick: int, twist: int) -> None:
        prompt = self.prompt(pick)
        safe = prompt.versions.order_by("-number")[twist % 2].number if self._some(prompt, twist) else None
        freeze_prompt(actor=actor, prompt_id=prompt.pk, reason="Harm.", safe_version=safe)

    @staticmethod
    def _some(prompt: object, twist: int) -> bool:
        return twist > 5 and prompt.versions.count() > twist % 2  # type: ignore[attr-defined]

    def lift(self, actor: Actor, pick: int, twist: int) -> None:
        lift_freeze(actor=actor, prompt_id=self.prompt(pick).pk, reason=WHY)

    def retire(self, actor: Actor, pick: int, twist: int) -> None:
        prompt = self.prompt(pick)
        if twist < 8:
            cancel_retirement(actor=actor, prompt_id=prompt.pk, reason=WHY)
        else:
            sunset = self.later(hours=12) if twist < 11 else None
            retire_prompt(actor=actor, prompt_id=prompt.pk, reason="Old.", sunset_at=sunset)

    def ask_emergency(self, actor: Actor, pick: int, twist: int) -> None:
        told = {"version_id": self.frozen(pick).pk, "environment": self._place(twist)}
        ask_emergency(actor=actor, reason="It burns.", hours=1 + twist % 8, **told)

    def confirm_emergency(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(Emergency.objects.filter(state="asked"), pick)
        if twist == 11:
            refuse_emergency(actor=actor, emergency_id=row.pk, reason=WHY)
        else:
            confirm_emergency(actor=actor, emergency_id=row.pk)

    def review_emergency(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(Emergency.objects.all(), pick)
        review_emergency(actor=actor, emergency_id=row.pk, outcome="justified", text="It burnt.")

    def adopt(self, actor: Actor, pick: int, twist: int) -> None:
        propose_adoption(
            actor=actor,
            prompt_ids=[self.prompt(pick).pk],
            environment=Environment.objects.get(slug=self._place(twist)),
            reason=WHY,
            recertify_by=self.later(days=1 + 20 * twist),
        )

    def confirm_adoption(self, actor: Actor, pick: int, twist: int) -> None:
        row = self.one(Adoption.objects.filter(state="open"), pick)
        if twist == 11:
            refuse_adoption(actor=actor, adoption_id=row.pk, reason=WHY)
            return
        made, _ = confirm_adoption(actor=actor, adoption_id=row.pk)
        if not made:
            raise Nothing("It was confirmed, and none of it could be taken on.")
