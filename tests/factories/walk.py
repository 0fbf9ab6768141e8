"""A version's way: draft, frozen, approved, released."""

from typing import Any

from audits.identity.actors import Actor
from prompts.registry.models import Prompt, Version
from tests.people import PASSWORD, SHELL, People
from tests.reading import open_everything

TEXT = "Explain {{decision}} to the customer in plain words."
DOCUMENTATION = {"purpose": "Explains a decision.", "excluded_use": "Legal advice."}


class Factory:
    """Walks versions; each step is done by the person of ``people`` who may do it."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._count = 0

    def draft(self, name: str = "", *, by: Actor | None = None, text: str = TEXT, **fields: Any) -> Version:
        """The first draft of a new prompt in the bank."""
        from prompts.registry.services.prompts import create_prompt

        self._count += 1
        name = name or f"bank/prompt-{self._count}"
        fields = {**DOCUMENTATION, **fields}
        prompt = create_prompt(actor=by or self.people.actor("author"), name=name, text=text, **fields)
        return Version.objects.get(prompt=prompt, number=1)

    def next_draft(self, prompt: Prompt, *, text: str, by: Actor | None = None) -> Version:
        """One more draft of a prompt."""
        from prompts.registry.services.drafts import create_draft

        messages = [{"role": "text", "content": text}]
        return create_draft(actor=by or self.people.actor("author"), prompt_id=prompt.pk, messages=messages)

    def submitted(self, version: Version | None = None, **fields: Any) -> Any:
        """The open approval request of a version that its author submitted."""
        from prompts.lifecycle.services.requests import submit_version

        version = version or self.draft(**fields)
        return submit_version(actor=self.people.actor("author"), version_id=version.pk, why="It is needed.")

    def approved(self, version: Version | None = None, **fields: Any) -> Version:
        """A version that has every signature its policy asks for."""
        from portal.evidence import collect
        from portal.services.sign_version import MEANINGS, sign_version

        request = self.submitted(version, **fields)
        signers = {"domain-expert": "expert", "ethics-officer": "ethics_officer", "steward": "steward"}
        signers["documentation-specialist"] = "documentarian"
        for seat in request.seats:
            evidence = collect(request.version)
            actor = self.people.actor(signers[seat["role"]])
            open_everything(actor, request)
            sign_version(
                actor=actor,
                request_id=request.pk,
                role=seat["role"],
                meaning=MEANINGS[seat["role"]][0],
                comment="",
                seen_text_digest=request.version.digest,
                seen_evidence_digest=evidence.digest,
                password=PASSWORD,
            )
        return Version.objects.get(pk=request.version_id)

    def released(
        self, version: Version | None = None, *, environment: str = "production", **fields: Any
    ) -> Version:
        """A version that is live in an environment."""
        from prompts.registry.models import Environment
        from prompts.releases.services.release import release_version

        version = self.approved(version, **fields)
        release_version(
            actor=self.people.actor("steward"),
            version_id=version.pk,
            environment=Environment.objects.get(slug=environment),
            reason="It is ready.",
        )
        return version


__all__ = ["SHELL", "Factory"]
