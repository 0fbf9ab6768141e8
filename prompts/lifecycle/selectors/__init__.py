"""Reads of this room."""

from prompts.lifecycle.selectors.approval import approval_of, approvals_of
from prompts.lifecycle.selectors.authorship import authors_of, authors_of_all
from prompts.lifecycle.selectors.delegations import delegated_seats, requests_waiting_for, why_not_sign_for
from prompts.lifecycle.selectors.desk import open_seats, roles_to_sign, seats_in_turn, why_not_sign
from prompts.lifecycle.selectors.documentation import signed_documentation
from prompts.lifecycle.selectors.policy import policy_for, policy_index, terms_of
from prompts.lifecycle.selectors.readings import opened_by

__all__ = [
    "approval_of",
    "approvals_of",
    "authors_of",
    "authors_of_all",
    "delegated_seats",
    "open_seats",
    "opened_by",
    "policy_for",
    "policy_index",
    "requests_waiting_for",
    "roles_to_sign",
    "seats_in_turn",
    "signed_documentation",
    "terms_of",
    "why_not_sign",
    "why_not_sign_for",
]
