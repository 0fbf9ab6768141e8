"""Tables of gates and releases."""

from prompts.releases.models.adoption import AdoptedText, Adoption
from prompts.releases.models.emergency import Emergency
from prompts.releases.models.gate import GateChange, GatePolicy, GateSuite
from prompts.releases.models.release import Release, ReleaseRequest
from prompts.releases.models.schedule import ScheduledRelease
from prompts.releases.models.standing import Freeze, Retirement

__all__ = [
    "AdoptedText",
    "Adoption",
    "Emergency",
    "Freeze",
    "GateChange",
    "GatePolicy",
    "GateSuite",
    "Release",
    "ReleaseRequest",
    "Retirement",
    "ScheduledRelease",
]
