"""Ready suites: what there is, what is in one, and the button that adds it to a collection."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, Refused, Unacceptable
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of
from prompts.evaluations.ready.reading import files_of, names, told
from prompts.evaluations.services.ready_suites import add_ready_suite
from prompts.registry.querysets import collections_with

SHOWN = 12


def ready_suites(request: HttpRequest) -> HttpResponse:
    """One of them in full with ``name``, and the form that adds it."""
    actor = actor_of(request)
    if not actor.has_role(*EVALUATORS, ADMINISTRATOR):
        raise Refused("Suites are written by those who evaluate.")
    given = request.POST if request.method == "POST" else request.GET
    chosen = str(given.get("name", ""))
    context: dict[str, Any] = {
        "ready": [told(name) for name in names()],
        "chosen": told(chosen) if chosen in names() else None,
        "collections": collections_with(actor, "view").order_by("slug"),
        "given": given,
    }
    if request.method == "POST":
        try:
            slug = str(given.get("collection", ""))
            collection = collections_with(actor, "view").filter(slug=slug).first() if slug else None
            if slug and collection is None:
                raise Unacceptable("Choose a collection that you see.", field="collection")
            made = add_ready_suite(
                actor=actor, name=chosen, collection=collection,
                message=str(given.get("message", "")).strip(),
                document=str(given.get("document", "")).strip(),
            )  # fmt: skip
            messages.success(request, f"Added: {', '.join(suite.name for suite in made)}.")
            return redirect("admin:suite", pk=made[0].pk)
        except Refused:
            raise
        except GovernedError as error:
            context["fault"] = error.message
    if context["chosen"]:
        context["parts"] = [
            {"file": file, "cases": file.cases[:SHOWN], "more": max(0, len(file.cases) - SHOWN)}
            for file in files_of(chosen)
        ]
    crumbs: Trail = [("Evaluations", reverse("admin:evaluations")), ("Ready suites", None)]
    return render_page(request, "portal/ready_suites.html", context, title="Ready suites", crumbs=crumbs)


PAGES = [Page("evaluations/suites/ready/", ready_suites, "suite-ready", "signed-in")]
