"""Tables of who acts."""

from audits.identity.models.service_account import ServiceAccount
from audits.identity.models.team import Team
from audits.identity.models.user import User

__all__ = ["ServiceAccount", "Team", "User"]
