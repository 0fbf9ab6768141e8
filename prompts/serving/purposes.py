"""The purpose for which a program reads a sensitive prompt: from a header, into the audit trail.

Asked where somebody works on prompts. What an application fetches to run, a version that is released where
its key reads, is never asked about.
"""

from django.http import HttpRequest

from prompts.registry.errors import PURPOSE_HEADER
from prompts.registry.models import Prompt
from prompts.registry.sensitivity import sensitive
from prompts.registry.services.sensitivity import note_read


def enter_purpose(request: HttpRequest, prompt_id: int) -> None:
    """Enters the read where the prompt is sensitive; raises ``PurposeNeeded`` without the header."""
    prompt = sensitive(Prompt.objects.filter(pk=prompt_id)).first()
    if prompt is not None:
        purpose = request.headers.get(PURPOSE_HEADER, "")
        note_read(actor=request.actor, prompt=prompt, purpose=purpose, what=request.path_info)  # type: ignore[attr-defined]
