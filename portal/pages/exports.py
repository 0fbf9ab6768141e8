"""My exports: asked for, made by a worker, fetched, cancelled."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.text import slugify

from audits.exports.collectors import PackAsk
from audits.exports.dispatch import send_export
from audits.exports.formats import FORMATS
from audits.exports.models import Export
from audits.exports.policies import PackPolicy
from audits.exports.services.keep_exports import fetch_export
from audits.exports.services.request_export import cancel_export, own_export, request_pack
from audits.identity.errors import NotThere, Unacceptable
from audits.ledger import notes
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.pages.ranges import begins, file_answer

SHOWN = 50
PACK_FORMAT = ("Evidence pack", "application/zip", "zip")


def exports(request: HttpRequest) -> HttpResponse:
    """The person's exports, newest first; those on their way show how far they are."""
    rows = _mine(request).order_by("-pk")
    before = number(request.GET, "before")
    found = list((rows.filter(pk__lt=before) if before else rows)[: SHOWN + 1])
    context = {
        "rows": [(row, _format(row)[0]) for row in found[:SHOWN]],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "waiting": any(not row.is_over for row in found[:SHOWN]),
        "may_pack": PackPolicy(actor_of(request)).may("export"),
    }
    crumbs = [("Exports", None)]
    return render_page(request, "portal/exports.html", context, title="My exports", crumbs=crumbs)


def state(request: HttpRequest) -> JsonResponse:
    """How far those are that are on their way, for the page's script."""
    rows = _mine(request).filter(state__in=[Export.State.QUEUED, Export.State.RUNNING]).order_by("-pk")
    told = [
        {"id": row.pk, "done": row.entries, "total": row.total, "said": said(row)} for row in rows[:SHOWN]
    ]
    return JsonResponse({"waiting": told})


def said(row: Export) -> str:
    """How far it is, in words."""
    if row.state == Export.State.QUEUED:
        return "waits for a worker"
    return f"{row.entries:,} of {row.total:,} entries" if row.total and row.entries else "being made"


def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The finished file; a download that broke off can go on."""
    actor = actor_of(request)
    start = begins(request, own_export(actor, pk).digest)
    row = fetch_export(actor=actor, export_id=pk, begins=start)
    _, media_type, ending = _format(row)
    about = slugify(row.subject.replace("/", " "))[:60] if row.is_pack else "audit-trail"
    name = f"{'evidence-' if row.is_pack else ''}{about}-{row.created_at:%Y%m%d-%H%M%S}.{ending}"
    response = file_answer(request, row.path, etag=row.digest, media_type=media_type, name=name)
    if row.checkpoint is not None:
        lines = notes.parse(row.checkpoint.note).tree.text.split("\n")
        response["X-Imprimatur-Checkpoint"] = " ".join(lines).strip()
    return response


def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed checkpoint of an export, to be kept beside its file."""
    row = own_export(actor_of(request), pk)
    if row.checkpoint is None:
        raise NotThere("Nothing was signed for it yet.")
    response = HttpResponse(row.checkpoint.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{row.checkpoint.size}.txt"'
    return response


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one that is on its way."""
    row = own_export(actor_of(request), pk)
    if request.method == "POST":
        cancel_export(actor=actor_of(request), export_id=row.pk)
        messages.success(request, "Cancelled. Nothing is kept of it.")
    return redirect("admin:exports")


def evidence(request: HttpRequest) -> HttpResponse:
    """Queues an evidence pack of what the form names."""
    if request.method != "POST":
        return redirect("admin:exports")
    given = {name: request.POST.get(name, "").strip() for name in ("prompt", "trace")}
    numbers = {name: number(request.POST, name) for name in ("version", "release")}
    if any(request.POST.get(name, "").strip() and numbers[name] is None for name in numbers):
        raise Unacceptable("Versions and releases are named by their number.", field="version")
    row = request_pack(actor=actor_of(request), asked=PackAsk.read({**given, **numbers}))
    return queued(request, row)


def queued(request: HttpRequest, row: Export) -> HttpResponse:
    """Wakes a worker and leads to the list."""
    send_export(row)
    messages.success(request, "It is being made. Go on with your work: it waits here for you.")
    return redirect("admin:exports")


def _mine(request: HttpRequest):  # type: ignore[no-untyped-def]  # a queryset of exports
    return Export.objects.filter(requested_by=actor_of(request).user).select_related("checkpoint")


def _format(row: Export) -> tuple[str, str, str]:
    return PACK_FORMAT if row.is_pack else FORMATS[row.format]


PAGES = [
    Page("exports/", exports, "exports"),
    Page("exports/state", state, "exports-state"),
    Page("exports/evidence", evidence, "evidence"),
    # A stream is an answer as well.
    Page("exports/<int:pk>/file", file, "export-file"),  # type: ignore[arg-type]
    Page("exports/<int:pk>/checkpoint", kept, "export-checkpoint"),
    Page("exports/<int:pk>/cancel", cancel, "export-cancel"),
]
