"""``/healthz`` and ``/readyz``: up or down, answered before anything else can fail."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def database_answers() -> bool:
    """Whether one trivial query succeeds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


class HealthMiddleware:
    """Answers the two open addresses; they tell up or down and nothing else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("up\n", content_type="text/plain")
        if request.path == "/readyz":
            up = database_answers()
            told, status = ("up\n", 200) if up else ("down\n", 503)
            return HttpResponse(told, content_type="text/plain", status=status)
        return self.get_response(request)
