"""A gate's verdict as the API tells it: the references of its evidence become addresses of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prompts.registry.models import Prompt
from prompts.releases.errors import GateClosed
from prompts.serving.places import prompt_page, run_page


def told(verdict: dict[str, Any], prompt: Prompt) -> dict[str, Any]:
    """``verdict`` as stored or just computed (``run/12``, ``sign-off/7``), with addresses."""
    checks = [
        {**check, "evidence": [address_of(str(reference), prompt) for reference in check["evidence"]]}
        for check in verdict.get("checks", [])
    ]
    return {**verdict, "checks": checks}


@contextmanager
def addresses_for(prompt: Prompt) -> Iterator[None]:
    """The verdict of a gate that turns out shut leaves with addresses as well."""
    try:
        yield
    except GateClosed as error:
        error.verdict = told(error.verdict.as_dict(), prompt)  # type: ignore[assignment]
        raise


def address_of(reference: str, prompt: Prompt) -> str:
    """The page that shows what the reference names."""
    kind, _, key = reference.partition("/")
    if kind == "run" and key.isdigit():
        return run_page(int(key))
    return prompt_page(prompt.pk, "approvals" if kind == "sign-off" else "summary")
