"""The requirement map: what the portal gives evidence for, how it is set up, and what stays outside."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from audits.identity.roles import READS_TRAIL
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.requirements import Clause, Source, shown_by, sources
from portal.selectors.standings import Standing, standings


@dataclass(frozen=True, slots=True)
class Line:
    """A clause with its tests and how things stand."""

    clause: Clause
    tests: list[str]
    standings: list[Standing]

    @property
    def is_open(self) -> bool:
        """Whether something about the set-up is not as the clause would have it."""
        return any(not standing.is_set for standing in self.standings)


def requirements(request: HttpRequest) -> HttpResponse:
    """The map; ``source`` shows one rule, ``open`` only clauses whose set-up lacks something."""
    actor = actor_of(request)
    found, shown = standings(actor), shown_by()
    chosen, only_open = request.GET.get("source", ""), request.GET.get("open") == "1"
    rows = [
        (source, lines)
        for source in sources()
        if chosen in ("", source.id)
        and (lines := [line for line in _lines(source, found, shown) if line.is_open or not only_open])
    ]
    context = {
        "rows": rows,
        "sources": sources(),
        "chosen": chosen,
        "only_open": only_open,
        "missing": [standing for standing in found.values() if not standing.is_set],
        "set": sum(standing.is_set for standing in found.values()),
        "asked": len(found),
        "tests": len({test for tests in shown.values() for test in tests}),
    }
    crumbs = [("Requirements", None)]
    return render_page(request, "portal/requirements.html", context, title="Requirements", crumbs=crumbs)


def _lines(source: Source, found: dict[str, Standing], shown: dict[str, list[str]]) -> list[Line]:
    return [
        Line(clause, shown.get(clause.id, []), [found[name] for name in clause.settings])
        for clause in source.clauses
    ]


PAGES = [
    Page("requirements/", requirements, "requirements", tuple(sorted(READS_TRAIL))),
]
