"""Submitting, signing, sending back and delegating."""

from audits.identity.actors import Actor
from portal.evidence import collect
from portal.services.sign_delegation import sign_delegation
from portal.services.sign_version import sign_version
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.models import ApprovalRequest, Delegation
from prompts.lifecycle.services.delegate import revoke_delegation
from prompts.lifecycle.services.requests import reject, request_changes, submit_version, withdraw
from prompts.registry.models import Version
from tests.flows.acts.world import World
from tests.people import PASSWORD
from tests.reading import open_everything

ROLES = tuple(MEANINGS)


class Signing(World):
    """A signer mostly does as he should; some twists forget to read, or give what is wrong."""

    def submit(self, actor: Actor, pick: int, twist: int) -> None:
        rows = Version.objects.filter(frozen_at=None) if twist < 9 else Version.objects.all()
        submit_version(actor=actor, version_id=self.one(rows, pick).pk, why="It is needed.")

    def sign(self, actor: Actor, pick: int, twist: int) -> None:
        request = self._open(pick)
        seats = [seat["role"] for seat in request.seats]
        held = [role for role in seats if role in actor.roles] or seats
        self._sign(actor, request, twist, held[twist % len(held)] if twist < 11 else ROLES[pick % 4])

    def sign_for(self, actor: Actor, pick: int, twist: int) -> None:
        delegation = self.one(Delegation.objects.all(), twist)
        lent = actor if twist == 11 else Actor.for_user(delegation.delegate)
        self._sign(lent, self._open(pick), twist, delegation.role, delegation.pk)

    def send_back(self, actor: Actor, pick: int, twist: int) -> None:
        verb = (request_changes, reject, withdraw)[twist % 3]
        verb(actor=actor, request_id=self._open(pick).pk, comment="Not like this.")

    def delegate(self, actor: Actor, pick: int, twist: int) -> None:
        if twist == 11:
            revoke_delegation(actor=actor, delegation_id=self.one(Delegation.objects.all(), pick).pk)
            return
        to = ("expert", "ethics_officer", "steward", "documentarian", "leaver", "engineer")[pick % 6]
        held = sorted(actor.roles & set(ROLES)) or list(ROLES)
        sign_delegation(
            actor=actor,
            to=getattr(self.people, to).username,
            role=held[twist % len(held)],
            reason="Away.",
            starts_at=None,
            ends_at=self.later(hours=6 * (twist + 1)),
            password=PASSWORD,
        )

    def _open(self, pick: int) -> ApprovalRequest:
        rows = ApprovalRequest.objects.select_related("version__prompt").filter(state="open")
        return self.one(rows, pick)  # type: ignore[no-any-return]

    def _sign(
        self, actor: Actor, request: ApprovalRequest, twist: int, role: str, delegation: int | None = None
    ) -> None:
        if twist != 8:
            open_everything(actor, request)
        sign_version(
            actor=actor,
            request_id=request.pk,
            role=role,
            meaning=MEANINGS[role][0],
            comment="",
            seen_text_digest=request.version.digest,
            seen_evidence_digest="0" * 64 if twist == 9 else collect(request.version).digest,
            password="wrong" if twist == 10 else PASSWORD,
            delegation_id=delegation,
        )
