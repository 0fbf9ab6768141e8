"""The admin base that knows this room's errors and roles; every room's admin derives from it."""

from audits.adminkit.governed import GovernedAdmin as Base
from audits.identity.errors import GovernedError
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ADMINISTRATOR, AUDITOR


class GovernedAdmin(Base):
    """Configuration: administrators change it, auditors read it."""

    policy = ConfigurationPolicy
    errors = (GovernedError,)
    view_roles = frozenset({ADMINISTRATOR, AUDITOR})
