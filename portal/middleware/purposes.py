"""Nobody reads the text of a sensitive prompt without saying what for; each read becomes an entry."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portal.pages.base import render_page
from portal.text_paths import TEXTS
from prompts.registry.errors import PurposeNeeded
from prompts.registry.models import Prompt
from prompts.registry.sensitivity import sensitive
from prompts.registry.services.sensitivity import note_read

KEPT = "purposes"
"""In the session: by key of the prompt the purpose, and until when it counts."""
PURPOSES = (
    "Writing or reviewing it",
    "Signing or examining an approval",
    "An incident or a complaint",
    "An audit",
    "Looking into an evaluation",
)


class PurposeMiddleware:
    """Asks before the page is made; the page itself decides who may see it, as ever."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The question in place of the page, or nothing once every prompt on it has a purpose."""
        actor, match = getattr(request, "actor", None), request.resolver_match
        find = TEXTS.get(match.view_name) if match is not None else None
        if actor is None or find is None or not actor.is_active:
            return None
        shown = sensitive(Prompt.objects.visible_to(actor).filter(find(request, kwargs))).order_by("pk")
        told: list[tuple[Prompt, str]] = []
        for prompt in shown:
            purpose = remembered(request, prompt)
            if not purpose:
                return ask(request, prompt)
            told.append((prompt, purpose))
        for prompt, purpose in told:
            note_read(actor=actor, prompt=prompt, purpose=purpose, what=request.get_full_path())
        return None


def remember(request: HttpRequest, prompt: Prompt, purpose: str) -> None:
    """Keeps the purpose for this session and this prompt, ``PURPOSE_MINUTES`` long."""
    until = timezone.now() + timedelta(minutes=settings.PURPOSE_MINUTES)
    request.session[KEPT] = {
        **request.session.get(KEPT, {}),
        str(prompt.pk): [purpose, until.isoformat()],
    }


def remembered(request: HttpRequest, prompt: Prompt) -> str:
    """The purpose that was given, or nothing.

    A form that is sent later still counts as read for it: the text is on the sender's screen, and what he
    wrote would be lost.
    """
    purpose, until = request.session.get(KEPT, {}).get(str(prompt.pk), ("", ""))
    if not purpose or (request.method in {"GET", "HEAD"} and datetime.fromisoformat(until) < timezone.now()):
        return ""
    return str(purpose)


def ask(request: HttpRequest, prompt: Prompt) -> HttpResponse:
    """The question, 428; as JSON for a script of the page."""
    needed = PurposeNeeded(prompt.name)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": needed.code, "message": needed.message}, status=needed.status)
    context = {
        "prompt": prompt,
        "next": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
        "purposes": PURPOSES,
        "minutes": settings.PURPOSE_MINUTES,
    }
    title = f"What do you read {prompt.name} for?"
    return render_page(
        request, "portal/purpose.html", context, title=title, crumbs=[(title, None)], status=needed.status
    )
