"""Suites, cases, providers and schedules in the admin."""

from prompts.evaluations.admin import cases, providers, schedules, suites

__all__ = ["cases", "providers", "schedules", "suites"]
