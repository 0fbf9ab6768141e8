"""The ledger's newest checkpoint."""

from django.http import HttpRequest, HttpResponse

from audits.identity.errors import NotThere
from audits.ledger.selectors import newest_checkpoint
from prompts.serving.api.v1.router import api
from prompts.serving.api.v1.schemas import Problem
from prompts.serving.http import tagged

TEXT = {
    "content": {"text/plain": {"schema": {"type": "string"}}},
    "description": "A signed note (C2SP tlog-checkpoint).",
}


@api.get(
    "/ledger/checkpoint",
    response={401: Problem, 404: Problem},
    openapi_extra={"responses": {200: TEXT}},
    tags=["ledger"],
)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed tree head: origin, size, root, and signatures. Any key may ask."""
    newest = newest_checkpoint()
    if newest is None:
        raise NotThere("Nothing was signed yet; the first checkpoint comes within a minute.")
    return tagged(request, newest.note.encode(), "text/plain; charset=utf-8")
