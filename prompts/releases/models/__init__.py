"""Tables of gates and releases."""

from prompts.releases.models.gate import GatePolicy, GateSuite
from prompts.releases.models.release import Release, ReleaseRequest
from prompts.releases.models.standing import Freeze, Retirement

__all__ = ["Freeze", "GatePolicy", "GateSuite", "Release", "ReleaseRequest", "Retirement"]
