"""How prompts are used: the dashboard of calls, and one call."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audits.exports.policies import PackPolicy
from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.pages.runs import framed
from portal.selectors.use_rows import WIDE, hours_chart
from prompts.observability.models import Call
from prompts.observability.selectors import calls_visible_to

TOP = 25


def use(request: HttpRequest) -> HttpResponse:
    """The last 24 hours: figures, hours, prompts by calls, the newest calls."""
    seen = calls_visible_to(actor_of(request))
    day = seen.filter(started_at__gte=timezone.now() - timedelta(hours=24))
    figures: dict[str, Any] = {
        "calls": Count("pk"),
        "failed": Count("pk", filter=~Q(error="")),
        "priced": Count("cost"),
        "cost": Sum("cost", default=Decimal(0)),
        "latency": Avg("latency_ms"),
        "tokens_in": Sum("input_tokens", default=0),
        "tokens_out": Sum("output_tokens", default=0),
    }
    by_prompt: Any = (
        day.order_by().values("prompt_id", "prompt__name").annotate(**figures).order_by(F("calls").desc())
    )
    context = {
        "sums": day.aggregate(**figures),
        "chart": hours_chart(None, seen, width=WIDE),
        "by_prompt": by_prompt[:TOP],
        "calls": seen.defer("input", "output", "reasoning").order_by("-started_at")[:TOP],
    }
    return render_page(request, "portal/use.html", context, title="Use", crumbs=[("Use", None)])


def seen_call(actor: Actor, pk: int) -> Call:
    """The call, if the actor may see its prompt; else ``NotThere``."""
    call = calls_visible_to(actor).select_related("prompt", "version").filter(pk=pk).first()
    if call is None:
        raise NotThere("There is no such call, or you may not see it.")
    return call


def call_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: what was asked with which version, what came back, what was thought of it."""
    actor = actor_of(request)
    call = seen_call(actor, pk)
    context = {
        "call": call,
        "scores": call.scores.order_by("pk")[:50],
        "may_pack": PackPolicy(actor).may("export"),
    }
    crumbs = [("Use", reverse("admin:use")), (f"call {call.span_id}", None)]
    return render_page(request, "portal/call.html", context, title=f"Call {call.span_id}", crumbs=crumbs)


def call_output(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole output of a call, in a sandbox."""
    return framed(seen_call(actor_of(request), pk).output)


PAGES = [
    Page("use/", use, "use", "signed-in"),
    Page("use/calls/<int:pk>/", call_page, "call", "signed-in"),
    Page("use/calls/<int:pk>/output", call_output, "call-output", "signed-in"),
]
