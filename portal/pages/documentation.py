"""Documentation: the work list of what is missing, and the printable card of a prompt, signed by version."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.roles import DOCUMENTATION_SPECIALIST
from audits.identity.services.second_factor import has_factor
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt, version_by_number
from portal.pages.single_sign_on import begin_signing, here, lead_away, left_unsigned
from portal.selectors.card import card_of, version_to_show
from portal.selectors.documentation import PAGE, TIERS, counted, gaps, undocumented, unsigned
from portal.services.authenticate import DOCUMENTATION, thing
from portal.services.sign_at_provider import signs_at_provider
from portal.services.sign_documentation import sign_documentation
from prompts.lifecycle.meanings import DOCUMENTED
from prompts.lifecycle.policies import DocumentationPolicy
from prompts.registry.models import Prompt, Version
from prompts.registry.policies import PromptPolicy


def documentation(request: HttpRequest) -> HttpResponse:
    """Prompts below their standard, the riskiest and live first, and what waits to be signed."""
    actor = actor_of(request)
    tier = str(request.GET.get("tier", ""))
    tier, live = (tier if tier in TIERS else ""), request.GET.get("live") == "1"
    page = max(1, number(request.GET, "page") or 1)
    rows = gaps(actor, tier=tier, live=live, start=(page - 1) * PAGE, most=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "count": counted(undocumented(actor, tier, live)),
        "tiers": [("", "All tiers"), *((str(each), each.label) for each in TIERS)],
        "tier": tier,
        "live": live,
        "newer": page - 1 if page > 1 else None,
        "older": page + 1 if len(rows) > PAGE else None,
        "unsigned": unsigned(actor) if actor.has_role(DOCUMENTATION_SPECIALIST) else None,
    }
    return render_page(
        request, "portal/documentation.html", context, title="Undocumented", crumbs=[("Undocumented", None)]
    )


def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one version; the documentation specialist signs at the same address."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    asked = request.POST if request.method == "POST" else request.GET
    version = _version(prompt, asked)
    if request.method != "POST":
        fault, given = left_unsigned(request)
        return _page(request, prompt, version, fault=fault, given=given)
    if version is None:
        raise Unacceptable("There is no text yet whose documentation could be signed.")
    fields: dict[str, Any] = {
        "version_id": version.pk,
        "comment": str(asked.get("comment", "")),
        "seen_text_digest": str(asked.get("seen_text_digest", "")),
        "seen_documentation_digest": str(asked.get("seen_documentation_digest", "")),
    }
    try:
        if signs_at_provider(actor, here(request)):
            DocumentationPolicy(actor).require("sign", version)
            back_to = f"{request.path}?version={version.number}"
            what = thing(DOCUMENTATION, **fields)
            return lead_away(request, begin_signing(actor, request, what, way_on=back_to))
        password, code = str(asked.get("password", "")), str(asked.get("code", ""))[:40]
        sign_documentation(actor=actor, **fields, password=password, code=code)
    except GovernedError as error:
        if error.status in {403, 404} and error.field not in {"password", "code"}:
            raise
        return _page(request, prompt, version, fault=error, status=error.status)
    messages.success(request, f"You signed the documentation of version {version.number}.")
    return redirect(f"{reverse('admin:prompt-card', args=[prompt.pk])}?version={version.number}")


def _version(prompt: Prompt, asked: Any) -> Version | None:
    if "version" not in asked:
        return version_to_show(prompt)
    version = version_by_number(prompt, number(asked, "version"))
    if version is None:
        raise NotThere("There is no such version, or you may not see it.")
    version.prompt = prompt
    return version


def _page(
    request: HttpRequest,
    prompt: Prompt,
    version: Version | None,
    *,
    fault: GovernedError | None = None,
    given: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    if version is not None:
        version.prompt = prompt
    context = {
        "card": card_of(actor, prompt, version),
        "prompt": prompt,
        "version": version,
        "may_document": PromptPolicy(actor).may("document", prompt),
        "signs_documentation": actor.has_role(DOCUMENTATION_SPECIALIST),
        "meaning": DOCUMENTED,
        "asks_code": has_factor(actor),
        "at_provider": settings.OIDC_NAME if signs_at_provider(actor, here(request)) else "",
        "fault": fault,
        "given": given or (request.POST if fault else {}),
    }
    title = f"{prompt.name}: prompt card"
    crumbs = crumbs_of(prompt, ("Prompt card", None))
    return render_page(request, "portal/card.html", context, title=title, crumbs=crumbs, status=status)


PAGES = [
    Page("documentation/", documentation, "documentation", "signed-in"),
    Page("prompts/<int:pk>/card/", card, "prompt-card", "signed-in"),
]
