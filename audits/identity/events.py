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
ROLES_PROPOSED = declare("identity.roles.proposed", "{actor} proposed roles for {subject}")
PASSWORD_PROPOSED = declare("identity.password.proposed", "{actor} proposed a new password for {subject}")
PROPOSAL_CONFIRMED = declare("identity.proposal.confirmed", "{actor} confirmed a proposal for {subject}")
PROPOSAL_REFUSED = declare("identity.proposal.refused", "{actor} refused a proposal for {subject}")
PASSWORD_LINK = declare(
    "identity.password.link", "{actor} issued a one-time link for the password of {subject}"
)
PASSWORD_SET = declare("identity.password.set", "{actor} set a new password")
ACCESS_ENDED = declare("identity.access.ended", "the access of {subject} ended")
KEY_SUSPENDED = declare("identity.key.suspended", "the key {subject} was suspended: its owner left")
KEY_MOVED = declare("identity.key.moved", "{actor} handed the key {subject} over")
REFUSED_AGAIN = declare("identity.refusals.counted", "{subject} was refused more often from one address")
LOCK_LIFTED = declare("identity.lock.lifted", "{actor} lifted the lock on sign-ins of {subject}")
