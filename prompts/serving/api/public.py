"""Small addresses that the SDKs ask: whether the key is good, and whether the server is up."""

from django.http import HttpRequest, HttpResponse

from prompts.serving.endpoint import endpoint
from prompts.serving.http import answer
from prompts.serving.version import VERSION

ORGANISATION = {"id": "imprimatur", "name": "Imprimatur"}
PROJECT = {
    "id": "imprimatur",
    "name": "Imprimatur",
    "organization": ORGANISATION,
    "metadata": {},
    "retentionDays": None,
}


@endpoint(GET="")
def projects(request: HttpRequest) -> HttpResponse:
    """The one project that every key of this portal belongs to; ``auth_check()`` asks for it."""
    return answer({"data": [PROJECT]})


@endpoint(GET="")
def health(request: HttpRequest) -> HttpResponse:
    """Up, and the version of this program."""
    return answer({"status": "OK", "version": VERSION})
