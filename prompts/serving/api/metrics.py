"""``/metrics`` in the text format of Prometheus."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from prompts.serving.http import problem
from prompts.serving.selectors.figures import Figure, figures

TEXT = "text/plain; version=0.0.4; charset=utf-8"
LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@csrf_exempt
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever holds ``METRICS_TOKEN``, and for this machine itself."""
    if request.method not in {"GET", "HEAD"}:
        return problem("method_not_allowed", "Use GET.", 405, headers=[("Allow", "GET")])
    if not may_read(request):
        challenge = [("WWW-Authenticate", 'Bearer realm="metrics"')]
        return problem(
            "unauthorized", "The metrics need the bearer token METRICS_TOKEN.", 401, headers=challenge
        )
    return HttpResponse("".join(map(told, figures())), content_type=TEXT)


def may_read(request: HttpRequest) -> bool:
    """The token, or a direct connection from loopback; what a proxy passes on comes from elsewhere."""
    direct = not any(request.META.get(name) for name in FORWARDED)
    if direct and request.META.get("REMOTE_ADDR") in LOOPBACK:
        return True
    given = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ").encode()
    wanted = settings.METRICS_TOKEN.encode()
    return bool(wanted) and hmac.compare_digest(given, wanted)


def told(figure: Figure) -> str:
    """One metric with its values."""
    lines = [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} gauge"]
    for label, value in figure.values.items():
        lines.append(f"{figure.name}{{{label}}} {value}" if label else f"{figure.name} {value}")
    return "\n".join(lines) + "\n"
