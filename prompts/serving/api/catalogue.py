"""``GET /api/public/v2/prompts``: the list, in the shape and with the pages of Langfuse's."""

from django.http import HttpRequest, HttpResponse

from prompts.serving import parameters
from prompts.serving.http import BadRequest, encode, tagged
from prompts.serving.selectors.catalogue import Filters, Listed, fill, prompts_listed

MOST = 100


def catalogue(request: HttpRequest) -> HttpResponse:
    """Prompts that the key reads, by name, with ``meta`` for the pages."""
    if parameters.text(request, "filter"):
        raise BadRequest(
            "The parameter filter is not known here; use name, label, tag or version.", field="filter"
        )
    filters = Filters(
        name=parameters.text(request, "name"),
        label=parameters.text(request, "label"),
        tag=parameters.text(request, "tag"),
        version=parameters.number(request, "version"),
        since=parameters.moment(request, "fromUpdatedAt"),
        until=parameters.moment(request, "toUpdatedAt"),
    )
    page = parameters.number(request, "page", 1, most=1_000_000) or 1
    limit = parameters.number(request, "limit", 10, most=MOST) or 10
    rows = prompts_listed(request.actor, filters)  # type: ignore[attr-defined]
    total = rows.count()
    found = fill(request.actor, list(rows[(page - 1) * limit : page * limit]))  # type: ignore[attr-defined]
    meta = {"page": page, "limit": limit, "totalItems": total, "totalPages": -(-total // limit)}
    return tagged(request, encode({"data": [shape(row) for row in found], "meta": meta}))


def shape(row: Listed) -> dict:
    """One prompt of the list."""
    return {
        "name": row.prompt.name,
        "type": "chat" if row.prompt.kind == "chat" else "text",
        "versions": row.numbers,
        "labels": row.labels,
        "tags": row.prompt.tags,
        "lastUpdatedAt": row.updated_at.isoformat(),
        "lastConfig": row.config,
    }
