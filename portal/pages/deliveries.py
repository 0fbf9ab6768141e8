"""A webhook's page: what was sent and what came of it, a test, once more, its secret, on and off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from audits.identity.errors import NotThere, Unacceptable
from audits.identity.roles import ADMINISTRATOR, AUDITOR
from audits.notices.dispatch import send_to
from audits.notices.models import Delivery, Endpoint
from audits.notices.policies import EndpointPolicy
from audits.notices.services.deliveries import queue_test, send_again
from audits.notices.services.endpoints import Made, disable_endpoint, enable_endpoint, rotate_secret
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number

PER_PAGE = 50


def deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, and what is pressed on it."""
    endpoint = Endpoint.objects.select_related("owner").filter(pk=pk).first()
    if endpoint is None:
        raise NotThere("There is no such webhook.")
    if request.method == "POST":
        return _press(request, endpoint)
    state = request.GET.get("state", "")
    rows = Delivery.objects.filter(endpoint=endpoint).defer("body").order_by("-pk")
    rows = rows.filter(state=state) if state in Delivery.State.values else rows
    before = number(request.GET, "before")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PER_PAGE + 1])
    chosen = number(request.GET, "show")
    now = timezone.now()
    context = {
        "endpoint": endpoint,
        "paused": endpoint.paused_until if endpoint.paused_until and endpoint.paused_until > now else None,
        "rows": found[:PER_PAGE],
        "older": found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None,
        "shown": Delivery.objects.filter(endpoint=endpoint, pk=chosen).first() if chosen else None,
        "state": state,
        "states": Delivery.State.choices,
        "may_set": EndpointPolicy(actor_of(request)).may("configure"),
    }
    return render_page(
        request, "portal/deliveries.html", context, title=f"Webhook {endpoint}", crumbs=_crumbs(endpoint)
    )


def _crumbs(endpoint: Endpoint) -> Trail:
    return [("Webhooks", reverse("admin:notices_endpoint_changelist")), (endpoint.name, None)]


def _press(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    actor, act = actor_of(request), request.POST.get("act")
    if act == "rotate":
        hours = number(request.POST, "overlap")
        if hours is None:
            raise Unacceptable("Write for how many hours the old secret goes on.", field="overlap")
        return show_secret(request, rotate_secret(actor=actor, endpoint_id=endpoint.pk, overlap_hours=hours))
    if act == "disable":
        disable_endpoint(actor=actor, endpoint_id=endpoint.pk, reason=str(request.POST.get("reason", "")))
        told = f"{endpoint} is off. What is queued waits."
    elif act == "enable":
        enable_endpoint(actor=actor, endpoint_id=endpoint.pk)
        told = f"{endpoint} is on again."
    elif act == "test":
        queue_test(actor=actor, endpoint_id=endpoint.pk)
        told = "A test is on its way; look again in a few seconds."
    elif act == "again":
        send_again(actor=actor, endpoint_id=endpoint.pk, delivery_id=number(request.POST, "delivery") or 0)
        told = "It is on its way once more, under the same id."
    else:
        raise Unacceptable("Choose what to do.", field="act")
    if act != "disable":
        send_to(endpoint.pk)
    messages.success(request, told)
    return redirect("admin:deliveries", pk=endpoint.pk)


def show_secret(request: HttpRequest, made: Made) -> HttpResponse:
    """The page that shows a secret, this once."""
    context = {"made": made}
    response = render_page(
        request,
        "portal/endpoint_secret.html",
        context,
        title=f"The secret of {made.endpoint}",
        crumbs=_crumbs(made.endpoint),
    )
    response["Cache-Control"] = "no-store"
    return response


PAGES = [Page("notices/endpoint/<int:pk>/deliveries/", deliveries, "deliveries", (ADMINISTRATOR, AUDITOR))]
