"""The admin base that knows this room's errors and roles; every room's admin derives from it."""

from typing import ClassVar

from audits.adminkit.governed import GovernedAdmin as Base
from audits.identity.errors import GovernedError
from audits.identity.policies import ConfigurationPolicy, Policy
from audits.identity.roles import ADMINISTRATOR, AUDITOR


class GovernedAdmin(Base):
    """Configuration: administrators change it, auditors read it."""

    policy: ClassVar[type[Policy]] = ConfigurationPolicy
    errors = (GovernedError,)
    view_roles = frozenset({ADMINISTRATOR, AUDITOR})
