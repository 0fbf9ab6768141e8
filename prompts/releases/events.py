"""What the ledger hears from this room."""

from audits.ledger.events import declare

GATE_SET = declare("releases.gate.set", "{actor} set the gate {subject}")
GATE_SUITE_SET = declare(
    "releases.gate.suite_set", "{actor} set what a suite must reach at the gate {subject}"
)
GATE_SUITE_REMOVED = declare("releases.gate.suite_removed", "{actor} took a suite from the gate {subject}")
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
