"""Who may do what in this room."""

from prompts.releases.policies.gates import GatePolicyRules, seen_changes
from prompts.releases.policies.releases import ReleasePolicy
from prompts.releases.policies.two_people import AdoptionPolicy, EmergencyPolicy

__all__ = ["AdoptionPolicy", "EmergencyPolicy", "GatePolicyRules", "ReleasePolicy", "seen_changes"]
