"""The audit trail: who did what and when, the proof of it, and how to take it along."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from audits.exports.formats import FORMATS
from audits.exports.services.request_export import request_trail
from audits.exports.services.verify_trail import verify_trail
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.roles import READS_TRAIL
from audits.ledger import notes
from audits.ledger.filters import BadFilter, TrailFilter
from audits.ledger.models import Event
from audits.ledger.proof_files import consistency_file, tlog_proof
from audits.ledger.selectors import newest_checkpoint, place_of
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.pages.exports import queued
from portal.selectors.kept_checkpoint import compare
from portal.selectors.trail_entry import opened, told
from portal.selectors.trail_rows import choices, rows_of, stretch, visible_events
from portal.selectors.trail_state import trail_state

ASKED = {
    "q": "words",
    "subject": "subject",
    "actor": "actor",
    "event": "event",
    "since": "since",
    "until": "until",
    "actor_type": "actor_type",
    "subject_type": "subject_type",
}
"""Names in the address, and what they are called in the filter."""


def trail(request: HttpRequest) -> HttpResponse:
    """One page of it, newest first, with at most one entry open."""
    actor, values = actor_of(request), _values(request.GET)
    mine = visible_events(actor)
    context = {
        **listed(request, mine, values),
        "query": urlencode({name: value for name, value in values.items() if value}),
        "choices": choices(mine),
    }
    return render_page(
        request, "portal/trail.html", context, title="Audit trail", crumbs=[("Audit trail", None)]
    )


def listed(request: HttpRequest, mine: QuerySet[Event], values: dict[str, str]) -> dict[str, Any]:
    """What every list of entries shows of those that are asked for, among those that the person may see."""
    actor = actor_of(request)
    state, errors = trail_state(actor), {}
    try:
        found = _filter(values).apply(mine)
    except BadFilter as error:
        found, errors = mine.none(), {error.field: str(error)}
    entry = _entry(request.GET.get("entry", ""), mine)
    page = stretch(found, state.head, number(request.GET, "before"))
    open_row = next((row for row in page.rows if entry and row.event.pk == entry.pk), None)
    rows = page.rows
    if entry is not None and open_row is None:  # named by its permanent address: shown before the others
        open_row = rows_of([entry], state.head)[0]
        rows = [open_row, *rows]
    return {
        "rows": [(row, told(row.event, row.who)) for row in rows],
        "open": open_row,
        "opened": opened(open_row.event, open_row.position, state.head) if open_row else None,
        "page": page,
        "state": state,
        "values": values,
        "errors": errors,
        "before": number(request.GET, "before"),
        "zone": timezone.localtime().tzname(),
        "formats": [(name, told) for name, (told, _, _) in FORMATS.items()],
        "reads_all": actor.has_role(*READS_TRAIL),
    }


def export(request: HttpRequest) -> HttpResponse:
    """Queues the entries that were asked for as a file; asking becomes an entry."""
    if request.method != "POST":
        return redirect("admin:trail")
    try:
        asked = _filter(_values(request.POST))
    except BadFilter as error:
        raise Unacceptable(str(error), field=error.field) from error
    row = request_trail(actor=actor_of(request), format=request.POST.get("format", ""), asked=asked)
    return queued(request, row)


def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint as a file to keep outside."""
    head = newest_checkpoint()
    if head is None:
        raise NotThere("Nothing was signed yet.")
    return _file(head.note, f"checkpoint-{head.size}.txt")


def verify(request: HttpRequest) -> HttpResponse:
    """Verifies the whole log, records the outcome and tells it."""
    if request.method == "POST":
        report = verify_trail(actor=actor_of(request))
        if report.first_bad:
            bad = report.first_bad
            place = "" if bad.position is None else f" at entry {bad.position:,}"
            messages.error(
                request, f"The log does not verify{place}: {bad.kind} {bad.subject}, {bad.reason}."
            )
        else:
            messages.success(request, f"{report.tree_size:,} entries verified: no gap, none altered.")
    return redirect("admin:trail")


def check(request: HttpRequest) -> HttpResponse:
    """Whether today's log still begins with what a checkpoint described that somebody kept."""
    if request.method != "POST":
        return redirect("admin:trail")
    file = request.FILES.get("kept")
    text = file.read(notes.LONGEST).decode(errors="replace") if file else request.POST.get("note", "")
    try:
        found = compare(text, newest_checkpoint())
    except notes.BadNote as error:
        raise Unacceptable(str(error), field="note") from error
    crumbs = [("Audit trail", "admin:trail"), ("Checkpoint", None)]
    return render_page(
        request, "portal/trail_check.html", {"found": found}, title="A kept checkpoint", crumbs=crumbs
    )


def proof(request: HttpRequest) -> HttpResponse:
    """The proof of one entry as a file (C2SP tlog-proof)."""
    entry = _entry(request.GET.get("entry", ""), visible_events(actor_of(request)))
    head, leaf = newest_checkpoint(), place_of(entry) if entry is not None else None
    if entry is None:
        return redirect("admin:trail")
    if head is None or leaf is None or leaf.position >= head.size:
        raise Conflict("This entry waits for its place: the next checkpoint takes it in within seconds.")
    return _file(tlog_proof(leaf.position, head), f"entry-{leaf.position}.tlog-proof")


def consistency(request: HttpRequest) -> HttpResponse:
    """The proof that the newest checkpoint continues the tree of so many entries, as a file."""
    size, head = number(request.GET, "size"), newest_checkpoint()
    if not size or head is None or size > head.size:
        return redirect("admin:trail")
    return _file(consistency_file(size, head), f"consistency-{size}-{head.size}.txt")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _values(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in ASKED}


def _filter(values: dict[str, str]) -> TrailFilter:
    zone = timezone.get_current_timezone()
    return TrailFilter.read(**{ASKED[name]: value for name, value in values.items()}, zone=zone)


def _entry(text: str, mine: QuerySet[Event]) -> Event | None:
    """The entry of that permanent address, if the person may see it."""
    if not text:
        return None
    try:
        found = mine.select_related("leaf").filter(uuid=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotThere("There is no such entry, or you may not see it.")
    return found


PAGES = [
    Page("trail/", trail, "trail"),
    Page("trail/proof", proof, "trail-proof"),
    Page("trail/consistency", consistency, "trail-consistency"),
    Page("trail/export", export, "trail-export"),
    Page("trail/checkpoint", checkpoint, "trail-checkpoint"),
    Page("trail/verify", verify, "trail-verify", tuple(sorted(READS_TRAIL))),
    Page("trail/check", check, "trail-check", tuple(sorted(READS_TRAIL))),
]
