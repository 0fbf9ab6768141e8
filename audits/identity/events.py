"""What the ledger hears from this room."""

from audits.ledger.events import declare

ROLES_MADE = declare("identity.roles.made", "{actor} made the roles")
USER_CREATED = declare("identity.user.created", "{actor} created the person {subject}")
USER_CHANGED = declare("identity.user.changed", "{actor} changed the person {subject}")
TEAM_CREATED = declare("identity.team.created", "{actor} created the team {subject}")
TEAM_CHANGED = declare("identity.team.changed", "{actor} changed the team {subject}")
KEY_CREATED = declare("identity.key.created", "{actor} created the key {subject}")
KEY_REVOKED = declare("identity.key.revoked", "{actor} revoked the key {subject}")
LOGGED_IN = declare("identity.session.opened", "{actor} signed in")
LOGIN_FAILED = declare("identity.session.refused", "a sign-in as {subject} was refused")
ACT_REFUSED = declare("identity.act.refused", "{actor} was refused at {subject}")
FACTOR_ADDED = declare("identity.factor.added", "{actor} added a second factor")
FACTOR_REMOVED = declare("identity.factor.removed", "{actor} removed the second factor of {subject}")
FACTOR_REFUSED = declare("identity.factor.refused", "a code of {subject} was refused")
CODES_RENEWED = declare("identity.codes.renewed", "{actor} made new recovery codes")
RECOVERY_USED = declare("identity.code.used", "a recovery code of {subject} was used")
SESSION_ENDED = declare("identity.session.ended", "{actor} ended sessions of {subject}")
