"""Tables of approvals."""

from prompts.lifecycle.models.delegation import Delegation, Revocation
from prompts.lifecycle.models.documentation import DocumentationSignature
from prompts.lifecycle.models.policy import ApprovalPolicy
from prompts.lifecycle.models.proposal import PolicyProposal
from prompts.lifecycle.models.reading import Reading
from prompts.lifecycle.models.reminder import Reminder
from prompts.lifecycle.models.request import ApprovalRequest
from prompts.lifecycle.models.sign_off import SignOff

__all__ = [
    "ApprovalPolicy",
    "ApprovalRequest",
    "Delegation",
    "DocumentationSignature",
    "PolicyProposal",
    "Reading",
    "Reminder",
    "Revocation",
    "SignOff",
]
