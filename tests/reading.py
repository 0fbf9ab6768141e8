"""A signer who opens all that must be opened."""

from contextlib import suppress
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from prompts.lifecycle.services.readings import note_reading


def open_everything(actor: Actor, request: Any) -> None:
    """The page, what changed, and each failure; whoever does not see the request opens nothing."""
    from portal.evidence import collect
    from portal.selectors.failures import failures_of

    compared = collect(request.version).compared_with or {}
    with suppress(NotThere):
        note_reading(actor=actor, request_id=request.pk, is_opening=True)
        open_change(actor, request, compared.get("digest", ""))
        for row in failures_of(request.version):
            note_reading(actor=actor, request_id=request.pk, kind="failure", what=str(row.pk))


def open_change(actor: Actor, request: Any, compared: str = "") -> None:
    """What changed against the text of that digest; none where nothing was live."""
    with suppress(NotThere):
        note_reading(actor=actor, request_id=request.pk, kind="diff", what=compared)
