"""Outputs that were made elsewhere, uploaded for a provider of recorded answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable
from portal.evaluating.targets import version_of
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from prompts.evaluations.models import Provider, Suite
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.recorded_files import ENDINGS, outputs_in
from prompts.evaluations.services.record_outputs import record_outputs

MOST_BYTES = 20_000_000


def recorded_outputs(request: HttpRequest) -> HttpResponse:
    """Takes a file in for a version, a suite and a provider; whoever may not configure is refused."""
    actor = actor_of(request)
    ProviderPolicy(actor).require("configure")
    context: dict[str, Any] = {
        "providers": Provider.objects.filter(kind=Provider.Kind.RECORDED, is_active=True).order_by("name"),
        "suites": Suite.objects.visible_to(actor).filter(is_active=True).order_by("name"),
        "endings": ",".join(ENDINGS),
        "most": MOST_BYTES // 1_000_000,
        "given": request.POST,
    }
    if request.method == "POST":
        try:
            stored, provider = _store(actor, request)
            messages.success(request, f"{provider.name} has {stored:,} outputs.")
            return redirect("admin:recorded-outputs")
        except Refused:
            raise
        except GovernedError as error:
            context["fault"] = error.message
    crumbs: Trail = [("Evaluations", reverse("admin:evaluations")), ("Outputs from a file", None)]
    return render_page(
        request, "portal/recorded_outputs.html", context, title="Outputs from a file", crumbs=crumbs
    )


def _store(actor: Actor, request: HttpRequest) -> tuple[int, Provider]:
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > MOST_BYTES:
        raise Unacceptable(
            f"Choose a file of at most {MOST_BYTES // 1_000_000} MB; manage.py record_outputs takes larger "
            "ones.",
            field="file",
        )
    provider = Provider.objects.filter(pk=number(request.POST, "provider") or 0, is_active=True).first()
    if provider is None:
        raise NotThere("There is no such provider.")
    version = version_of(actor, str(request.POST.get("target", "")).strip()[:300])
    try:
        text = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unacceptable(f"The file is not UTF-8 (byte {error.start}).", field="file") from None
    name = str(sent.name)
    label = str(request.POST.get("label", "")).strip()[:200] or name[:200]
    stored = record_outputs(
        actor=actor,
        version_id=version.pk,
        suite_id=number(request.POST, "suite") or 0,
        provider_id=provider.pk,
        outputs=outputs_in(text, name, label),
    )
    return stored, provider


PAGES = [Page("evaluations/outputs/", recorded_outputs, "recorded-outputs", "signed-in")]
