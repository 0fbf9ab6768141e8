"""What the ledger hears from the portal's own verbs."""

from audits.ledger.events import declare

LOAD_GENERATED = declare("portal.load.generated", "{actor} generated bulk data in {subject}")
LOAD_ENTRY = declare("portal.load.entry", "{actor} added a synthetic entry about {subject}")
VERSIONS_PROPOSED = declare(
    "portal.versions.proposed", "{actor} proposed new versions of the prompts that use {subject}"
)

LOAD = "load"
"""The collection of synthetic bulk data, which is entered as a whole."""
