"""What the ledger hears from this room."""

from audits.ledger.events import declare

GATE_SET = declare("releases.gate.set", "{actor} set the gate {subject}")
GATE_SUITE_SET = declare(
    "releases.gate.suite_set", "{actor} set what a suite must reach at the gate {subject}"
)
GATE_SUITE_REMOVED = declare("releases.gate.suite_removed", "{actor} took a suite from the gate {subject}")
GATE_PROPOSED = declare("releases.gate.proposed", "{actor} proposed to change the gate {subject}")
GATE_CHANGE_REFUSED = declare("releases.gate.refused", "{actor} refused a change of the gate {subject}")
RELEASE_ASKED = declare("releases.request.opened", "{actor} asked for the release of {subject}")
REQUEST_WITHDRAWN = declare("releases.request.withdrawn", "{actor} withdrew the request to release {subject}")
RELEASE_MADE = declare("releases.release.made", "{actor} released {subject}")
RELEASE_STOPPED = declare(
    "releases.release.stopped", "the gate stopped {subject}, which {actor} wanted to release"
)
ROLLED_BACK = declare("releases.release.rolled_back", "{actor} rolled back to {subject}")
PROMPT_FROZEN = declare("releases.prompt.frozen", "{actor} froze {subject}")
FREEZE_LIFTED = declare("releases.prompt.unfrozen", "{actor} lifted the freeze of {subject}")
PROMPT_RETIRED = declare("releases.prompt.retired", "{actor} retired {subject}")
RELEASE_SCHEDULED = declare("releases.schedule.made", "{actor} scheduled the release of {subject}")
SCHEDULE_CANCELLED = declare(
    "releases.schedule.cancelled", "{actor} called off the scheduled release of {subject}"
)
SCHEDULE_STOPPED = declare("releases.schedule.stopped", "the scheduled release of {subject} did not happen")
EMERGENCY_ASKED = declare("releases.emergency.asked", "{actor} asked to break the glass for {subject}")
EMERGENCY_RELEASED = declare(
    "releases.emergency.released", "{actor} confirmed: the glass is broken for {subject}"
)
EMERGENCY_REFUSED = declare("releases.emergency.refused", "{actor} refused to break the glass for {subject}")
EMERGENCY_ENDED = declare("releases.emergency.ended", "the emergency release of {subject} is over")
EMERGENCY_REVIEWED = declare(
    "releases.emergency.reviewed", "{actor} looked at the emergency release of {subject}"
)
RETIREMENT_PLANNED = declare("releases.retirement.planned", "{actor} set a date on which {subject} retires")
RETIREMENT_CANCELLED = declare(
    "releases.retirement.cancelled", "{actor} called off the retirement of {subject}"
)
ADOPTION_PROPOSED = declare("releases.adoption.proposed", "{actor} proposed to take on {subject}")
ADOPTION_REFUSED = declare("releases.adoption.refused", "{actor} refused to take on {subject}")
RELEASE_INHERITED = declare(
    "releases.release.inherited", "{actor} confirmed: {subject} is taken on as inherited"
)
INHERITED_OVERDUE = declare("releases.inherited.overdue", "the date to recertify {subject} has passed")
