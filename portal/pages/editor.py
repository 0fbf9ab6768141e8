"""The editor of a draft: written, previewed, compared with what is live, saved, submitted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import GovernedError, NotThere
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, crumbs_of, number, seen_prompt, seen_version, version_by_number
from portal.pages.drafting import ROLES, Sheet, preview
from portal.pages.forms import in_words
from portal.pages.variables_form import MOST_ROWS
from portal.selectors.diff_parts import Side, parts_between
from portal.selectors.finding_rows import lint_of
from portal.selectors.fragment_users import users_of
from portal.selectors.names import printed
from prompts.lifecycle.services.requests import submit_version
from prompts.registry.duplicates import near_duplicates
from prompts.registry.errors import StaleDraft
from prompts.registry.models import Kind, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.services.drafts import create_draft, discard_draft, edit_draft
from prompts.registry.variable_schema import TYPES, VariableRow
from prompts.releases.models import Release


def draft_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins a draft from the newest version, or from the older one that ``from`` names: a restored text."""
    actor = actor_of(request)
    prompt = seen_prompt(actor, pk)
    if request.method != "POST":
        return redirect("admin:prompt", pk=pk)
    asked = number(request.POST, "from")
    source = version_by_number(prompt, asked) if asked else prompt.versions.order_by("-number").first()
    note = f"Restored from version {asked}." if asked else ""
    start = source.number if source else None
    draft = create_draft(actor=actor, prompt_id=prompt.pk, from_version=start, change_note=note)
    return redirect("admin:draft", pk=draft.pk)


def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor. What was typed is shown again after every refusal; nothing is overwritten unseen."""
    actor = actor_of(request)
    version = seen_version(actor, pk)
    if version.is_frozen:
        return redirect("admin:version", pk=version.pk)
    PromptPolicy(actor).require("write", version.prompt)
    if request.method != "POST":
        return _page(request, version, Sheet.of_version(version))
    return _sent(request, version, Sheet.of_post(request.POST, version))


def _sent(request: HttpRequest, version: Version, sheet: Sheet) -> HttpResponse:
    actor, data = actor_of(request), request.POST
    if "discard" in data:
        discard_draft(actor=actor, version_id=version.pk)
        messages.success(request, f"The draft of version {version.number} was discarded.")
        return redirect("admin:prompt", pk=version.prompt_id)
    if "add" in data:
        return _page(
            request, version, sheet.with_messages([*sheet.messages, {"role": "user", "content": ""}])
        )
    if (gone := number(data, "remove")) is not None:
        kept = [message for at, message in enumerate(sheet.messages) if at != gone]
        return _page(request, version, sheet.with_messages(kept))
    if "preview" in data:
        return _page(request, version, sheet)
    seen = number(data, "revision") or 0
    try:
        if "propose" in data:
            return _page(request, version, sheet.with_proposal())
        if changes := sheet.changes_against(version):
            version = edit_draft(actor=actor, version_id=version.pk, seen_revision=seen, changes=changes)
            seen = version.revision
        if "submit" not in data:
            messages.success(request, "Saved." if changes else "Nothing had changed.")
            return redirect("admin:draft", pk=version.pk)
        why = str(data.get("why", ""))
        asked = submit_version(actor=actor, version_id=version.pk, why=why, seen_revision=seen)
    except StaleDraft as stale:
        return _page(request, Version.objects.get(pk=version.pk), sheet, stale=stale, status=409)
    except GovernedError as error:
        if error.status in {403, 404}:
            raise
        version = Version.objects.select_related("prompt__collection").get(pk=version.pk)
        return _page(request, version, sheet, fault=error, seen=seen, status=error.status)
    messages.success(request, f"Version {version.number} is frozen and waits for its signatures.")
    return redirect("admin:desk-request", pk=asked.pk)


def _page(
    request: HttpRequest,
    version: Version,
    sheet: Sheet,
    *,
    stale: StaleDraft | None = None,
    fault: GovernedError | None = None,
    seen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    prompt = version.prompt
    posted = number(request.POST, "revision") if request.method == "POST" else None
    live = Release.objects.filter(prompt=prompt, state="live").select_related("version", "environment")
    newest_live = live.order_by("-environment__rank").first()
    names = sheet.variables()
    mine = Side.of_sheet(sheet.messages, sheet.typed())
    context: dict[str, Any] = {
        "version": version,
        "prompt": prompt,
        "sheet": sheet,
        "roles": ROLES,
        "formats": Version.Format.choices,
        "revision": version.revision if stale else seen or posted or version.revision,
        "near": near_duplicates(actor_of(request), prompt),
        "variables": sheet.declared.rows(names),
        "unlisted": max(0, len(names) - MOST_ROWS),
        "types": TYPES,
        "blank_rows": [VariableRow("")],
        "lint": lint_of(actor_of(request), sheet.drafted(version), "content"),
        "preview": preview(sheet, actor_of(request)),
        "live": newest_live,
        "diff": parts_between(Side.of_version(newest_live.version), mine) if newest_live else None,
        "stale": stale,
        "stale_who": printed([stale.who])[stale.who] if stale else "",
        "conflict": parts_between(Side.of_version(version), mine) if stale else None,
        "fault": fault,
        "fault_words": in_words(fault) if fault else "",
        "touched": users_of(actor_of(request), prompt) if prompt.kind == Kind.FRAGMENT else None,
        "why": request.POST.get("why", ""),
        "people_wrote": [str(row.user or row.name) for row in version.authors.select_related("user")],
    }
    crumbs = crumbs_of(prompt, (f"draft of version {version.number}", None))
    title = f"{prompt.name}, draft of version {version.number}"
    return render_page(request, "portal/editor.html", context, title=title, crumbs=crumbs, status=status)


def draft_preview(request: HttpRequest, pk: int) -> JsonResponse:
    """The form's text with its samples filled in, as JSON; nothing is saved."""
    actor = actor_of(request)
    version = seen_version(actor, pk)
    if request.method != "POST":
        raise NotThere("A preview is asked for by a form.")
    sheet = Sheet.of_post(request.POST, version)
    told = {"variables": sheet.variables(), "messages": preview(sheet, actor)}
    told["lint"] = lint_of(actor, sheet.drafted(version), "content")
    return JsonResponse({"version": version.number, **told})


def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submits a draft as it was last saved."""
    actor = actor_of(request)
    version = seen_version(actor, pk)
    if request.method != "POST":
        return redirect(f"{reverse('admin:draft', args=[version.pk])}#submit")
    why, seen = str(request.POST.get("why", "")), number(request.POST, "revision")
    asked = submit_version(actor=actor, version_id=version.pk, why=why, seen_revision=seen)
    messages.success(request, f"Version {version.number} is frozen and waits for its signatures.")
    return redirect("admin:desk-request", pk=asked.pk)


PAGES = [
    Page("prompts/<int:pk>/drafts/new", draft_new, "draft-new", "signed-in"),
    Page("drafts/<int:pk>/", draft, "draft", "signed-in"),
    Page("drafts/<int:pk>/preview", draft_preview, "draft-preview", "signed-in"),
    Page("drafts/<int:pk>/submit", submit, "submit", "signed-in"),
]
