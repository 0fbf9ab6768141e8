"""Running texts that come in as inherited releases, and the page that burns their list down."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from audits.identity.errors import GovernedError
from audits.identity.roles import STEWARD
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, keys_of
from portal.pages.schedules import moment_told
from portal.selectors.inherited_rows import adoptable, burn_down, inherited_of
from portal.selectors.second_rows import adoptions_for
from prompts.registry.models import Environment
from prompts.registry.querysets import collections_with
from prompts.releases.services.adoption import LONGEST, MOST, propose_adoption


def inherited(request: HttpRequest) -> HttpResponse:
    """What is still inherited, the overdue first, and how many there were week by week."""
    actor = actor_of(request)
    weeks = burn_down(actor, timezone.now())
    context = {
        "rows": inherited_of(actor),
        "now": timezone.now(),
        "weeks": weeks,
        "most": max((week.count for week in weeks), default=0),
        "adoptions": adoptions_for(actor),
        "may_adopt": actor.has_role(STEWARD),
    }
    crumbs = [("Releases", reverse("admin:releases")), ("Inherited", None)]
    return render_page(request, "portal/inherited.html", context, title="Inherited texts", crumbs=crumbs)


def adopt(request: HttpRequest) -> HttpResponse:
    """Chooses prompts of a collection whose newest texts run already, and proposes to take them on."""
    actor = actor_of(request)
    values = request.POST if request.method == "POST" else request.GET
    places = list(Environment.objects.order_by("-rank"))
    place = next(
        (row for row in places if row.slug == values.get("environment")), places[0] if places else None
    )
    collections = collections_with(actor, "release").order_by("slug")
    chosen = collections.filter(slug=str(values.get("collection", ""))).first() or collections.first()
    fault: GovernedError | None = None
    if request.method == "POST" and place is not None:
        try:
            due, _ = moment_told({"day": f"{request.POST.get('recertify_by', '')}T23:59"}, "day", "zone")
            adoption, left_out = propose_adoption(
                actor=actor,
                prompt_ids=keys_of(request.POST.getlist("prompt"), MOST + 1),
                environment=place,
                reason=str(request.POST.get("reason", "")),
                recertify_by=due,
            )
        except GovernedError as error:
            if error.status in {403, 404}:
                raise
            fault = error
        else:
            messages.success(
                request, f"{adoption.texts.count()} proposed. Another steward or an ethics officer confirms."
            )
            for name, why in left_out[:20]:
                messages.error(request, f"{name} was left out: {why}")
            return redirect("admin:inherited")
    context = {
        "places": places,
        "place": place,
        "collections": collections,
        "chosen": chosen,
        "rows": adoptable(actor, chosen, place) if chosen and place else [],
        "latest": (timezone.now() + LONGEST - timedelta(days=1)).date(),
        "fault": fault,
        "given": request.POST if fault else {},
        "ticked": set(keys_of(request.POST.getlist("prompt"), MOST)) if fault else set(),
    }
    crumbs = [
        ("Releases", reverse("admin:releases")),
        ("Inherited", reverse("admin:inherited")),
        ("Take on", None),
    ]
    status = fault.status if fault else 200
    title = "Take on running texts"
    return render_page(request, "portal/adopt.html", context, title=title, crumbs=crumbs, status=status)


PAGES = [
    Page("releases/inherited/", inherited, "inherited"),
    Page("releases/inherited/take-on/", adopt, "adopt", (STEWARD,)),
]
