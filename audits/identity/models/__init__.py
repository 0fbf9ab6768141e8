"""Tables of who acts."""

from audits.identity.models.access import AccessProposal, RefusalTally, RoleGrant, UserName
from audits.identity.models.key_use import KeyUse
from audits.identity.models.open_session import OpenSession
from audits.identity.models.second_factor import RecoveryCode, SecondFactor
from audits.identity.models.service_account import ServiceAccount
from audits.identity.models.signed_form import RequiredForm, SignedForm
from audits.identity.models.single_sign_on import ExternalIdentity, SignOnTrip
from audits.identity.models.team import Team
from audits.identity.models.user import User

__all__ = [
    "AccessProposal",
    "ExternalIdentity",
    "KeyUse",
    "OpenSession",
    "RecoveryCode",
    "RefusalTally",
    "RequiredForm",
    "RoleGrant",
    "SecondFactor",
    "ServiceAccount",
    "SignOnTrip",
    "SignedForm",
    "Team",
    "User",
    "UserName",
]
