"""What the ledger hears from the portal's own verbs."""

from audits.ledger.events import declare

LOAD_GENERATED = declare("portal.load.generated", "{actor} generated bulk data in {subject}")
LOAD_ENTRY = declare("portal.load.entry", "{actor} added a synthetic entry about {subject}")
VERSIONS_PROPOSED = declare(
    "portal.versions.proposed", "{actor} proposed new versions of the prompts that use {subject}"
)
PASSAGE_MERGED = declare(
    "portal.passage.merged", "{actor} made the fragment {subject} of what prompts have in common"
)
FRAGMENT_TAKEN_IN = declare(
    "portal.fragment.taken_in", "{actor} proposed versions that include {subject} in place of its words"
)
VIEWERS_EXPORTED = declare("portal.viewers.exported", "{actor} exported who could see {subject}")

LOAD = "load"
"""The collection of synthetic bulk data, which is entered as a whole."""
