"""Who may do what at the approval desk."""

from audits.identity.policies import Policy
from audits.identity.roles import ADMINISTRATOR, DOCUMENTATION_SPECIALIST, ETHICS_OFFICER, SIGNERS, title
from audits.identity.selectors import why_not_signed
from prompts.lifecycle.models import ApprovalRequest, Delegation
from prompts.lifecycle.seats import parse_seats
from prompts.lifecycle.selectors import authors_of, delegated_seats, why_not_sign, why_not_sign_for
from prompts.registry.models import Prompt, Version
from prompts.registry.policies import PromptPolicy


class DeskPolicy(Policy):
    """Writers submit, people with a seat sign or send back, and no author judges his own text."""

    def why_not_submit(self, version: Version) -> str:
        return PromptPolicy(self.actor).why_not("write", version.prompt)

    def why_not_sign(self, asked: tuple[ApprovalRequest, str]) -> str:
        request, role = asked
        return why_not_sign(self.actor, request, role)

    def why_not_sign_for(self, asked: tuple[ApprovalRequest, str, Delegation]) -> str:
        request, role, delegation = asked
        return why_not_sign_for(self.actor, request, role, delegation)

    def why_not_remind(self, request: ApprovalRequest) -> str:
        """Who may withdraw it or judges it, and the portal itself."""
        if self.actor.kind == "system" or not self.why_not_withdraw(request):
            return ""
        return self.why_not_send_back(request)

    def why_not_send_back(self, request: ApprovalRequest) -> str:
        """Asking for changes, rejecting: a role or a delegation that signs here, and ethics officers."""
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only a person judges a request."
        roles = {seat.role for seat in parse_seats(request.seats)} | {ETHICS_OFFICER}
        if not self.actor.has_role(*roles) and not delegated_seats(self.actor, request):
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


class DelegationPolicy(Policy):
    """Whoever holds a role that signs lends it for a time; nobody passes on what he was lent."""

    def why_not_delegate(self, role: str) -> str:
        if self.actor.kind != "person" or self.actor.user is None:
            return "Only a person delegates, by name and in person."
        if role not in SIGNERS:
            return "Nobody signs in this role."
        if not self.actor.has_role(role):
            return f"You do not hold the role {title(role)}; what was delegated to you is not passed on."
        return ""

    def why_not_revoke(self, delegation: Delegation) -> str:
        """Who gave it, who holds it, and administrators."""
        user = self.actor.user
        if user is not None and user.pk in (delegation.delegator_id, delegation.delegate_id):
            return ""
        return "" if self.actor.has_role(ADMINISTRATOR) else "This delegation is not yours."
