"""Suites, cases, providers and schedules in the admin."""

from prompts.evaluations.admin import cases, collection_budgets, providers, schedules, suites, word_lists

__all__ = ["cases", "collection_budgets", "providers", "schedules", "suites", "word_lists"]
