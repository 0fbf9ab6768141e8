"""Addresses of pages that people open, for answers that point at them."""

from django.conf import settings


def page(path: str) -> str:
    """The full address of a page of the portal."""
    return f"{settings.PUBLIC_URL}{path}"


def run_page(pk: int) -> str:
    """The page of an evaluation run."""
    return page(f"/admin/evaluations/runs/{pk}/")


def release_page(prompt_id: int) -> str:
    """Where a prompt is released and what stops it is shown."""
    return page(f"/admin/prompts/{prompt_id}/release/")


def prompt_page(prompt_id: int, tab: str = "summary") -> str:
    """A prompt's page at one of its tabs."""
    return page(f"/admin/prompts/{prompt_id}/?tab={tab}")
