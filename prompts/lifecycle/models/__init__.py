"""Tables of approvals."""

from prompts.lifecycle.models.documentation import DocumentationSignature
from prompts.lifecycle.models.policy import ApprovalPolicy
from prompts.lifecycle.models.proposal import PolicyProposal
from prompts.lifecycle.models.request import ApprovalRequest
from prompts.lifecycle.models.sign_off import SignOff

__all__ = ["ApprovalPolicy", "ApprovalRequest", "DocumentationSignature", "PolicyProposal", "SignOff"]
