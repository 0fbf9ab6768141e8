"""One API object: keys only, errors in the house's form, no pages of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBasicAuth

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, Refused
from prompts.serving import bodies
from prompts.serving.auth import authenticate
from prompts.serving.endpoint import unknown_key
from prompts.serving.http import problem, refusal
from prompts.serving.version import VERSION


class Key(HttpBasicAuth):
    """HTTP Basic with the public and the secret part of a key; a browser's session counts for nothing."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = authenticate(request)
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
        return actor

    def authenticate(self, request: HttpRequest, username: str, password: str) -> None:
        """Never asked: ``__call__`` decides."""


class StrictParser(Parser):
    """Reads bodies with the bounds that hold for the whole edge."""

    def parse_body(self, request: HttpRequest) -> Any:
        return bodies.read_object(request)


def keyed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Even the description of the API is for holders of a key, whatever its verbs."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if authenticate(request) is not None else unknown_key()

    return run


api = NinjaAPI(
    title="Imprimatur",
    version=VERSION,
    description="What is released, why, and how it is used. Errors are `{error, message}`.",
    urls_namespace="api-v1",
    docs_url=None,
    docs_decorator=keyed,
    openapi_url="/openapi.json",
    auth=Key(),
    parser=StrictParser(),
)


def need(request: HttpRequest, *verbs: str) -> Actor:
    """The asking key, if it holds one of the verbs; raises ``Refused``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not any(actor.verb(verb) for verb in verbs):
        raise Refused(f"This key does not hold the verb {' or '.join(verbs)}.")
    return actor


@api.exception_handler(GovernedError)
def on_governed(request: HttpRequest, error: GovernedError) -> HttpResponse:
    """Expected failures."""
    return refusal(error)


@api.exception_handler(AuthenticationError)
def on_unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No good key."""
    return unknown_key()


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter or a field of the body that does not fit: the first one is told."""
    first = error.errors[0] if error.errors else {}
    place = ".".join(str(part) for part in first.get("loc", ())[1:] if part not in {"body", "payload"})
    return problem(
        "invalid_request", f"{place}: {first.get('msg', 'is not valid')}".lstrip(": "), 400, {"field": place}
    )


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses; a body that cannot be read is told in our words."""
    if isinstance(error.__cause__, GovernedError):
        return refusal(error.__cause__)
    return problem("invalid_request", str(error), error.status_code)
