"""The trend of a suite on a prompt, over time or over versions."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.identity.errors import NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of
from portal.selectors.suite_trend import BY_TIME, BY_VERSION, suite_trend
from prompts.evaluations.models import Suite


def trend_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Charts of the newest runs and their table, for one prompt and for all models or one."""
    actor = actor_of(request)
    suite = Suite.objects.visible_to(actor).filter(pk=pk).first()
    if suite is None:
        raise NotThere("There is no such suite, or you may not see it.")
    told = {name: str(request.GET.get(name, ""))[:120] for name in ("prompt", "provider")}
    by = BY_VERSION if request.GET.get("by") == BY_VERSION else BY_TIME
    context = {"suite": suite, **suite_trend(actor, suite, by=by, **told)}
    crumbs: Trail = [
        ("Evaluations", reverse("admin:evaluations")),
        (suite.title, reverse("admin:suite", args=[suite.pk])),
        ("Trend", None),
    ]
    title = f"Trend of {suite.title}"
    return render_page(request, "portal/suite_trend.html", context, title=title, crumbs=crumbs)


PAGES = [Page("evaluations/suites/<int:pk>/trend/", trend_page, "suite-trend", "signed-in")]
