"""Who may do what at the approval desk."""

from audits.identity.policies import Policy
from audits.identity.roles import DOCUMENTATION_SPECIALIST, ETHICS_OFFICER
from audits.identity.selectors import why_not_signed
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import authors_of, why_not_sign
from prompts.registry.models import Prompt, Version
from prompts.registry.policies import PromptPolicy


class DeskPolicy(Policy):
    """Writers submit, people with a seat sign or send back, and no author judges his own text."""

    def why_not_submit(self, version: Version) -> str:
        return PromptPolicy(self.actor).why_not("write", version.prompt)

    def why_not_sign(self, asked: tuple[ApprovalRequest, str]) -> str:
        request, role = asked
        return why_not_sign(self.actor, request, role)

    def why_not_send_back(self, request: ApprovalRequest) -> str:
        """Asking for changes, rejecting: whoever holds a role that signs here, and ethics officers."""
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only a person judges a request."
        roles = {seat.role for seat in parse_seats(request.seats)} | {ETHICS_OFFICER}
        if not self.actor.has_role(*roles):
            return "None of your roles judges this request."
        if not Prompt.objects.visible_to(self.actor).filter(pk=request.prompt_id).exists():
            return f"{self.actor.name} may not see this prompt."
        if authors_of(request.version).include(self.actor.user):
            return "You wrote in this text; withdraw the request instead."
        return ""

    def why_not_withdraw(self, request: ApprovalRequest) -> str:
        """Who asked, and whoever writes the prompt."""
        if self.actor.user is not None and request.requested_by_id == self.actor.user.pk:
            return ""
        return PromptPolicy(self.actor).why_not("write", request.prompt)


class DocumentationPolicy(Policy):
    """Documentation specialists sign what is said about a frozen text, unless they wrote the text."""

    def why_not_sign(self, version: Version) -> str:
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only a person signs, by name and in person."
        if not self.actor.has_role(DOCUMENTATION_SPECIALIST):
            return "Documentation is signed by documentation specialists."
        if not Prompt.objects.visible_to(self.actor).filter(pk=version.prompt_id).exists():
            return f"{self.actor.name} may not see this prompt."
        if not version.is_frozen:
            return "A draft still changes; its documentation is signed once it was submitted."
        if version.prompt.archived_at is not None:
            return f"{version.prompt.name} is archived."
        if authors_of(version).include(self.actor.user):
            return "You wrote in this text; somebody else signs its documentation."
        return why_not_signed(self.actor.user, DOCUMENTATION_SPECIALIST)
