"""Comments on a prompt and its lines, and watching it; forms come from several pages and lead back there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from portal.pages.base import Page, came_from
from portal.pages.common import actor_of, number, seen_prompt
from prompts.registry.models import Comment, Prompt
from prompts.registry.querysets import on_prompts
from prompts.registry.services.comments import (
    reopen_comment,
    resolve_comment,
    unheard,
    write_comment,
)
from prompts.registry.services.watches import set_watch

SHOWN_NAMES = 5


def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes a comment or an answer."""
    actor, prompt = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method != "POST":
        return _discussion(prompt)
    written = write_comment(actor=actor, prompt_id=prompt.pk, **_told(request.POST))
    messages.success(request, " ".join(["Your comment stands.", *_unheard(prompt, written.text)]))
    return redirect(f"{came_from(request).partition('#')[0]}#comment-{written.parent_id or written.pk}")


def _unheard(prompt: Prompt, text: str) -> list[str]:
    """A sentence where somebody seems to be meant and is not told; the same for nobody and for a stranger."""
    names = [f"@{name}" for name in unheard(prompt, text)[:SHOWN_NAMES]]
    return [f"Nobody was told by {', '.join(names)}: no such person sees this prompt."] if names else []


def _told(data: Any) -> dict[str, Any]:
    """The form's fields; raises ``Unacceptable`` for a place that is no number."""
    told: dict[str, Any] = {"text": str(data.get("text", ""))}
    for field, name in (
        ("version", "version"),
        ("message", "message"),
        ("line", "line"),
        ("parent", "parent_id"),
    ):
        typed = str(data.get(field, "")).strip()
        told[name] = number(data, field) if typed else None
        if typed and told[name] is None:
            raise Unacceptable(f"The {field} is told as a number.", field=field)
    return told


def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolves a comment, or opens it again."""
    actor = actor_of(request)
    row = _seen(actor, pk)
    if request.method != "POST":
        return _discussion(row.prompt)
    if "reopen" in request.POST:
        reopen_comment(actor=actor, comment_id=row.pk)
    else:
        resolve_comment(actor=actor, comment_id=row.pk)
    return redirect(f"{came_from(request).partition('#')[0]}#comment-{row.pk}")


def _seen(actor: Actor, pk: int) -> Comment:
    rows = Comment.objects.filter(on_prompts(actor, "view", "prompt"))
    row = rows.select_related("prompt").filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such comment, or you may not see it.")
    return row


def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins or ends watching."""
    actor, prompt = actor_of(request), seen_prompt(actor_of(request), pk)
    if request.method == "POST":
        is_on = request.POST.get("watch") == "on"
        set_watch(actor=actor, prompt_id=prompt.pk, is_on=is_on)
        told = (
            f"You hear of {prompt.name} in your inbox." if is_on else f"You no longer hear of {prompt.name}."
        )
        messages.success(request, told)
    return redirect("admin:prompt", pk=prompt.pk)


def _discussion(prompt: Prompt) -> HttpResponse:
    return redirect(f"{reverse('admin:prompt', args=[prompt.pk])}?tab=discussion")


PAGES = [
    Page("prompts/<int:pk>/comment", comment, "comment", "signed-in"),
    Page("comments/<int:pk>/settle", settle, "comment-settle", "signed-in"),
    Page("prompts/<int:pk>/watch", watch, "watch", "signed-in"),
]
