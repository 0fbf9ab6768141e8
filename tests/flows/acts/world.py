"""The stage: people, prompts, a suite, a clock that goes on, and a record of its own of who wrote what."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.models import ServiceAccount, User
from audits.identity.services.keys import create_key
from audits.ledger.models import Event
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.providers import create_provider
from prompts.evaluations.services.suites import create_suite
from prompts.registry.models import Collection, Prompt, Version
from prompts.releases.services.gate_policies import set_gate
from tests.people import SHELL, People

PLACES = ("development", "staging", "production")
TIED = {
    "write": ("registry.prompt.created", "registry.draft.created", "registry.draft.edited"),
    "submit": ("lifecycle.request.opened",),
    "sign": ("lifecycle.version.signed",),
    "sign_for": ("lifecycle.version.signed",),
    "send_back": ("lifecycle.request.returned", "lifecycle.request.rejected", "lifecycle.request.withdrawn"),
    "delegate": ("lifecycle.delegation.signed", "lifecycle.delegation.revoked"),
    "release": ("releases.release.made",),
    "promote": ("releases.release.made",),
    "roll_back": ("releases.release.rolled_back",),
    "schedule": ("releases.schedule.made", "releases.schedule.cancelled"),
    "freeze": ("releases.prompt.frozen",),
    "lift": ("releases.prompt.unfrozen",),
    "retire": ("releases.prompt.retired", "releases.retirement.planned", "releases.retirement.cancelled"),
    "ask_emergency": ("releases.emergency.asked",),
    "confirm_emergency": ("releases.emergency.released", "releases.emergency.refused"),
    "review_emergency": ("releases.emergency.reviewed",),
    "adopt": ("releases.adoption.proposed",),
    "confirm_adoption": ("releases.release.inherited", "releases.adoption.refused"),
    "propose_policy": ("lifecycle.policy.proposed",),
    "confirm_policy": ("lifecycle.policy.confirmed", "lifecycle.policy.refused"),
    "propose_gate": ("releases.gate.proposed",),
    "confirm_gate": (
        *("releases.gate.set", "releases.gate.suite_set"),
        *("releases.gate.suite_removed", "releases.gate.refused"),
    ),
    "write_case": ("evaluations.case.saved", "evaluations.case.removed"),
    "run": ("evaluations.run.started",),
    "document": ("registry.prompt.changed",),
    "change_person": ("identity.user.changed",),
    "confirm_person": ("identity.proposal.confirmed",),
    "comment": ("registry.comment.written", "registry.comment.resolved"),
}
"""By act the entries of which a success leaves exactly one."""


class Nothing(GovernedError):
    """There is nothing to do this to."""


class World:
    """``wrote`` are the user names and keys that wrote in a version, as seen from here."""

    def __init__(self, people: People) -> None:
        self.people, self.offset = people, timedelta()
        self.wrote: dict[int, set[str]] = defaultdict(set)
        self.done: Counter[str] = Counter()
        self.number = 0
        real = timezone.now
        self.clock = mock.patch.object(timezone, "now", side_effect=lambda: real() + self.offset)
        self.clock.start()
        bank = Collection.objects.get(slug="bank")
        self.suite = create_suite(actor=SHELL, name="letters", collection=bank)
        self._case("polite")
        self.provider = create_provider(actor=SHELL, name="recorded", kind="recorded")
        emergency = {"emergency_roles": ["ethics-officer", "steward"], "emergency_hours": 8}
        set_gate(actor=SHELL, environment="production", review_hours=24, **emergency)
        verbs, places = ["read", "write", "evaluate", "release"], list(PLACES)
        asked = {"collections": ["bank"], "environments": places, "protected_environments": places}
        self.robot = create_key(actor=SHELL, name="robot", verbs=verbs, **asked).account
        self.reader = create_key(actor=SHELL, name="reader", verbs=["read"], **asked).account

    def end(self) -> None:
        """The clock goes right again."""
        self.clock.stop()

    def somebody(self, name: str) -> Actor:
        """Whoever bears that name in ``People``, with the roles of the moment; ``robot`` is a key."""
        who = self.robot if name == "robot" else getattr(self.people, name)
        if isinstance(who, ServiceAccount):
            return Actor.for_account(ServiceAccount.objects.get(pk=who.pk))
        return Actor.for_user(User.objects.get(pk=who.pk))

    def try_(self, act: str, who: str, pick: int, twist: int) -> bool:
        """One act; whether it was done. What is done leaves exactly one entry of its kind, else none."""
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            getattr(self, act)(self.somebody(who), pick, twist)
        except GovernedError:
            assert self._told(last, TIED[act]) == 0, f"{act} was refused, and told nevertheless"
            return False
        assert self._told(last, TIED[act]) == 1, f"{act} is not told exactly once"
        self.done[act] += 1
        return True

    @staticmethod
    def _told(last: int, kinds: Iterable[str]) -> int:
        return Event.objects.filter(pk__gt=last, event__in=kinds).count()

    @staticmethod
    def one(rows: Any, pick: int) -> Any:
        """The newest of the rows for 0, and so on; raises ``Nothing``."""
        found = list(rows.order_by("-pk")[:12])
        if not found:
            raise Nothing("There is none.")
        return found[pick % len(found)]

    def prompt(self, pick: int) -> Prompt:
        """One of the prompts."""
        return self.one(Prompt.objects.filter(collection__slug="bank"), pick)  # type: ignore[no-any-return]

    def frozen(self, pick: int) -> Version:
        """One of the frozen versions, with its prompt."""
        return self.one(Version.objects.frozen().select_related("prompt"), pick)  # type: ignore[no-any-return]

    def later(self, **span: float) -> datetime:
        """A moment ahead."""
        return timezone.now() + timedelta(**span)

    def _case(self, name: str, actor: Actor = SHELL, word: str = "please") -> None:
        told = [{"type": "contains", "value": word}]
        save_case(actor=actor, suite_id=self.suite.pk, name=name, assertions=told)
