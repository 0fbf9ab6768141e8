"""What evidence packs hold: collected from rooms that do not know each other."""

from audits.exports.collectors import register_collector, register_source, register_visible
from portal.packs.annex_iv import annex_iv
from portal.packs.page import page_one
from portal.packs.records import calls, documentation, lives, releases, runs, signatures, texts, ways_past
from portal.packs.scope import scope_of
from portal.selectors.trail_rows import visible_events


def register_all() -> None:
    """Called once at start-up; the order is that of the files."""
    register_source(scope_of)
    register_visible(visible_events)
    for name, collector in {
        "page": page_one,
        "annex iv": annex_iv,
        "texts": texts,
        "signatures": signatures,
        "documentation": documentation,
        "runs": runs,
        "releases": releases,
        "lives": lives,
        "ways past": ways_past,
        "calls": calls,
    }.items():
        register_collector(name, collector)
