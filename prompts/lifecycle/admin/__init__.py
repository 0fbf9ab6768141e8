"""Approval policies in the admin."""

from prompts.lifecycle.admin import policies

__all__ = ["policies"]
